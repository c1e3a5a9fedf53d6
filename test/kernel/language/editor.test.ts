import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

/** Completes at the bar. */
async function complete(marked: string): Promise<{
  texts: string[];
  replaced: string;
  items: Awaited<ReturnType<typeof notebook.language.complete>>["items"];
}> {
  const offset = marked.indexOf("|");
  const source = marked.replace("|", "");
  const { items, start, end } = await notebook.language.complete(source, offset);
  return { texts: items.map((item) => item.text), replaced: source.slice(start, end), items };
}

describe("type errors", () => {
  const place = async (source: string): Promise<[string, string]> => {
    const { diagnostics } = await notebook.run(source);
    return [diagnostics[0]!.code, source.slice(diagnostics[0]!.start, diagnostics[0]!.end)];
  };

  it("stop the cell at its own position", async () => {
    await notebook.all("const n = 1;");
    expect(await place("// 😀 first\nconst s = '😀'; const bad: string = n;")).toEqual(["TS2322", "bad"]);
  });

  it("include strict null checks", async () => {
    expect(await place("const m = /a/.exec('b'); m.length")).toEqual(["TS18047", "m"]);
  });

  it("suggest names of the library and of earlier cells", async () => {
    await notebook.all("const learningRate = 0.1;");
    expect((await notebook.run("conosle.log(1)")).messages).toEqual([
      "TS2552: Cannot find name 'conosle'. Did you mean 'console'?",
    ]);
    expect((await notebook.run("learningrate * 2")).messages[0]).toMatch(/Did you mean 'learningRate'\?$/);
  });

  it("name no cell file", async () => {
    await notebook.all("class P { a = 1 } namespace Q { export class R { b = 1 } }");
    await notebook.all("class P { c = 2 } const p = new P(); const r = new Q.R();");
    const { messages } = await notebook.run("const s: string = p; const t: number = r; p.nope;");
    expect(messages).toHaveLength(3);
    expect(messages.join("\n")).not.toMatch(/cell-|import\(|\/tmp/);
  });

  it("say constant, not import, of an earlier constant", async () => {
    await notebook.all("const c = 1;");
    expect((await notebook.run("c = 2;")).messages).toEqual(["TS2632: Cannot assign to 'c' because it is a constant."]);
  });

  it("are warnings under @ts-nocheck and by request, and not looked for when off", async () => {
    expect((await notebook.run("// @ts-nocheck\nconst w: string = 1 as any as number; w")).warnings).toEqual([
      "TS2322: Type 'number' is not assignable to type 'string'.",
    ]);
    expect(await notebook.run("const w: string = 1; w", "warn")).toMatchObject({ value: 1, messages: [] });
    expect(await notebook.run("const w: string = 1; w", "off")).toMatchObject({ value: 1, warnings: [] });
  });

  it("honour @ts-expect-error on a cell's first line", async () => {
    await notebook.all("const n = 1;");
    expect((await notebook.run("// @ts-expect-error\nconst bad: string = n;")).messages).toEqual([]);
  });
});

describe("syntax errors", () => {
  it("have a place", async () => {
    const { diagnostics } = await notebook.run("const a = 1;\nconst b = );");
    expect(diagnostics).toMatchObject([{ code: "SyntaxError", start: 23, severity: "error" }]);
  });
});

describe("source maps", () => {
  it("lead from the running code to the cell's own lines", async () => {
    const { SourceMap } = await import("node:module");
    const source = "interface Gone {\n  a: number;\n}\nconst fine = 1;\nthrow new Error('here');";
    const prepared = await notebook.language.prepare(source, { checking: "error", id: 9000 });
    if (!prepared.ok) throw new Error("not prepared");
    const lines = prepared.cell.code.split("\n");
    const line = lines.findIndex((one) => one.includes("throw"));
    const { originalLine, originalColumn } = new SourceMap(JSON.parse(prepared.cell.sourceMap)).findEntry(
      line,
      lines[line]!.indexOf("throw"),
    ) as { originalLine: number; originalColumn: number };
    expect([originalLine, originalColumn]).toEqual([4, 0]);
  });
});

describe("completion", () => {
  it("of members, also after an emoji", async () => {
    await notebook.all("const list = [1, 2];");
    expect((await complete("list.ma|")).texts).toContain("map");
    expect(await complete("const e = '😀'; list.fil|")).toMatchObject({ replaced: "fil", texts: ["fill", "filter"] });
    expect((await complete("const 𝒳 = { deep: 1 }; 𝒳.|")).texts).toEqual(["deep"]);
  });

  it("of earlier names and globals", async () => {
    await notebook.all("const learningRate = 0.1; interface LearningShape { a: 1 }");
    expect((await complete("lear|")).texts.slice(0, 2).sort()).toEqual(["LearningShape", "learningRate"]);
    expect((await complete("conso|")).texts).toContain("console");
  });

  it("carries types and signatures", async () => {
    expect((await complete("[1].fin|")).items[0]).toMatchObject({
      text: "find",
      type: "method",
      signature: expect.stringContaining("Array<number>.find"),
    });
  });

  it("of names inside import { }", async () => {
    expect((await complete('import { readFileS| } from "node:fs"')).texts).toEqual(["readFileSync"]);
  });

  it("of module paths, relative ones included", async () => {
    mkdirSync(join(notebook.folder, "parts"), { recursive: true });
    writeFileSync(join(notebook.folder, "parts/alpha.ts"), "export {};");
    expect(await complete('import x from "./pa|"')).toMatchObject({ texts: ["parts/"], replaced: "pa" });
    expect(await complete("import x from './parts/|")).toMatchObject({ texts: ["alpha.ts"], replaced: "" });
    expect((await complete('import x from "node:f|"')).texts.join(" ")).toMatch(/fs/);
  });

  it("of a key that is no name puts in brackets, in the dot's place", async () => {
    await notebook.all("const row = { 'train loss': 1, accuracy: 2 };");
    const put = async (marked: string): Promise<string[]> => {
      const source = marked.replace("|", "");
      const { items, start, end } = await notebook.language.complete(source, marked.indexOf("|"));
      return items.map(({ text }) => source.slice(0, start) + text + source.slice(end));
    };
    expect(await put("row.|")).toEqual(["row.accuracy", 'row["train loss"]']);
    expect(await put("1 + row.tra|")).toEqual(['1 + row["train loss"]']);
    expect(await put("row.acc|")).toEqual(["row.accuracy"]);
    expect(await put("row?.|")).toEqual(["row?.accuracy", 'row?.["train loss"]']);
    expect(await put("row['train l|']")).toEqual(["row['train loss']"]);
  });

  it("in a string, a comment or an object's keys offers what belongs there, and no earlier name", async () => {
    await notebook.all(
      "const cifar = 1; const epoch = 2; type Pick1 = 'cct' | 'vit';",
      "declare function make(n: Pick1): void;",
    );
    await notebook.all("declare function fit(options: { epochs?: number; seed?: number }): void;");
    expect((await complete('make("|")')).texts).toEqual(["cct", "vit"]);
    expect((await complete('make("c|")')).texts).toEqual(["cct"]);
    expect((await complete("fit({ e|: 1 })")).texts).toEqual(["epochs"]);
    expect((await complete("fit({ seed: 1, |})")).texts).toEqual(["epochs"]);
    for (const marked of ["'c|'", "`c|`", "// c|", "/c|/", "const q: c|"]) {
      expect((await complete(marked)).texts, marked).not.toContain("cifar");
    }
    for (const marked of ["c|", "fit({ epochs: c|})", "`${c|}`", "1 + c|"]) {
      expect((await complete(marked)).texts, marked).toContain("cifar");
    }
    expect((await complete("const q: P|")).texts).toContain("Pick1");
  });

  it("says what an earlier name is", async () => {
    await notebook.all(
      "namespace K0 { export const a = 1 } function k1() {} class K2 {} enum K3 { A } interface K4 { a: 1 }",
      "const k5 = () => 1; const k6 = 1; type K7 = 1; import * as k8 from 'node:fs';",
      "import { join as k9, sep as k10 } from 'node:path'; import { EventEmitter as K11 } from 'node:events';",
    );
    expect(Object.fromEntries((await complete("k|")).items.slice(0, 12).map(({ text, type }) => [text, type]))).toEqual(
      {
        K0: "module",
        k1: "function",
        K2: "class",
        K3: "enum",
        K4: "interface",
        k5: "function",
        k6: "variable",
        K7: "interface",
        k8: "module",
        k9: "function",
        k10: "variable",
        K11: "class",
      },
    );
  });

  it("inside unfinished code", async () => {
    await notebook.all("const text = 'a';");
    expect((await complete("if (text.toUp|")).texts).toContain("toUpperCase");
    expect((await complete("function f() {\n  return text.|\n")).texts).toContain("trim");
  });
});

describe("inspection", () => {
  it("shows type and documentation, as Markdown and plain", async () => {
    await notebook.all("/** Doubles it. */\nfunction double(x: number) { return 2 * x; }");
    const shown = await notebook.language.inspect("double(2)", 3, 0);
    expect(shown?.data["text/plain"]).toMatch(/function double\(x: number\): number[\s\S]*Doubles it\./);
    expect(shown?.data["text/markdown"]).toContain("```");
    expect(await notebook.language.inspect("  ", 1, 0)).toBe(null);
  });

  it.each([
    ["scale(1, |", "function scale"],
    ["scale(1, |)", "function scale"],
    ["const first = 1;\nconst s = scale(first, |\nconst n = s + 1;", "function scale"],
    ['scale("it|\'s (", ', "function scale"],
    ["scale(1|", "function scale"],
    ["scale(1, Math.max(2, |", "(method) Math.max"],
    ["new Model({ width: |", "constructor Model"],
    ["model.fit([1, 2], { epochs: |", "(method) Model.fit"],
    ["model.fit(width|, 1)", "const width: 3"],
    ["model.fit(width|", "const width: 3"],
  ])("of %j begins with %j: the name at the cursor, or the call around it", async (marked, first) => {
    await notebook.all(
      "function scale(a: number, b: number) { return a * b; } const width = 3;",
      "class Model { constructor(o: { width: number }) {} fit(...x: unknown[]) {} }",
      "const model = new Model({ width });",
    );
    const shown = await notebook.language.inspect(marked.replace("|", ""), marked.indexOf("|"), 0);
    expect(String(shown?.data["text/plain"]).replace("(alias) ", "").slice(0, first.length)).toBe(first);
  });

  it.each([
    "nosuch|",
    "Math.nosuch|",
    "nosuch.a.b|",
    "Math.max(nosuch|",
    "nosuch(1, |",
    "if (nosuch|",
    "({ nosuch| })",
  ])("finds nothing of %j, as nothing has that name", async (marked) =>
    expect(await notebook.language.inspect(marked.replace("|", ""), marked.indexOf("|"), 0)).toBe(null),
  );

  it.each([
    ["given|", "(alias) const given: any"],
    ["given.some.property|", "any"],
    ["later|", "let later: any"],
    ["(x: any) => x|", "(parameter) x: any"],
  ])("shows what is declared as any: %j", async (marked, text) => {
    await notebook.all("const given = JSON.parse('{}'); let later;");
    const shown = await notebook.language.inspect(marked.replace("|", ""), marked.indexOf("|"), 0);
    expect(shown?.data["text/plain"]).toBe(text);
  });

  it("shows the declaration too, where more detail is asked for", async () => {
    await notebook.all("/** Twice that. */\nfunction twice(x: number): number {\n  return 2 * x;\n}");
    const less = await notebook.language.inspect("twice(2)", 3, 0);
    const more = await notebook.language.inspect("twice(2)", 3, 1);
    expect(String(less?.data["text/plain"])).not.toContain("return 2 * x;");
    expect(String(more?.data["text/plain"])).toMatch(
      /Declared in\W+a cell\nfunction twice\(x: number\): number {\n {2}return 2 \* x;\n}/,
    );
    const own = await notebook.language.inspect("const q = 1;\nq", 14, 1);
    expect(String(own?.data["text/plain"])).toMatch(/a cell\nconst q = 1;/);
  });
});

describe("names", () => {
  it("lists what later cells can use, with types", async () => {
    await notebook.all("const n = 1; let s = 'a';", "interface I { a: 1 }");
    expect((await notebook.language.names()).map(({ name, type }) => [name, type])).toEqual([
      ["n", "1"],
      ["s", "string"],
      ["I", "type"],
    ]);
  });

  it("have the type that a value tells, or any", async () => {
    await notebook.all("const a = []; let b = null; var c = undefined; let d; for (var e of ['x']) {}");
    await notebook.all("const f = null; let g = void 0; export const h = []; export let i = null; let j: 1[] = [];");
    expect((await notebook.language.names()).map(({ name, type }) => `${name}: ${type}`).toSorted()).toEqual([
      "a: any[]",
      "b: any",
      "c: any",
      "d: any",
      "e: string",
      "f: null",
      "g: undefined",
      "h: never[]",
      "i: null",
      "j: 1[]",
    ]);
    expect((await complete("a.pus|")).texts).toEqual(["push"]);
    expect((await notebook.language.inspect("a", 1, 0))?.data["text/plain"]).toBe("const a: any[]");
    expect((await notebook.run("a = [1];")).messages).toEqual([
      "TS2588: Cannot assign to 'a' because it is a constant.",
    ]);
  });
});

describe("is_complete", () => {
  const CASES: readonly (readonly [source: string, status: string, indent: string])[] = [
    ["1 + 1", "complete", ""],
    ["", "complete", ""],
    ["{ a: 1, b: 2 }", "complete", ""],
    ["const a = {", "incomplete", "  "],
    ["function f() {\n  if (x) {", "incomplete", "    "],
    ["foo(1,", "incomplete", ""],
    ["const s = `open", "incomplete", ""],
    ["`a ${1} b", "incomplete", ""],
    ["/* open", "incomplete", ""],
    ["const x =", "incomplete", ""],
    ["const x = )", "invalid", ""],
    ["'open", "invalid", ""],
    ["let let = 1 2", "invalid", ""],
    ["class A {", "incomplete", "  "],
    ["@dec", "incomplete", ""],
    ["const v = <div>", "incomplete", ""],
  ];
  for (const [source, status, indent] of CASES)
    it(JSON.stringify(source), () => expect(notebook.language.isComplete(source)).toEqual({ status, indent }));
});
