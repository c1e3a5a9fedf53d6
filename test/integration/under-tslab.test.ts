/** Every notebook runs under tslab's own kernel too, and what the runner says of a run holds there. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { useAnyMirror } from "../cli/cifar-mirror.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder } from "../cli/project.js";
import { studyUnder } from "../cli/study-under.js";
import { NOTEBOOKS, START, studies } from "../notebooks/studies.js";

const ready = notebooksRun("test/integration/under-tslab");

describe.skipIf(!ready)("notebooks", () => {
  useAnyMirror();
  const folder = temporaryFolder(); // the guide's write files beside themselves
  const guide = "guide/your-own-study";
  beforeAll(() => {
    mkdirSync(join(folder, "guide"));
    for (const name of [START, guide]) cpSync(join(NOTEBOOKS, `${name}.ipynb`), join(folder, `${name}.ipynb`));
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    return () => rmSync(folder, { recursive: true });
  });

  // one of no size runs as it is, the others are judged by their claims
  const runs = [
    ...studies.map((name) => [name, NOTEBOOKS] as const),
    ...[START, guide].map((name) => [name, folder] as const),
  ];
  it.each(runs)("%s", async (name, from) => {
    const lines: string[] = [];
    const args = [name, "--kernel", "tslab", ...(name === guide ? [] : ["--size", "smoke"])];
    const code = await runStudies(args, projectAt(ROOT), from, temporaryFolder(), (line) => void lines.push(line));
    const claims = studies.includes(name) ? ": (\\d+) of \\1 claims hold" : "";
    expect(lines.join("\n")).toMatch(new RegExp(`^${name} .* tslab {2}[\\d.]+ s {2}passed${claims}`));
    expect(code).toBe(0);
  });
});

describe.skipIf(!ready)("a run", () => {
  const study = (name: string, ...args: string[]) => studyUnder("tslab", name, ...args);

  it("sets the parameters of a notebook that imports saccade", async () => {
    const { code, text, output } = await study("passes", "--set", "epochs=3");
    expect(text).toMatch(/^passes {2}smoke {2}tslab {2}\d+\.\d s {2}passed$/);
    expect(readFileSync(output.replace(/ipynb$/, "html"), "utf8")).toContain("sum 6, size smoke, epochs 3");
    expect(code).toBe(0);
  });

  it("fails where a cell throws or has a type error", async () => {
    expect((await study("throws")).text).toMatch(/^throws .* FAILED in cell 4 of 5\n.*Error: the third cell throws/ms);
    const typed = /FAILED in cell 3 of 3\n.*Type 'string' is not assignable to type 'number'/;
    expect((await study("type-error")).text).toMatch(typed);
  });

  it("writes what a study hands over, and judges it by its claims", async () => {
    const { text, output } = await study("reports");
    expect(text).toMatch(/^reports .* passed: 1 of 1 claims hold, 1 not judged at smoke$/m);
    const stored = JSON.parse(readFileSync(output.replace(/ipynb$/, "json"), "utf8")) as Record<string, unknown>;
    expect(stored).toMatchObject({ study: "reports", kernel: "tslab", claims: [{ holds: true }] });
    const { code, text: failed } = await study("reports", "--set", "epochs=3");
    expect(failed).toMatch(/^ +DOES NOT HOLD {2}two epochs or fewer\n +run.epochs 3 ≤ 2$/m);
    expect(code).toBe(1);
  });

  it.each([
    ["floods", /FAILED: shows too much in cell 3 of 3\n +one cell may show 20,000,000 characters/],
    ["loops", /FAILED: ran past its limit of 20 s in cell 3 of 3/],
    ["dies", /FAILED: the kernel died or did not answer in cell 3 of 3/],
  ])("ends %s", async (name, said) => {
    const { code, text } = await study(name, "--timeout", "20");
    expect(text).toMatch(said);
    expect(code).toBe(1);
  });
});
