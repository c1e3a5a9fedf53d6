import { afterEach, describe, expect, it, vi } from "vitest";
import { measuresTables, report, RESULT_MIME } from "../../lib/study/report.js";
import type { ReportOptions } from "../../lib/study/study-result.js";
import { toBundle } from "../../lib/study/show.js";
import { table } from "../../lib/table.js";
import { brightnessSet } from "../fixtures/images.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");
const host = globalThis as Record<PropertyKey, unknown>;
const set = brightnessSet({ count: 4, classes: 2 });
const options: ReportOptions = {
  study: "a-study",
  size: "smoke",
  config: { seed: 1 },
  measures: { "vit.accuracy": 0.75, "vit.steps": 3 },
  predictions: { vit: { set, seed: 1, classes: [0, 1, 1, 1] } },
  parts: [{ name: "vit", seconds: 1.5 }],
};

afterEach(() => {
  delete host[BROADCAST];
  delete host.__tslab__;
  vi.restoreAllMocks();
});

describe("report()", () => {
  it("hands over the result under its own MIME type, and tables for a person", () => {
    const publish = vi.fn();
    host[BROADCAST] = publish;
    const result = report(options);
    const bundles = publish.mock.calls.map(([, content]) => (content as { data: Record<string, unknown> }).data);
    expect(bundles[0]![RESULT_MIME]).toEqual(result);
    expect(bundles[1]!["text/html"]).toContain("<td");
    expect(JSON.parse(JSON.stringify(result))).toEqual(result); // it crosses as JSON
    expect(toBundle(result)).toEqual({ "text/plain": "result of a-study, size smoke" }); // as a cell's last value
  });

  it("stores each image's predicted class, and the accuracy and confusion that follow", () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const { predictions } = report(options);
    expect([...Buffer.from(predictions["vit"]!.classes, "base64")]).toEqual([0, 1, 1, 1]);
    expect(predictions["vit"]).toMatchObject({
      accuracy: 0.75,
      confusion: [
        [1, 1],
        [0, 2],
      ],
      test: { dataset: "brightness", split: "train", count: 4, seed: 1, classNames: set.classNames },
    });
  });

  it("stores the losses as rows of numbers, and which runs were left out", () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    expect(
      report({ ...options, losses: { vit: [{ epoch: 1, batch: 200, loss: 2.0839999 }] }, notRun: ["cnn"] }),
    ).toMatchObject({ losses: { vit: [[1, 200, 2.084]] }, notRun: ["cnn"] });
    expect(Object.keys(report({ ...options, notRun: [] }))).not.toEqual(expect.arrayContaining(["notRun"]));
  });

  it("stores what was measured of each epoch as numbers by name, those that are finite", () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const validation = { loss: 1.23456, accuracy: 0.5, metrics: { criterion: 2 } };
    const first = { epoch: 1, loss: 2.5, accuracy: 0.25, validation, seconds: 3 };
    const second = { epoch: 2, loss: NaN, accuracy: 0, training: { loss: 1, accuracy: 0.75 }, seconds: 3 };
    expect(report({ ...options, epochs: { vit: [first, second] } }).epochs).toEqual({
      vit: [
        {
          epoch: 1,
          loss: 2.5,
          accuracy: 0.25,
          "validation.loss": 1.2346,
          "validation.accuracy": 0.5,
          "validation.criterion": 2,
        },
        { epoch: 2, accuracy: 0, "training.loss": 1, "training.accuracy": 0.75 },
      ],
    });
    expect(report(options).epochs).toBeUndefined();
  });

  it("names versions, machine and data", () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const { versions, machine, data } = report(options);
    expect(versions).toMatchObject({
      node: process.versions.node,
      saccade: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
    });
    expect(machine.cores).toBeGreaterThan(0);
    expect(data).toEqual({ kind: "generated", label: "brightness levels", archives: [] });
  });

  it("hands it over in tslab's kernel, which takes one representation at a time", () => {
    const raw = vi.fn();
    host.__tslab__ = { require: () => ({ display: { raw } }) };
    report(options);
    expect(raw.mock.calls.map(([mimeType]) => mimeType as string)).toEqual([RESULT_MIME, "text/html"]);
  });

  it("writes only the tables in a terminal", () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    report(options);
    expect(log.mock.calls).toEqual([
      ["measured  accuracy  steps\n────────  ────────  ─────\nvit           0.75      3"],
    ]);
  });

  it("refuses what is no finite number, and a study without predictions", () => {
    expect(() => report({ ...options, measures: { "vit.loss": NaN } })).toThrow(
      `report: measures["vit.loss"] must be a finite number, got measures["vit.loss"]=NaN`,
    );
    expect(() => report({ ...options, predictions: {} })).toThrow(
      "report: predictions must be an object of one run or more, each { set, seed, classes }, got predictions={}",
    );
  });
});

