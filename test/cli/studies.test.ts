import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { parseOptions } from "../../lib/cli/studies/options.js";
import { notebookSteps, setupSteps } from "../../lib/cli/setup/index.js";
import { projectAt, ROOT, temporaryFolder } from "./project.js";

const FIXTURES = join(ROOT, "test/fixtures/notebooks");
const project = projectAt(ROOT);
const ready = setupSteps(project).every((step) => step.done() || !notebookSteps(project).includes(step.name));
if (!ready) console.log("test/cli/studies: notebooks are not run, set-up could not make .venv");

interface Ran {
  readonly code: number;
  readonly text: string;
  readonly output: string;
}

async function study(name: string, ...args: string[]): Promise<Ran> {
  const lines: string[] = [];
  const output = temporaryFolder();
  const code = await runStudies([name, "--size", "smoke", "--kernel", "tslab", ...args], project, FIXTURES, output, (line) => void lines.push(line));
  return { code, text: lines.join("\n"), output: join(output, `${name}.smoke.tslab.ipynb`) };
}

describe.skipIf(!ready)("runStudies() under tslab's kernel", () => {
  it("runs a notebook that imports saccade, sets its parameters, and prints its line", async () => {
    const { code, text, output } = await study("passes", "--set", "epochs=3");
    expect(text).toMatch(/^passes {2}smoke {2}tslab {2}\d+\.\d s {2}passed: sum 6, size smoke, epochs 3$/);
    expect(code).toBe(0);
    const { cells } = JSON.parse(readFileSync(output, "utf8")) as { cells: { source: string | string[]; metadata: { tags?: string[] } }[] };
    expect(cells[1]).toMatchObject({ metadata: { tags: ["injected-parameters"] } });
    expect([cells[1]?.source].flat().join("")).toBe('size = "smoke";\nepochs = 3;');
    expect(readFileSync(output.replace(/ipynb$/, "html"), "utf8")).toContain("sum 6, size smoke");
    expect(readFileSync(join(FIXTURES, "passes.ipynb"), "utf8")).not.toContain("sum 6");
  });

  it("fails a run whose cell throws, and shows its text", async () => {
    const { code, text } = await study("throws");
    expect(code).toBe(1);
    expect(text).toMatch(/^throws .* FAILED in cell 4 of 5$/m);
    expect(text).toContain("Error: the third cell throws");
    expect(text).not.toContain("never");
  });

  it("fails a run whose cell has a type error, and shows its text", async () => {
    const { code, text } = await study("type-error");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED in cell 3 of 3\n.*Type 'string' is not assignable to type 'number'/);
  });

  it("reports a parameter of a type that the notebook does not take", async () => {
    const { code, text } = await study("passes", "--set", "epochs=many");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED in cell 2 of 4\n.*Type 'string' is not assignable to type 'number'/);
  });

  it("reports a kernel that dies, and keeps what was executed", async () => {
    const { code, text, output } = await study("dies");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED: the kernel died or did not answer in cell 3 of 3/);
    expect(existsSync(output)).toBe(true);
  });

  it("reports a cell that runs past its limit", async () => {
    const { code, text } = await study("hangs", "--timeout", "10");
    expect(code).toBe(1);
    expect(text).toMatch(/FAILED: ran past its limit of 10 s in cell 3 of 3/);
  });

  it("fails a notebook that takes no parameters", async () => {
    const { code, text } = await study("no-parameters");
    expect(code).toBe(1);
    expect(text).toContain('the notebook has no cell tagged "parameters"');
  });

  it("answers an unknown study with 2", async () => {
    expect((await study("nothing")).code).toBe(2);
  });
});

describe("parseOptions()", () => {
  const known = { studies: ["a", "b"], kernels: ["saccade", "tslab"] };
  const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, known);

  it("takes every study at the size quick where nothing is asked for", () => {
    expect(parse()).toMatchObject({ studies: ["a", "b"], size: "quick", kernel: undefined, assignments: 'size = "quick";', timeoutS: 7200, judge: "quick", store: undefined });
  });
  it("writes one assignment per --set: what JSON reads as a value, the rest as text", () => {
    const { assignments } = parse("b", "--size", "smoke", "--set", "epochs=3", "--set", "name=a=b", "--set", "augment=false", "--set", 'rates=[0.1, "x"]');
    expect(assignments).toBe('size = "smoke";\nepochs = 3;\nname = "a=b";\naugment = false;\nrates = [0.1,"x"];');
  });
  it("lists the known ones for an unknown study, size, kernel or option", () => {
    expect(() => parse("c")).toThrow("studies: study must be one of a, b, got c");
    expect(() => parse("--size", "huge")).toThrow("studies: size must be one of smoke, quick, full, got huge");
    expect(() => parse("--kernel", "python3")).toThrow("studies: kernel must be one of saccade, tslab, got python3");
    expect(() => parse("--colour", "red")).toThrow("the options are --size, --set, --kernel, --timeout, --judge and --store");
  });
  it("refuses an assignment that is none and a limit that is none", () => {
    expect(() => parse("--set", "epochs")).toThrow("--set must be name=value, got epochs");
    expect(() => parse("--set", "a b=1")).toThrow("--set must be name=value");
    expect(() => parse("--timeout", "soon")).toThrow("--timeout must be a number of seconds above 0, got soon");
  });
});
