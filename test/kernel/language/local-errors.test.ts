/** Type errors in local modules that a cell imports are reported with that cell. */
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { describeDiagnostics } from "../../../kernel/both/describe-diagnostics.js";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());
beforeEach(() => notebook.language.reset());

/** "file:line code" of each error that would stop the cell, which does not run. */
async function errorsOf(cell: string, { language }: Notebook = notebook): Promise<readonly string[]> {
  const prepared = await language.prepare(cell, { checking: "error", id: 1 });
  if (prepared.ok) return [];
  return prepared.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, file, start }) => {
      const line = (file?.source ?? cell).slice(0, start).split("\n").length;
      return `${file?.title ?? "cell"}:${line} ${code}`;
    });
}

describe("a type error in an imported local module", () => {
  it("stops the cell, with the file's name and line", async () => {
    notebook.write("wrong.ts", '// one\n\nexport const n: number = "x";\nexport const fine = 1;');
    const cell = 'import { fine } from "./wrong"; fine';
    expect(await errorsOf(cell)).toEqual(["wrong.ts:3 TS2322"]);
    const { diagnostics } = await notebook.run(cell);
    const { evalue, traceback } = describeDiagnostics(cell, diagnostics, "Cell [1]");
    expect(evalue).toBe("wrong.ts:3: Type 'string' is not assignable to type 'number'.");
    expect(traceback.join("\n").replaceAll(/\x1b\[[\d;]*m/g, "")).toMatch(
      /at wrong\.ts:3:14 error TS2322[^]*export const n: number = "x";/,
    );
  });

  it("is found behind other modules, and told once", async () => {
    notebook.write("a/leaf.ts", "export const leaf: string = 5;");
    notebook.write("a/one.ts", 'export { leaf } from "./leaf";');
    notebook.write("a/two.ts", 'import { leaf } from "./leaf";\nexport const two: number = leaf;');
    expect(
      await errorsOf(
        'import { leaf } from "./a/one"; import { two } from "./a/two"; const later = await import("./a/leaf"); ' +
          "const mine: boolean = 1;",
      ),
    ).toEqual(["cell:1 TS2322", "a/leaf.ts:1 TS2322", "a/two.ts:2 TS2322"]);
  });

  it("is gone when it is mended, and comes back", async () => {
    const cell = 'import { v } from "./mended"; v';
    for (const [text, errors] of [
      ["const v: number = '';", ["mended.ts:1 TS2322"]],
      ["const v: number = 1;", []],
      ["const v: number = 1;\n v();", ["mended.ts:2 TS2349"]],
    ] as const) {
      notebook.write("mended.ts", `export ${text}`);
      expect(await errorsOf(cell)).toEqual(errors);
    }
  });

  it("is a warning with SACCADE_CHECK=warn and in a cell that says @ts-nocheck, and none with off", async () => {
    notebook.write("mild.ts", 'export const mild: number = "mild";');
    const cell = 'import { mild } from "./mild"; mild';
    const warned = await notebook.run(cell, "warn");
    expect([warned.value, warned.warnings]).toEqual([
      "mild",
      ["TS2322: Type 'string' is not assignable to type 'number'."],
    ]);
    expect((await notebook.run(`// @ts-nocheck\n${cell}`)).warnings).toEqual(warned.warnings);
    expect((await notebook.run(cell, "off")).warnings).toEqual([]);
  });

  it("is not looked for under @ts-nocheck, in JavaScript without @ts-check, or in node_modules", async () => {
    notebook.write("unchecked.ts", '// @ts-nocheck\nexport const u: number = "u";');
    notebook.write("loose.js", "/** @type {number} */\nexport const l = 'l';");
    notebook.install(
      "typed-wrong",
      { exports: { ".": "./index.ts" } },
      { "index.ts": 'export const t: number = "t";' },
    );
    expect(
      await notebook.all(
        'import { u } from "./unchecked"; import { l } from "./loose.js"; import { t } from "typed-wrong"; [u, l, t]',
      ),
    ).toEqual(["u", "l", "t"]);
  });

  it("is found in JavaScript that says @ts-check, and in a workspace's sources", async () => {
    notebook.write("strict.js", "// @ts-check\n/** @type {number} */\nexport const l = 'l';");
    notebook.write(
      "packages/ours/package.json",
      JSON.stringify({ name: "ours", version: "1.0.0", exports: { ".": "./index.ts" } }),
    );
    notebook.write("packages/ours/index.ts", 'export const o: number = "o";');
    mkdirSync(join(notebook.folder, "node_modules"), { recursive: true });
    symlinkSync("../packages/ours", join(notebook.folder, "node_modules/ours"));
    expect(await errorsOf('import { l } from "./strict.js"; import { o } from "ours"; [l, o]')).toEqual([
      "strict.js:3 TS2322",
      "packages/ours/index.ts:1 TS2322",
    ]);
  });

  it("is told by the cells that have the file run: by import, or by a name of it once it changed", async () => {
    notebook.write("used.ts", "export const used: number = 1;");
    await notebook.all('import { used } from "./used";');
    notebook.write("used.ts", 'export const used: number = 1;\nexport const other: number = "";');
    expect(await errorsOf("1 + 1")).toEqual([]);
    expect(await errorsOf("used + 1")).toEqual(["used.ts:2 TS2322"]);
    expect(await errorsOf('import { used } from "./used"; used')).toEqual(["used.ts:2 TS2322"]);
  });

  it("is none where the file's own tsconfig.json allows it", async () => {
    notebook.write(
      "lax/tsconfig.json",
      JSON.stringify({ compilerOptions: { strict: false, module: "esnext", moduleResolution: "bundler" } }),
    );
    notebook.write("lax/lax.ts", "export function id(a) { return a; }\nexport const shown = () => display(1);");
    notebook.write("lax/wrong.ts", "export function id(a) { return a; }\nexport const n: number = 'n';");
    expect(await notebook.all('import { id } from "./lax/lax"; id(3)')).toBe(3);
    expect(await errorsOf('import { n } from "./lax/wrong"; n')).toEqual(["lax/wrong.ts:2 TS2322"]);
    notebook.write("page/tsconfig.json", JSON.stringify({ compilerOptions: { lib: ["esnext", "dom"] } }));
    notebook.write("page/title.ts", "export const title = (): string => document.title;");
    expect(await errorsOf('import { title } from "./page/title"; title')).toEqual([]);
  });

  it("is none of using the kernel's globals, saccade or tslab", async () => {
    notebook.write(
      "uses.ts",
      'import { tf } from "saccade";',
      'import * as tslab from "tslab";',
      'import { readFileSync } from "node:fs";',
      "export const uses = () => [display(tf.scalar(1)), tslab.display, readFileSync];",
    );
    const cell = 'import { uses } from "./uses"; typeof uses';
    expect(await errorsOf(cell)).toEqual([]);
    notebook.write("older.ts", 'import * as tslab from "tslab";\nexport const older = tslab.display.html;');
    const unrolled = new Notebook(notebook.folder, undefined, false);
    expect(await errorsOf('import { older } from "./older"; older', unrolled)).toEqual([]);
    await unrolled.close();
  });
});
