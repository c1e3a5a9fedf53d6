import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resultsPage, studiesTable } from "../../lib/cli/verify-results/results-page.js";
import { sourceOf } from "../../lib/cli/verify-results/source-figures.js";
import { storedResults } from "../../lib/cli/verify-results/stored-runs.js";
import { verifyPage } from "../../lib/cli/verify-results/texts.js";
import { temporaryFolder, write } from "./project.js";

const source = {
  title: "A report",
  author: "its author",
  kind: "course work",
  question: "Is it so?",
  answer: "With {quick a.accuracy percent 1} on {quick machine.cores integer} cores.",
  figures: [
    { run: "a", measure: "accuracy", value: 0.68, shown: "68 %", note: "truncated" },
    { run: "b", measure: "accuracy", value: 0.5, shown: "50 %" },
    { run: "a", measure: "testLoss", value: 2.03, shown: "2.03", format: "fixed 2" },
  ],
};
const result = (size: string, seed: number, accuracy: number, more: object = {}): string =>
  JSON.stringify({
    study: "tiny",
    size,
    config: { seed },
    measures: { "a.accuracy": accuracy, "a.testLoss": 1.5, "c.accuracy": 0.25 },
    predictions: { a: { accuracy, test: { count: 100 } }, c: { accuracy: 0.25, test: { count: 100 } } },
    data: { label: "CIFAR-10 (the archive)" },
    machine: { cores: 2, cpu: "a CPU" },
    backend: "TensorFlow 2.21.0 on CPU",
    wallSeconds: 600,
    command: `npm run studies -- tiny --size ${size} --store`,
    date: `2026-11-2${seed}T10:00:00Z`,
    commit: "1a2b3c4",
    ...more,
  });
const partial = {
  study: "tiny",
  size: "full",
  config: { seed: 2 },
  runs: { b: { epochs: 9, of: 200, history: [{ epoch: 9, loss: 3.21, accuracy: 0.2 }] } },
  sweeps: { grid: 12 },
};

/** A folder of notebooks with one study. */
function studyWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  const cells = [{ cell_type: "markdown", source: ["# A tiny study\n", "of nothing"] }];
  const all = Object.entries(files).map(([name, text]) => [`results/tiny/${name}`, text] as const);
  write(folder, { "tiny.ipynb": JSON.stringify({ cells }), ...Object.fromEntries(all) });
  return folder;
}
const pageOf = (folder: string): string => resultsPage(folder, storedResults(folder));
const rows = (page: string): string[] => page.split("\n").filter((line) => line.startsWith("| "));

const whole = studyWith({
  "source.json": JSON.stringify(source),
  "quick.json": result("quick", 0, 0.6),
  "quick.seed-1.json": result("quick", 1, 0.62),
  "full.json": result("full", 0, 0.7),
  "partial.full.seed-2.json": JSON.stringify(partial),
});

