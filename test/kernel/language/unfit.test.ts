/** Text that parses and is no program: the error says where, also where nothing is checked. */
import { describe, expect, it } from "vitest";
import { eraseModule } from "../../../kernel/runtime/erase-module.js";
import { erase, OWN_JSX } from "../../../kernel/source/erase-types.js";
import { Notebook } from "./notebook.js";

/** The part that is meant stands between two bars. */
const TEXTS: readonly (readonly [message: string, marked: string])[] = [
  [`Cannot use "break" here`, "1;\n|break|;"],
  [`The symbol "a" has already been declared`, "let a = 1;\nlet |a| = 2;"],
  [`Private name "#x" must be declared in an enclosing class`, "class A { m() { return this.|#x| } }"],
  [`Cannot continue to label "lbl"`, '"größer 🙂"; lbl: { continue |lbl|; }'],
];

describe("text that is no program", () => {
  it.each(TEXTS)("%s: %s", async (message, marked) => {
    const text = marked.replaceAll("|", "");
    const [start, end] = [marked.indexOf("|"), marked.lastIndexOf("|") - 1];
    const options = { kind: "cell", lang: "ts", needsLowering: false, jsx: OWN_JSX } as const;
    await expect(erase(text, options)).rejects.toMatchObject({ name: "SyntaxError", message, start, end });
  });

  it("in a cell that is not checked: its own place, behind what the kernel has put in", async () => {
    const notebook = new Notebook();
    const text = "1;\n(() => { lbl: { continue lbl; } })()";
    const found = await notebook.language.prepare(text, { checking: "off", id: 1 });
    await notebook.close();
    expect(found).toMatchObject({ ok: false, diagnostics: [{ code: "SyntaxError", start: text.lastIndexOf("lbl") }] });
  });

  it("in a local file: its path and line", async () => {
    const erased = eraseModule("export {};\n\nbreak;\n", "/notebooks/loop.ts");
    await expect(erased).rejects.toThrow(`/notebooks/loop.ts:3: Cannot use "break" here`);
  });
});
