/** `npm run studies -- NAME --write`, from the command line to the notebook's file. */
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { runStudies } from "../../lib/cli/studies.js";
import { outputFaults } from "../../lib/cli/studies/output-faults.js";
import { besideOf } from "../../lib/cli/studies/outputs-digests.js";
import { parseOptions } from "../../lib/cli/studies/studies-options.js";
import { notebooksRun, projectAt, ROOT, temporaryFolder, write } from "./project.js";

const project = projectAt(ROOT);
const ready = notebooksRun("test/cli/studies-write");

const HEAD = 'import { datasets, plots, show, study } from "saccade";';
const FIGURE = `show(plots.bars({
  title: "Two", categories: ["a", "b"], xLabel: "x", yLabel: "y", series: [{ name: "n", values: [1, 2] }],
}));`;
/** Hands over a result on images of a kind. */
const reporting = (kind: string): string => `const images = datasets.generated({ trainImages: 1, testImages: 20 }).test;
const set = { ...images, provenance: { ...images.provenance, kind: "${kind}" as const } };
const result = study.report({
  study: "mine", size: size, config: {}, measures: { "run.accuracy": 0.1 },
  predictions: { run: { set: set, seed: 0, classes: new Uint8Array(20) } }, parts: [{ name: "run", seconds: 1 }],
});`;
const claim = (value: number): object => {
  const conditions = [{ measure: "run.accuracy", is: ">=", value }];
  return { statement: "a", kind: "exact", sizes: ["quick"], conditions, basis: "b" };
};

/** A folder of notebooks with one study. */
function folderOf(sources: readonly string[], claims?: readonly object[]): string {
  const folder = temporaryFolder();
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const parameters = 'let size: "smoke" | "quick" | "full" = "quick" as "smoke" | "quick" | "full";';
  const cells = [parameters, HEAD, ...sources].map((source, index) => {
    const metadata = index === 0 ? { tags: ["parameters"] } : {};
    return { cell_type: "code", id: `cell-${index}`, execution_count: null, metadata, outputs: [], source };
  });
  const metadata = { kernelspec: { name: "saccade", display_name: "TypeScript", language: "typescript" } };
  write(folder, {
    "mine.ipynb": JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }),
    ...(claims && { "results/mine/claims.json": JSON.stringify(claims) }),
  });
  return folder;
}

async function run(folder: string, ...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const lines: string[] = [];
  const output = temporaryFolder();
  const code = await runStudies(["mine", ...args], project, folder, output, (line) => void lines.push(line));
  return { code, text: lines.join("\n") };
}
const textOf = (folder: string): string => readFileSync(join(folder, "mine.ipynb"), "utf8");

describe.skipIf(!ready)("runStudies() with --write", () => {
  it("writes a passed run's outputs into the notebook, its result handed over and stored", async () => {
    const folder = folderOf([FIGURE, reporting("archive")], [claim(0.1)]);
    const { code, text } = await run(folder, "--store", "--write");
    expect(text).toContain(`    Its outputs are in ${join(folder, "mine.ipynb")} now: 0.0`);
    expect(code).toBe(0);
    expect(outputFaults(textOf(folder), besideOf(folder, "mine"))).toEqual([]);
    const { cells } = JSON.parse(textOf(folder)) as { cells: { outputs: { data?: object }[] }[] };
    expect(cells.map(({ outputs }) => outputs.map(({ data = {} }) => Object.keys(data)))).toEqual([
      [],
      [],
      [["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"]],
      [["text/html", "text/plain"]],
    ]);
  });

  it.each<[string, string[], object[] | undefined, string]>([
    ["whose claim does not hold", [reporting("archive")], [claim(0.9)], "the run did not pass"],
    ["on generated images", [reporting("generated")], [claim(0.1)], "its images are generated"],
    ["that shows a path", ['console.log("in /home/ann/x");'], undefined, "code cell 3 shows where it ran: /home/ann"],
  ])("leaves the notebook of a run %s as it is, and fails", async (_what, sources, claims, why) => {
    const folder = folderOf(sources, claims);
    const before = textOf(folder);
    const { code, text } = await run(folder, "--store", "--write");
    expect(text).toContain(`    not written: ${why}`);
    expect([code, textOf(folder)]).toEqual([1, before]);
  });

  it("refuses a study that has claims without --store, before anything runs", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await run(folderOf([FIGURE], [claim(0.1)]), "--write")).toEqual({ code: 2, text: "" });
    expect(said).toHaveBeenCalledWith("studies: --write goes with --store for a study that has claims, got mine");
    said.mockRestore();
  });
});

describe("parseOptions() with --write", () => {
  const known = { studies: ["a"], guide: ["guide/g"], kernels: ["saccade"] };
  const parse = (...args: string[]): ReturnType<typeof parseOptions> => parseOptions(args, known);

  it("takes it at the size quick, and keeps it out of the command that repeats the run", () => {
    expect(parse("--write", "--store", "--size", "quick")).toMatchObject({ write: true, size: "quick" });
    expect(parse().write).toBe(false);
    expect(parse("a", "--write", "--store").command("a", true)).toBe("npm run studies -- a --size quick --store");
  });

  it.each([
    [["--size", "full"], "--write must be at size quick, got full"],
    [["--set", "seed=1"], "--write must go without --set, --kernel and --judge, got --set seed=1"],
    [["--kernel", "saccade"], "--write must go without --set, --kernel and --judge, got --kernel saccade"],
    [["--judge", "full"], "--write must go without --set, --kernel and --judge, got --judge full"],
    [["guide"], "--write is for studies, not for the guide, got guide/g"],
  ])("refuses %s", (args, why) => {
    expect(() => parse("--write", ...args)).toThrow(`studies: ${why}`);
  });
});
