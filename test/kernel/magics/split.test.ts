import { expect, test } from "vitest";
import type { Completeness, Diagnostic, Language, Preparation } from "../../../kernel/contract.js";
import { magicNames } from "../../../kernel/source/magic-names.js";
import { splitMagics, withMagics } from "../../../kernel/language/with-magics.js";

const names = [{ name: "x", type: "number", cell: 1 }];

/** A language that remembers what it was asked. */
function fakeLanguage(diagnostics: readonly Diagnostic[] = []): Language & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    start: async () => undefined,
    prepare: async (source, { id }): Promise<Preparation> => {
      asked.push(`prepare ${source}`);
      if (diagnostics.length > 0) return { ok: false, source, fileName: `cell-${id}.ts`, diagnostics };
      return {
        ok: true,
        cell: { id, fileName: `cell-${id}.ts`, source, code: "", sourceMap: "", declares: [], warnings: [] },
      };
    },
    commit: () => undefined,
    complete: async (source, offset) => (asked.push(`complete ${source}`), { items: [], start: offset, end: offset }),
    inspect: async (source) => (asked.push(`inspect ${source}`), null),
    isComplete: (source): Completeness => (asked.push(`isComplete ${source}`), { status: "unknown", indent: "" }),
    names: async () => names,
    reset: () => void asked.push("reset"),
    close: async () => undefined,
  };
}

test("a magic is blanked out so that every position stays", () => {
  const source = "\n// note\n%%time\n%load a.ts\r\nconst x = 1;";
  const { text, magics, diagnostics } = splitMagics(source);
  expect(magics).toEqual([
    { name: "time", args: "" },
    { name: "load", args: "a.ts" },
  ]);
  expect(diagnostics).toEqual([]);
  expect(text).toHaveLength(source.length);
  expect(text).toBe("\n// note\n      \n          \r\nconst x = 1;");
});

test("known magics are found in comments, other comments stay comments", () => {
  expect(splitMagics("// %%time\nx").magics).toEqual([{ name: "time", args: "" }]);
  expect(splitMagics("//%who\n").magics).toEqual([{ name: "who", args: "" }]);
  for (const source of [
    "// %5 of it",
    "// %time",
    "// %%time is what this measures",
    "// %%foo",
    "/* %who */\n1",
    "/*\n%who\n*/\n1",
  ]) {
    expect(splitMagics(source)).toEqual({ text: source, magics: [], inserted: undefined, diagnostics: [] });
  }
});

test("valid TypeScript is never a magic", () => {
  for (const source of [
    "const a = 5\n%who",
    "a %b",
    "a\n%who\n",
    "`\n%%time\n`",
    "x;\n%%bash\nls",
    '"use strict"\n%reset',
    "export {}\n%time",
  ]) {
    expect(splitMagics(source)).toEqual({ text: source, magics: [], inserted: undefined, diagnostics: [] });
  }
});

test("the rest of a %%bash cell is the magic's own, and a magic may follow a block comment", () => {
  const { text, magics } = splitMagics("/* why\n not */\n%%bash a b\necho $1 % 2\n");
  expect(magics).toEqual([{ name: "bash", args: "a b", body: "echo $1 % 2\n" }]);
  expect(text.trim()).toBe("");
});

test("%%capture with a name declares it in its own line, and findings stay where they are", async () => {
  const source = "%%capture out\nf()";
  expect(splitMagics(source)).toMatchObject({
    text: "             \nf()",
    inserted: { at: 13, text: " const out = capturedOutput();" },
  });
  const inserted = " const out = capturedOutput();".length;
  const finding = {
    severity: "error",
    code: "TS2304",
    message: "Cannot find name 'f'.",
    start: 14 + inserted,
    end: 15 + inserted,
  } as const;
  const inner = fakeLanguage([finding]);
  expect(await withMagics(inner).prepare(source, { checking: "error", id: 1 })).toMatchObject({
    diagnostics: [{ start: 14, end: 15 }],
  });
  expect(inner.asked).toEqual(["prepare              " + " const out = capturedOutput();\nf()"]);
  expect(splitMagics("%%capture 3\nf()").diagnostics[0]?.message).toBe(
    "%%capture: needs the name of a variable or nothing, got 3",
  );
});

