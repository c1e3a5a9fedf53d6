/** Completion, inspection, is_complete: positions in code points, types, paths, names. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "notebook-"));
mkdirSync(join(folder, "below"));
writeFileSync(join(folder, "nearby.ts"), "export const exported = 1; export function exportedToo(): void {}");
writeFileSync(join(folder, "below/deep.ts"), "export {};");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernel = useKernel({ cwd: folder });

describe("completion", () => {
  it("of a member of an earlier cell's value", async () => {
    await runs(kernel(), 'const measured = { width: 1, height: "x" };');
    const reply = await kernel().complete("measured.wi");
    expect(reply).toMatchObject({ status: "ok", cursor_start: 9, cursor_end: 11 });
    expect(reply["matches"]).toContain("width");
  });

  it("of a name of an earlier cell and of a global", async () => {
    expect((await kernel().complete("meas"))["matches"]).toContain("measured");
    expect((await kernel().complete("enc"))["matches"]).toContain("encodeURIComponent");
  });

  it("of a name of the same cell", async () => {
    expect((await kernel().complete("const localName = 1;\nlocalN"))["matches"]).toContain("localName");
  });

  it("counts the cursor in code points, after an emoji too", async () => {
    const code = `const face = "😀👍"; measured.he`;
    const reply = await kernel().complete(code);
    expect(reply["matches"]).toContain("height");
    expect([reply["cursor_start"], reply["cursor_end"]]).toEqual([[...code].length - 2, [...code].length]);
  });

  it("in the middle of a cell", async () => {
    const code = "measured.\nconst rest = 1;";
    expect((await kernel().complete(code, 9))["matches"]).toEqual(expect.arrayContaining(["width", "height"]));
  });

  it("has experimental types for its matches", async () => {
    const reply = await kernel().complete("measured.wi");
    const types = reply["metadata"]["_jupyter_types_experimental"];
    expect(types.find(({ text }: { text: string }) => text === "width")).toMatchObject({
      type: expect.stringMatching(/property|field/),
      start: 9,
      end: 11,
    });
  });

  it("of a relative module path", async () => {
    expect((await kernel().complete(`import { exported } from "./ne`))["matches"].join()).toMatch(/nearby/);
    expect((await kernel().complete(`import "./`))["matches"].join()).toMatch(/below/);
  });

  it("of names inside import { }", async () => {
    expect((await kernel().complete(`import { exp } from "./nearby";`, 12))["matches"]).toEqual(
      expect.arrayContaining(["exported", "exportedToo"]),
    );
  });

  it("of nothing is an empty list with status ok", async () => {
    expect(await kernel().complete("const x = 'zzzz", 15)).toMatchObject({ status: "ok" });
    expect(await kernel().complete("", 0)).toMatchObject({ status: "ok" });
  });

  it("of a cell that does not parse", async () => {
    expect((await kernel().complete("if (measured.wi", 15))["matches"]).toContain("width");
  });
});

describe("inspection", () => {
  it("shows the type of an earlier cell's name", async () => {
    const reply = await kernel().inspect("measured", 4);
    expect(reply).toMatchObject({ status: "ok", found: true });
    expect(reply["data"]["text/plain"]).toMatch(/width: number/);
  });

  it("shows documentation", async () => {
    await runs(kernel(), "/** Doubles its argument. */\nfunction doubled(x: number) { return x * 2; }");
    expect(JSON.stringify((await kernel().inspect("doubled(1)", 3, 1))["data"])).toMatch(/Doubles its argument/);
  });

  it("counts the cursor in code points", async () => {
    expect((await kernel().inspect(`"😀"; measured`, 8))["found"]).toBe(true);
  });

  it("shows a function's signature inside its call", async () => {
    for (const call of ["doubled(", "doubled(1, ", 'doubled(["a", '])
      expect(JSON.stringify((await kernel().inspect(call, call.length))["data"])).toMatch(/x: number/);
  });

  it("of a name that nothing has is not found", async () => {
    expect(await kernel().inspect("nosuch", 6)).toMatchObject({ status: "ok", found: false });
  });

  it("of nothing is not found", async () => {
    expect(await kernel().inspect("   ", 1)).toMatchObject({ status: "ok", found: false });
  });
});

describe("is_complete", () => {
  for (const [code, status] of [
    ["1 + 1", "complete"],
    ["const a = 1;", "complete"],
    ["await 1", "complete"],
    ["", "complete"],
    ["class A {}", "complete"],
    ["for (;;) {}", "complete"],
    ["// comment", "complete"],
    ["function f() {", "incomplete"],
    ["const a = [", "incomplete"],
    ["const t = `open", "incomplete"],
    ["`a ${", "incomplete"],
    ["if (true) {\n  1;", "incomplete"],
    ["foo(", "incomplete"],
    ["/* open", "incomplete"],
    ["const a =", "incomplete"],
    ["a.", "incomplete"],
    ["class A {", "incomplete"],
    ["a ? b :", "incomplete"],
    ["const = 1", "invalid"],
    ["1 +* 2", "invalid"],
    [")", "invalid"],
    ["let let = 1;;)", "invalid"],
    ["}", "invalid"],
    ['"open string\n', "invalid"],
  ] as const) {
    it(`${JSON.stringify(code)} is ${status}`, async () => {
      expect(await kernel().isComplete(code)).toMatchObject({ status });
    });
  }

  it("suggests an indent where more is needed", async () => {
    expect((await kernel().isComplete("function f() {"))["indent"]).toMatch(/^ +$/);
  });
});
