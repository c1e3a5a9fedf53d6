/** A notebook's outputs: what --write puts into it, and each rule that they are then held to. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasOutputs, outputFaults } from "../../lib/cli/studies/output-faults.js";
import { machineTexts } from "../../lib/cli/studies/machine-text.js";
import { notebookFrom, notebookText } from "../../lib/cli/studies/notebook-file.js";
import { besideOf } from "../../lib/cli/studies/outputs-digests.js";
import { writeOutputs, type Written } from "../../lib/cli/studies/write-outputs.js";
import { verifyOutputs } from "../../lib/cli/verify-results/verify-outputs.js";
import { temporaryFolder, write } from "./project.js";

const PLOTLY = "application/vnd.plotly.v1+json";
const CLAIMS = [{ statement: "a" }];
const MEASURES = { "run.accuracy": 0.5 };

interface TestCell {
  cell_type: string;
  id: string;
  metadata: Record<string, unknown>;
  source: string | string[];
  execution_count?: number | null;
  outputs?: Record<string, unknown>[];
}
interface TestBook {
  cells: TestCell[];
  metadata: Record<string, unknown>;
  nbformat: number;
  nbformat_minor: number;
}

const codeCell = (id: string, source: string, metadata: Record<string, unknown> = {}): TestCell => {
  return { cell_type: "code", id, metadata, source, execution_count: null, outputs: [] };
};
const book = (): TestBook => {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "saccade" } },
    cells: [
      { cell_type: "markdown", id: "title", metadata: {}, source: "# Why?" },
      codeCell("parameters", 'let size = "quick";', { tags: ["parameters"] }),
      codeCell("train", "train(); // for long"),
      codeCell("draw", "show(figure);", { tags: ["figure"] }),
    ],
  };
};
const figure = (weight = 10): Record<string, unknown> => {
  const data = {
    [PLOTLY]: { data: [{ y: "y".repeat(weight) }], layout: {} },
    "image/svg+xml": "<svg>\n<text>a</text></svg>",
    "application/pdf": "JVBERi0=",
    "text/plain": "a\nfigure",
  };
  return { output_type: "display_data", metadata: { isolated: true }, data };
};
const printed = (text: string, name = "stdout"): Record<string, unknown> => {
  return { output_type: "stream", name, text };
};

/** The notebook as a runner leaves it. */
function executed(figures: readonly Record<string, unknown>[] = [figure()]): TestBook {
  const ran = book();
  const result = { "application/vnd.saccade.result+json": { study: "s" }, "text/plain": "result of s" };
  ran.cells.splice(2, 0, {
    ...codeCell("injected", 'size = "quick";', { tags: ["injected-parameters"] }),
    execution_count: 2,
  });
  const unpacked = printed("set.tgz: unpacking into /home/ann/sets\n", "stderr"); // where the machine is new
  ran.cells[3]!.outputs = [printed("one\n"), unpacked, printed("two\nthree"), printed("oh", "stderr")];
  ran.cells[3]!.metadata = { execution: { "shell.execute_reply": "2026-11-29T13:56:33Z" } };
  ran.cells[4]!.outputs = [
    ...figures,
    { output_type: "display_data", metadata: {}, data: result },
    { output_type: "execute_result", execution_count: 9, metadata: {}, data: { "text/plain": "3" } },
  ];
  ran.cells.filter(({ outputs }) => outputs).forEach((cell, index) => (cell.execution_count = index + 3));
  return ran;
}

/** A folder of notebooks with the study `s`, its claims and its result, in a checkout. */
function studyFolder(): string {
  const folder = join(temporaryFolder(), "notebooks");
  mkdirSync(folder);
  write(folder, {
    "s.ipynb": notebookText(book() as never),
    "results/s/claims.json": JSON.stringify(CLAIMS),
    "results/s/quick.json": JSON.stringify({ measures: MEASURES }),
  });
  return folder;
}