test("an unknown magic lists the known ones, at its place", () => {
  const { diagnostics } = splitMagics("  %%tiem\n1");
  expect(diagnostics).toEqual([
    {
      severity: "error",
      code: "SyntaxError",
      message: `Unknown magic %%tiem. Known magics: ${magicNames().join(", ")}`,
      start: 2,
      end: 8,
    },
  ]);
  expect(splitMagics("% x").diagnostics[0]?.message).toMatch(/^Unknown magic %\. Known/);
});

test("wrong use says what is right", () => {
  const message = (source: string): string | undefined => splitMagics(source).diagnostics[0]?.message;
  expect(message("%time f()")).toBe("%time: is about a whole cell, write %%time before the cell's first statement");
  expect(message("%%who")).toBe("%%who: is a line's magic, write %who");
  expect(message("%load")).toBe("%load: needs file, got nothing");
  expect(message("%%time 3")).toBe("%%time: takes nothing behind it, got 3");
});

test("withMagics() checks the rest of the cell and hands magics on with the cell's own text", async () => {
  const inner = fakeLanguage();
  const prepared = await withMagics(inner).prepare("%who\n%%time\nx", { checking: "error", id: 4 });
  expect(inner.asked).toEqual(["prepare     \n      \nx"]);
  expect(prepared).toMatchObject({
    ok: true,
    cell: {
      source: "%who\n%%time\nx",
      magics: [
        { name: "who", args: "", names },
        { name: "time", args: "" },
      ],
    },
  });
});

test("withMagics() forgets before the cell is checked, and refuses an unknown magic unasked", async () => {
  const inner = fakeLanguage();
  await withMagics(inner).prepare("%reset -f\nx", { checking: "error", id: 1 });
  expect(inner.asked).toEqual(["reset", "prepare          \nx"]);
  expect(await withMagics(inner).prepare("%nope", { checking: "off", id: 2 })).toMatchObject({
    ok: false,
    fileName: "cell-2.ts",
  });
  expect(inner.asked).toHaveLength(2);
});

test("withMagics() says where a magic stands when one follows a statement", async () => {
  const source = "const a = 1\n%who";
  const finding = {
    severity: "error",
    code: "TS2304",
    message: "Cannot find name 'who'.",
    start: source.length - 3,
    end: source.length,
  } as const;
  const prepared = await withMagics(fakeLanguage([finding])).prepare(source, { checking: "error", id: 1 });
  expect(prepared).toMatchObject({
    diagnostics: [{ message: "Cannot find name 'who'. (a magic stands before the cell's first statement)" }],
  });
});

test("completion lists magics where they can stand, and nowhere else", async () => {
  const inner = fakeLanguage();
  const language = withMagics(inner);
  const found = await language.complete("// c\n%wh", 8);
  expect(found).toEqual({
    items: [
      { text: "%who", type: "magic" },
      { text: "%whos", type: "magic" },
    ],
    start: 5,
    end: 8,
  });
  expect((await language.complete("%", 1)).items.map(({ text }) => text)).toEqual(magicNames());
  await language.complete("a\n%w", 4);
  expect(inner.asked).toEqual(["complete a\n%w"]);
});

test("inspection of a magic says what it does", async () => {
  const bundle = await withMagics(fakeLanguage()).inspect("%load a.ts", 3, 0);
  expect(bundle?.data["text/plain"]).toBe("%load file\nPuts a file's text in the cell's place.");
});

test("completeness: a %%bash cell ends with an empty line, %%time waits for a statement, %who does not", () => {
  const inner = fakeLanguage();
  const status = (source: string): string => withMagics(inner).isComplete(source).status;
  expect(["%%bash\nls", "%%bash\nls\n\n", "%%time", "%who", "%nope"].map(status)).toEqual([
    "incomplete",
    "complete",
    "incomplete",
    "complete",
    "invalid",
  ]);
  expect(status("%%time\nf(")).toBe("unknown");
  expect(inner.asked).toEqual(["isComplete       \nf("]);
});