it("measuresTables() makes one table for each kind of thing measured", () => {
  const tables = measuresTables({
    "a.x.loss": 1.23456,
    "a.x.steps": 12345,
    "a.y.loss": 2,
    "a.y.steps": 3,
    "b.count": 7,
  });
  expect(tables.map(({ columns, rows }) => [columns, ...rows])).toEqual([
    [
      ["measured", "loss", "steps"],
      ["a.x", "1.235", "12,345"],
      ["a.y", "2", "3"],
    ],
    [
      ["measured", "count"],
      ["b", "7"],
    ],
  ]);
});

it("measuresTables() puts things that are alone of their kind into one table", () => {
  const [alike, lone] = measuresTables({ "a.loss": 1, "b.loss": 2, "c.count": 7, "d.p": 0.5, "d.z": 2, seen: 3 });
  expect([alike!.columns, ...alike!.rows]).toEqual([
    ["measured", "loss"],
    ["a", "1"],
    ["b", "2"],
  ]);
  expect([lone!.columns, ...lone!.rows]).toEqual([
    ["measured", "value"],
    ["c.count", "7"],
    ["d.p", "0.5"],
    ["d.z", "2"],
    ["seen", "3"],
  ]);
});

describe("table()", () => {
  it("escapes what would be HTML", () => {
    const bundle = (table(["a"], [["<b>&"]]) as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!();
    expect(bundle["text/html"]).toContain("&lt;b&gt;&amp;");
    expect(bundle["text/plain"]).toBe("a\n────\n<b>&");
  });

  it("has numbers to the right, those that are not finite too", () => {
    const shown = table(["loss"], [[0.125], [Number.NaN], [-Infinity], [null]]);
    expect(String(shown).split("\n").slice(2)).toEqual(["    0.125", "      NaN", "-Infinity", "        –"]);
    expect(
      String(table(["name"], [["NaN of it"], ["a"]]))
        .split("\n")
        .at(-1),
    ).toBe("a");
  });

  it.each([
    ["a p-value below what is printed", ["< 0.0001", "0.64"], "right"],
    ["an interval", ["40.5 % to 42.5 %", "–"], "right"],
    ["a count and its share", ["93,863 (77.3 %)", "185 (0.2 %)"], "right"],
    ["a ratio of counts", ["170 : 139", "2 : 1"], "right"],
    ["numbers of which one is missing", ["6,912", ""], "right"],
    ["quotations of which one is a number", ["1.71, 2.77", "about 3", "3.32"], "left"],
    ["names that begin with a digit", ["3x1 of CCT", "2"], "left"],
  ])("has all cells of a column on one side, its name too: %s", (_what, column, side) => {
    const bundle = (
      table(
        ["name"],
        column.map((cell) => [cell]),
      ) as unknown as Record<symbol, () => Record<string, string>>
    )[Symbol.for("Jupyter.display")]!();
    const sides = [...bundle["text/html"]!.matchAll(/text-align:(\w+)/g)].map(([, one]) => one);
    expect(sides).toEqual(Array.from({ length: column.length + 1 }, () => side));
  });

  it("writes a dash where there is nothing, and refuses a row of another length", () => {
    expect(table(["a", "b"], [[null, true]]).rows).toEqual([["–", "yes"]]);
    expect(() => table(["a", "b"], [["1"]])).toThrow("table: a row must have 2 cells, got 1: 1");
  });
});