/** Writes what ran into `s`, whose code was `before` when it began. */
function written(folder: string, ran: TestBook = executed(), before: TestBook = book()): Written {
  const file = join(folder, "executed.json");
  writeFileSync(file, JSON.stringify(ran));
  return writeOutputs(join(folder, "s.ipynb"), file, JSON.stringify(before), besideOf(folder, "s"));
}
const read = (folder: string): TestBook => JSON.parse(readFileSync(join(folder, "s.ipynb"), "utf8")) as TestBook;

describe("writeOutputs()", () => {
  it("puts the outputs into the notebook: counted from 1, without the runner's cell and times", () => {
    const folder = studyFolder();
    expect(written(folder)).toEqual({ faults: [], says: "0.00 MB" });
    const { cells } = read(folder);
    expect(cells.map(({ id }) => id)).toEqual(["title", "parameters", "train", "draw"]);
    expect(cells.map(({ execution_count }) => execution_count)).toEqual([undefined, 1, 2, 3]);
    expect(cells[2]).toMatchObject({
      metadata: {},
      outputs: [
        { output_type: "stream", name: "stdout", text: ["one\n", "two\n", "three"] },
        { output_type: "stream", name: "stderr", text: ["oh"] },
      ],
    });
    expect(readFileSync(join(folder, "s.ipynb"), "utf8")).not.toContain("2026-11-29");
  });

  it("keeps a figure's still picture and what a page draws, and leaves out its PDF and the handed-over result", () => {
    const folder = studyFolder();
    written(folder);
    const [shown, last] = read(folder).cells[3]!.outputs!;
    expect(shown).toEqual({
      output_type: "display_data",
      metadata: {},
      data: {
        [PLOTLY]: { data: [{ y: "yyyyyyyyyy" }], layout: {} },
        "image/svg+xml": ["<svg>\n", "<text>a</text></svg>"],
        "text/plain": ["a\n", "figure"],
      },
    });
    expect(last).toMatchObject({ output_type: "execute_result", execution_count: 3 });
  });

  it("writes the same file for the same run, and what it writes has no fault", () => {
    const folder = studyFolder();
    written(folder);
    const once = readFileSync(join(folder, "s.ipynb"), "utf8");
    written(folder);
    expect(readFileSync(join(folder, "s.ipynb"), "utf8")).toBe(once);
    expect(outputFaults(once, { claims: CLAIMS, measures: MEASURES })).toEqual([]);
  });

  it("makes the heaviest figures still where the notebook would weigh more than 2 MB", () => {
    const folder = studyFolder();
    const { faults, says } = written(folder, executed([figure(900_000), figure(1_500_000), figure(400_000)]));
    expect(faults).toEqual([]);
    expect(says).toBe(
      "1.30 MB, 1 of its figures still only, as they would make it too heavy: " +
        "JupyterLab shows these in a notebook that is trusted, or was run",
    );
    const live = read(folder)
      .cells[3]!.outputs!.slice(0, 3)
      .map(({ data }) => PLOTLY in (data as object));
    expect(live).toEqual([true, false, true]);
  });

  it("leaves a PNG without its page's twin first, which costs a reader nothing", () => {
    const folder = studyFolder();
    const twin = { "image/png": "iVBORw0KGgo=", "text/html": `<img alt="${"x".repeat(900_000)}">`, "text/plain": "a" };
    const strip = { output_type: "display_data", metadata: {}, data: twin };
    expect(written(folder, executed([figure(1_500_000), strip]))).toEqual({ faults: [], says: "1.50 MB" });
    const [still, shown] = read(folder).cells[3]!.outputs!.map(({ data }) => Object.keys(data as object));
    expect(still).toContain(PLOTLY);
    expect(shown).toEqual(["image/png", "text/plain"]);
  });

  it("writes nothing where the outputs have a fault, or are too heavy without a figure that moves", () => {
    const folder = studyFolder();
    const [telling, heavy] = [executed(), executed()];
    telling.cells[3]!.outputs = [printed("saved in /home/ann/weights")];
    heavy.cells[3]!.outputs = [printed("x".repeat(2_000_001))];
    expect(written(folder, telling).faults).toEqual(["code cell 2 shows where it ran: /home/ann"]);
    expect(written(folder, heavy).faults).toEqual([
      expect.stringMatching(/^it weighs 2\.00 MB, above 2\.00 MB: code cells 2 with 2\.00 MB, /),
    ]);
    expect(read(folder)).toEqual(book());
  });

  it("takes prose that was written while it ran, and refuses where the code was changed", () => {
    const folder = studyFolder();
    const now = book();
    now.cells[0]!.source = "# Why not?";
    write(folder, { "s.ipynb": JSON.stringify(now) });
    expect(written(folder).faults).toEqual([]);
    expect(read(folder).cells[0]!.source).toBe("# Why not?");
    now.cells[2]!.source = "train(2);";
    write(folder, { "s.ipynb": JSON.stringify(now) });
    expect(written(folder).faults).toEqual(["its code was changed while it ran"]);
    expect(read(folder)).toEqual(now);
  });
});

