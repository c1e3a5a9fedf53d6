/** Each global of the supported versions of Node has a type in a cell, and each typed one is there or documented. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { globals as kernelGlobals } from "../../../kernel/runtime/install-globals.js";
import { Notebook } from "./notebook.js";

const ROOT = join(import.meta.dirname, "../../..");
const LIST = join(ROOT, "test/fixtures/node-globals");
/** Names by the first supported version that has them. */
const since = JSON.parse(readFileSync(join(LIST, "since.json"), "utf8")) as Readonly<Record<string, readonly string[]>>;
const floor = Object.keys(since)[0]!;
const all = Object.values(since).flat();
/** What the kernel brings, beside the globals that it sets. */
const BROUGHT = ["h", "Fragment", "require", "__dirname", "__filename", "input", "prompt"];

const notebook = new Notebook();
afterAll(() => notebook.close());

/** For each name, the code of what is wrong with `const x: never = NAME`. */
async function typesOf(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const lines = names.map((name) => `{ const x: unique symbol = ${name}; }`);
  const source = lines.join("\n");
  const prepared = await notebook.language.prepare(source, { checking: "error", id: 1 });
  const found = prepared.ok ? [] : prepared.diagnostics;
  return new Map(found.map(({ code, start }) => [names[source.slice(0, start).split("\n").length - 1]!, code]));
}

/** A module that exports add(a, b) of 32-bit integers. */
const ADD = JSON.stringify([
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic, version
  ...[1, 7, 1, 96, 2, 127, 127, 1, 127], // a type: two to one
  ...[3, 2, 1, 0], // a function of it
  ...[7, 7, 1, 3, 97, 100, 100, 0, 0], // exported as "add"
  ...[10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11], // both arguments, added
]);

describe("globals", () => {
  it("of every supported Node have a type", async () => {
    const here = JSON.parse(execFileSync(process.execPath, [join(LIST, "list.mjs")], { encoding: "utf8" })) as string[];
    const names = [...new Set([...all, ...here])];
    const found = await typesOf(names);
    expect(names.filter((name) => found.get(name) !== "TS2322")).toEqual([]);
  });

  it("that some supported Node lacks are documented, those that none has too", async () => {
    const page = readFileSync(join(ROOT, "kernel/HOW_IT_WORKS.md"), "utf8");
    const section = /## Globals\n([^]*?)\n## /.exec(page)?.[1] ?? "";
    const { items } = await notebook.language.complete("", 0);
    const kernels = new Set([...Object.keys(kernelGlobals), ...BROUGHT]);
    const typed = items.filter(({ text, type }) => type !== "keyword" && !kernels.has(text)).map(({ text }) => text);
    const lacking = [...new Set([...typed, "module", ...all])].filter((name) => !since[floor]!.includes(name));
    expect(lacking.length).toBeGreaterThan(10);
    expect(lacking.filter((name) => !section.includes(`\`${name}\``))).toEqual([]);
    for (const [version, names] of Object.entries(since).slice(1)) {
      const line = section.split("\n").find((one) => one.startsWith(`| ${version.split(".")[0]} |`)) ?? "";
      expect(names.filter((name) => !line.includes(`\`${name}\``))).toEqual([]);
    }
  });

  it("of WebAssembly compile and run, each member with a type", async () => {
    const adding = [
      `const { instance } = await WebAssembly.instantiate(new Uint8Array(${ADD}));`,
      'const add = instance.exports["add"] as (a: number, b: number) => number;',
      "add(2, 3)",
    ];
    expect(await notebook.all(adding.join("\n"))).toBe(5);
    const describing = [
      `const m = new WebAssembly.Module(new Uint8Array(${ADD}));`,
      "const kinds: WebAssembly.ModuleExportDescriptor[] = WebAssembly.Module.exports(m);",
      "[kinds[0]!.kind, m instanceof WebAssembly.Module]",
    ];
    expect(await notebook.all(describing.join("\n"))).toEqual(["function", true]);
    const members = Object.getOwnPropertyNames(WebAssembly).map((name) => `WebAssembly.${name}`);
    const found = await typesOf(members);
    expect(members.filter((name) => found.get(name) !== "TS2322")).toEqual([]);
  });

  it("of cryptography and performance are values and types", async () => {
    const cell = [
      'const key: CryptoKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["encrypt"]);',
      "const c: Crypto = crypto; const s: SubtleCrypto = crypto.subtle; const p: Performance = performance;",
      "[key instanceof CryptoKey, c instanceof Crypto, s instanceof SubtleCrypto, p instanceof Performance]",
    ];
    expect(await notebook.all(cell.join("\n"))).toEqual([true, true, true, true]);
    expect((await notebook.run("const key: CryptoKey = 1; const n: string = performance.now();")).messages).toEqual([
      "TS2322: Type 'number' is not assignable to type 'CryptoKey'.",
      "TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
  });
});

describe("import.meta", () => {
  it("has every member that it is typed with", async () => {
    const source = "import.meta.";
    const { items } = await notebook.language.complete(source, source.length);
    const members = items.map(({ text }) => text).sort();
    expect(members).toEqual(["dirname", "filename", "main", "resolve", "url"]);
    expect(await notebook.all("Object.keys(import.meta).sort()")).toEqual(members);
  });

  it("resolves to what import loads: local files, packages, Node's own", async () => {
    notebook.write(
      "near.ts",
      "export const near: string = import.meta.resolve('./other.json');",
      "export const main = import.meta.main;",
    );
    notebook.install("pack", { exports: { "./sub": "./lib/sub.js" } }, { "lib/sub.js": "export const sub = 1;" });
    const url = (path: string): string => pathToFileURL(join(notebook.folder, path)).href;
    const resolving = '["./near", "pack/sub", "fs", "node:fs", "https://a.b/c"].map((one) => import.meta.resolve(one))';
    expect(await notebook.all(resolving)).toEqual([
      url("near.ts"),
      url("node_modules/pack/lib/sub.js"),
      "node:fs",
      "node:fs",
      "https://a.b/c",
    ]);
    expect(await notebook.all('import { near, main } from "./near"; [near, main, import.meta.main]')).toEqual([
      url("other.json"),
      false,
      true,
    ]);
    expect(await notebook.all('import.meta.resolve("saccade").startsWith("file:")')).toBe(true);
  });

  it("refuses what import would not find", async () => {
    const { error } = await notebook.run('import.meta.resolve("nowhere-to-be-found")');
    expect(error).toMatchObject({ code: "ERR_MODULE_NOT_FOUND" });
    expect(String(error)).toMatch(/^Error: Cannot find package 'nowhere-to-be-found' imported from .*notebook\.ts$/);
  });
});