describe("resultsPage()", () => {
  it("has a row for each figure of the source and each other run, over seeds or with its interval", () => {
    expect(rows(pageOf(whole))).toEqual([
      "| run | the source | here | size |",
      "| --- | --- | --- | --- |",
      // Wilson's interval of 70 in 100 is (0.70 + 0.0192 ± 0.0905) / 1.0384
      "| a | 68 % (truncated) | 70.0 % (1 seed; 95 % interval 60.4 % to 78.1 %) | full |",
      "| a | 68 % (truncated) | 61.0 % (60.0 % to 62.0 %, 2 seeds) | quick |",
      "| b | 50 % | not run yet |  |",
      "| a: testLoss | 2.03 | 1.50 (1 seed) | full |",
      "| a: testLoss | 2.03 | 1.50 (1.50 to 1.50, 2 seeds) | quick |",
      "| c | – | 25.0 % (1 seed; 95 % interval 17.5 % to 34.3 %) | full |",
      "| c | – | 25.0 % (25.0 % to 25.0 %, 2 seeds) | quick |",
      "| b | 50 % | partial: 9 of 200 epochs; on the training images loss 3.210, accuracy 20.0 % | full, seed 2 |",
      "| grid | – | partial: 12 trials | full, seed 2 |",
      "| stored result | data | machine | time | command | when |",
      "| --- | --- | --- | --- | --- | --- |",
      "| full | CIFAR-10 (the archive) | TensorFlow 2.21.0 on CPU, 2 cores (a CPU) | 10 min | `npm run studies -- " +
        "tiny --size full --store` | 2026-11-20, 1a2b3c4 |",
      expect.stringMatching(/^\| quick \|/),
      expect.stringMatching(/^\| quick\.seed-1 \|/),
    ]);
  });

  it("says what the study asks, its answer with the numbers stored, and its source", () => {
    const page = pageOf(whole);
    expect(page).toContain("## [A tiny study](../tiny.ipynb)\n\nIs it so? With 60.0 % on 2 cores.\n");
    expect(page).toContain("The source: *A report* by its author, course work.");
  });

  it("takes the newest of two results of one seed", () => {
    const folder = studyWith({
      "quick.json": result("quick", 0, 0.6),
      "quick.arms-a.json": result("quick", 0, 0.8, { date: "2026-11-29T10:00:00Z" }),
    });
    expect(rows(pageOf(folder))[2]).toBe("| a | – | 80.0 % (1 seed; 95 % interval 71.1 % to 86.7 %) | quick |");
  });

  it("says of a study of which nothing is stored that it is so", () => {
    expect(pageOf(studyWith({ "source.json": JSON.stringify({ ...source, answer: undefined }) }))).toContain(
      "Nothing is stored yet.",
    );
  });

  it("refuses an answer whose number is not stored", () => {
    const folder = studyWith({ "source.json": JSON.stringify(source) });
    expect(() => pageOf(folder)).toThrow("results/tiny/source.json: {quick a.accuracy percent 1} is not stored");
  });
});

describe("studiesTable()", () => {
  it("has a row for each study with the first of its source's figures, and of what it is", () => {
    const last = (folder: string) => studiesTable(folder, storedResults(folder)).split("\n").at(-1);
    expect(last(whole)).toBe("| [A tiny study](notebooks/tiny.ipynb) | Is it so? | a | 68 % | 70.0 %, full |");
    const [first, ...others] = source.figures;
    const labelled = { ...source, answer: undefined, figures: [{ ...first, label: "the CNN" }, ...others] };
    expect(last(studyWith({ "source.json": JSON.stringify(labelled) }))).toBe(
      "| [A tiny study](notebooks/tiny.ipynb) | Is it so? | the CNN | 68 % | not run yet |",
    );
  });
});

describe("sourceOf()", () => {
  it.each([
    ["no JSON", "{", "must be JSON"],
    ["a field that is unknown", { ...source, year: 2024 }, "year"],
    ["a question of more than a line", { ...source, question: "so ".repeat(30) }, "source.question must be a text of"],
    ["a figure without its value", { ...source, figures: [{ run: "a", measure: "accuracy", shown: "1" }] }, "value"],
    [
      "a format that there is not",
      { ...source, figures: [{ ...source.figures[0], format: "per cent" }] },
      "source.figures[0].format must be",
    ],
  ])("refuses %s, by the file's name", (_, text, message) => {
    const folder = studyWith({ "source.json": typeof text === "string" ? text : JSON.stringify(text) });
    expect(() => sourceOf(folder, "tiny")).toThrow(join(folder, "results/tiny/source.json"));
    expect(() => sourceOf(folder, "tiny")).toThrow(message);
  });
});

describe("verifyPage()", () => {
  it("fails on a page that is stale, makes it anew with write, and asks for none where there is none", () => {
    const folder = temporaryFolder();
    const path = join(folder, "results/README.md");
    const lines: string[] = [];
    const verify = (isWriting: boolean): number =>
      verifyPage(folder, "results/README.md", "as it is\n", isWriting, (line) => void lines.push(line));
    expect(verify(false)).toBe(0);
    write(folder, { "results/README.md": "as it was\n" });
    expect(verify(false)).toBe(1);
    expect(lines.at(-1)).toContain("IS NOT what the stored results make it");
    expect(verify(true)).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("as it is\n");
    expect(verify(false)).toBe(0);
    expect(existsSync(path)).toBe(true);
  });
});