describe("verifyOutputs()", () => {
  /** What is found wrong after a change of the notebook, or of what lies beside it. */
  function found(change: (book: TestBook, folder: string) => void): string[] {
    const folder = studyFolder();
    written(folder);
    const changed = read(folder);
    change(changed, folder);
    write(folder, { "s.ipynb": JSON.stringify(changed, null, 1) });
    const lines: string[] = [];
    const faults = verifyOutputs(join(folder, ".."), (line) => void lines.push(line));
    const told = lines.filter((line) => line.includes("not shown in them yet")).length;
    expect(faults).toBe(lines.length - 1 - told);
    return lines.slice(1).map((line) => line.trim());
  }
  const stale = (what: string): string => `its outputs are stale: ${what} changed since they were written`;

  it("finds nothing in what --write wrote, nor after a change of prose, of layout or of a comment", () => {
    expect(found(() => {})).toEqual([]);
    const other = (changed: TestBook): void => {
      changed.cells[0]!.source = "# Because";
      changed.cells.push({ cell_type: "markdown", id: "end", metadata: {}, source: "The end." });
      changed.cells[2]!.source = "train(\n); // for a very long time";
      changed.cells[2]!.outputs![0]!["text"] = "one\ntwo\nthree"; // as another program splits it
    };
    expect(found(other)).toEqual([]);
  });

  it.each<[string, (book: TestBook, folder: string) => void, string]>([
    ["a cell's code", ({ cells }) => (cells[2]!.source = "train(2);"), stale("its code")],
    ["a figure's code", ({ cells }) => (cells[3]!.source = "show(other);"), stale("its code")],
    ["a parameter", ({ cells }) => (cells[1]!.source = 'let size = "full";'), stale("its parameters")],
    [
      "a claim",
      (_book, folder) => write(folder, { "results/s/claims.json": JSON.stringify([{ statement: "b" }]) }),
      stale("its claims.json"),
    ],
    [
      "the stored result",
      (_book, folder) => write(folder, { "results/s/quick.json": '{"measures": {"run.accuracy": 0.6}}' }),
      stale("its stored result's measures"),
    ],
    [
      "an output",
      ({ cells }) => (cells[2]!.outputs![0]!["text"] = ["better\n"]),
      stale("its outputs, which were changed by another hand than studies --write,"),
    ],
    ["the digests", ({ metadata }) => delete metadata["saccade"], "its outputs were not written by studies --write"],
    [
      "the order",
      ({ cells }) => (cells[2]!.execution_count = 7),
      "code cell 2 was not executed in order: its count is 7",
    ],
    [
      "a cell without a count",
      ({ cells }) => (cells[2]!.execution_count = null),
      "code cell 2 was not executed in order: its count is null",
    ],
    ["times", ({ cells }) => (cells[2]!.metadata = { execution: {} }), "code cell 2 holds the times at which it ran"],
  ])("finds another %s", (_what, change, fault) => {
    expect(found(change)).toEqual([fault]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "an error",
      { output_type: "error", ename: "RangeError", evalue: "no", traceback: [] },
      "code cell 2 ended with an error: RangeError",
    ],
    ["a machine's path", printed("in /home/ann/saccade/x.ts"), "code cell 2 shows where it ran: /home/ann"],
    [
      "a path in a figure",
      { output_type: "display_data", metadata: {}, data: { "text/html": ["<b>/Users/", "ann/x</b>"] } },
      "code cell 2 shows where it ran: /Users/ann",
    ],
    [
      "a figure that GitHub cannot show",
      { output_type: "display_data", metadata: {}, data: { [PLOTLY]: { data: [] } } },
      "code cell 2 shows a figure without a still picture",
    ],
    [
      "a value shown as pages of text",
      { output_type: "execute_result", execution_count: 2, metadata: {}, data: { "text/plain": ["x".repeat(5_001)] } },
      "code cell 2 ends in a value of 5001 characters of text: it is to be kept in a variable, or shown as a table",
    ],
  ])("finds %s", (_what, output, fault) => {
    const faults = found(({ cells }) => (cells[2]!.outputs = [output]));
    expect(faults).toEqual([stale("its outputs, which were changed by another hand than studies --write,"), fault]);
  });

  it("finds the runner's cell, and a notebook above 2 MB", () => {
    const injected = codeCell("injected", "size = 1;", { tags: ["injected-parameters"] });
    expect(found(({ cells }) => cells.splice(2, 0, injected))).toEqual([
      "it holds the cell by which a runner set its parameters",
    ]);
    expect(found(({ cells }) => (cells[0]!.source = "x".repeat(2_000_000)))).toEqual([
      expect.stringMatching(/^it weighs 2\.00 MB, above 2\.00 MB: code cells 3 with 0\.00 MB/),
    ]);
  });

  it("tells of results that were stored after the outputs were written, which is no fault", () => {
    const dated = (date: string): string => JSON.stringify({ measures: MEASURES, date });
    const lines = found((_book, folder) =>
      write(folder, {
        "results/s/quick.json": dated("2026-11-29T10:00:00Z"),
        "results/s/quick.seed-1.json": dated("2026-11-28T10:00:00Z"),
        "results/s/full.json": dated("2026-11-30T10:00:00Z"),
      }),
    );
    expect(lines).toEqual([
      "not shown in them yet, as stored later (npm run studies -- s --store --write writes them anew): s/full",
    ]);
  });

  it("finds a notebook that holds none although its result is stored, and nothing in one that was never run", () => {
    const folder = studyFolder();
    const lines: string[] = [];
    const verify = (): number => verifyOutputs(join(folder, ".."), (line) => void lines.push(line));
    expect(verify()).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^notebooks\/s\.ipynb: outputs are MISSING, although its result is stored \(/),
    ]);
    rmSync(join(folder, "results"), { recursive: true });
    expect(verify()).toBe(0);
    expect(lines).toHaveLength(1);
    expect(hasOutputs(notebookText(book() as never))).toBe(false);
  });
});

describe("machineTexts()", () => {
  it.each([
    ["saved in /home/ann/x.json", ["/home/ann"]],
    ['"/Users/ann/books"', ["/Users/ann"]],
    ["at f (/opt/saccade/x.js:3:1)", ["/opt/saccade"]],
    ["file:///srv/x", ["file:///srv/x"]],
    ["in ~/.cache/saccade", ["~/.cache"]],
    ["C:\\Users\\ann", ["C:\\Users"]],
    ["ran on node-17.cluster", ["node-17.cluster"]],
  ])("finds it in %s", (text, found) => {
    expect(machineTexts(text, ["node-17.cluster"])).toEqual(found);
  });

  it.each([
    "https://example.org/home/ann/x",
    "notebooks/.output/data/x.json, block3/attention, 3/4 of 1/2",
    "data:image/png;base64,iVBOR/home/ann/w0KGgo=",
    "image/png and </data> and /data alone",
    "10⁶ multiply-adds/image; Conv: 3×3/2; a ~5 % lead",
  ])("finds nothing in %s", (text) => {
    expect(machineTexts(text, [])).toEqual([]);
  });
});

it("notebookText() writes what notebookFrom() read, keys sorted", () => {
  const text = notebookText({ metadata: {}, cells: [], nbformat: 4 });
  expect(text).toBe('{\n "cells": [],\n "metadata": {},\n "nbformat": 4\n}\n');
  expect(notebookText(notebookFrom(text))).toBe(text);
});
