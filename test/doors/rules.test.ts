/** What errors of arguments say: the rule, the place of what is wrong, and what was probably meant. */
import { describe, expect, it } from "vitest";
import * as checks from "../../lib/checks.js";
import { tf } from "../../lib/index.js";
import { sampleSet } from "../datasets/sample-set.js";

const { checkOptions, fields, listOf, optional } = checks;

const SCHEDULE = fields("a schedule's options", { warmupSteps: optional(checks.aNatural) });
const RULES: checks.Rules = {
  learningRate: optional(checks.aboveZero),
  validation: optional(checks.anObject),
  schedule: optional(checks.either(checks.oneOf(["cosine", "step"]), SCHEDULE)),
  series: optional(listOf(fields("a line", { x: optional(listOf(checks.aNumber)), color: optional(checks.aText) }))),
  optimizer: optional(
    checks.variant(
      "an optimizer",
      "name",
      { sgd: { momentum: optional(checks.aRate) }, adam: {} },
      { fallback: "adam" },
    ),
  ),
  clipNorm: optional(checks.orNull(checks.aboveZero)),
};
const said = (options: unknown): string => {
  try {
    checkOptions("fit", options, RULES);
    return "let through";
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};
const KNOWN = Object.keys(RULES).join(", ");

it.each<[options: unknown, message: string]>([
  [
    { validationData: {} },
    `RangeError: fit: an option must be one of ${KNOWN}, got validationData; did you mean validation?`,
  ],
  [{ lr: 1 }, `RangeError: fit: an option must be one of ${KNOWN}, got lr; did you mean learningRate?`],
  [{ zebra: 1 }, `RangeError: fit: an option must be one of ${KNOWN}, got zebra`],
  [
    { schedule: { warmupSteps: -1 } },
    "RangeError: fit: schedule.warmupSteps must be a whole number of 0 or more, got schedule.warmupSteps=-1",
  ],
  [
    { schedule: { warmupStep: 1 } },
    "RangeError: fit: an option of schedule must be one of warmupSteps, got warmupStep; did you mean warmupSteps?",
  ],
  [
    { schedule: "cosin" },
    "RangeError: fit: schedule must be one of cosine, step or a schedule's options, got schedule='cosin'; " +
      "did you mean cosine?",
  ],
  [{ series: [{}, { x: [1, "2"] }] }, "TypeError: fit: series[1].x[1] must be a finite number, got series[1].x[1]='2'"],
  [
    { series: [{ colour: "red" }] },
    "RangeError: fit: an option of series[0] must be one of x, color, got colour; did you mean color?",
  ],
  [{ series: [3] }, "TypeError: fit: series[0] must be a line, got series[0]=3"],
  [
    { optimizer: { name: "sgd", momentum: 1 } },
    "RangeError: fit: optimizer.momentum must be a number from 0 to below 1, got optimizer.momentum=1",
  ],
  [{ optimizer: { momentum: 0.5 } }, "RangeError: fit: an option of optimizer must be one of name, got momentum"],
  [
    { optimizer: { name: "sdg" } },
    "RangeError: fit: optimizer.name must be one of sgd, adam, got optimizer.name='sdg'; did you mean sgd?",
  ],
  [{ clipNorm: 0 }, "RangeError: fit: clipNorm must be a number above 0, or null for none, got clipNorm=0"],
  [{ clipNorm: null, optimizer: {}, series: [{ color: "red", x: Float32Array.of(1) }] }, "let through"],
  [undefined, "TypeError: fit: options must be an object, got options=undefined"],
])("%j", (options, message) => {
  expect(said(options)).toBe(message);
});

it("knows what an option is called elsewhere", () => {
  const aliases = { numWorkers: "workers", weightDecay: "optimizer.weightDecay" };
  const options = (given: object) => () => checkOptions("fit", given, { workers: checks.aNatural }, [], aliases);
  expect(options({ num_workers: 2 })).toThrow(
    "fit: an option must be one of workers, got num_workers; did you mean wo",
  );
  expect(options({ weight_decay: 0 })).toThrow("got weight_decay; did you mean optimizer.weightDecay?");
});

describe("inRange", () => {
  it.each<[checks.Range, what: string, holds: readonly number[], not: readonly number[]]>([
    [{ from: 2, to: 50, whole: true }, "a whole number from 2 to 50", [2, 50], [1, 51, 2.5, NaN]],
    [{ from: 0, below: 1 }, "a number from 0 to below 1", [0, 0.99], [1, -0.1, NaN]],
    [{ above: 0 }, "a number above 0", [1e-300], [0, Infinity, NaN]],
    [{ above: 0, to: 1 }, "a number above 0 and at most 1", [1], [0, 1.1]],
    [{ above: 0, below: 1 }, "a number above 0 and below 1", [0.5], [0, 1]],
    [{ to: 3 }, "a number at most 3", [-1e9, 3], [4, -Infinity]],
    [{ from: 0 }, "a number of 0 or more", [0], [-1e-9, Infinity]],
    [{ whole: true }, "a whole number", [-3], [0.5, 2 ** 53]],
  ])("%j", (range, what, holds, not) => {
    const rule = checks.inRange(range);
    expect(rule.what).toBe(what);
    expect(holds.filter((value) => !rule.holds(value))).toEqual([]);
    expect(not.filter((value) => rule.holds(value))).toEqual([]);
  });
});

describe("a value in an error", () => {
  const set = sampleSet(4, [2, 2, 1]);
  it.each<[value: unknown, text: string]>([
    [{ ...set, labels: new Int32Array(50_000) }, "a set of 50,000 images [2, 2, 1]"],
    [{ ...set, images: undefined, files: [] }, "a set of 4 files [2, 2, 1]"],
    [{ train: set, test: set }, "a dataset of train and test"],
    [tf.ones([2, 3]), "a tensor [2, 3]"],
    [[tf.ones([2, 3]), 1], "[ a tensor [2, 3], 1 ]"],
    [{ a: tf.scalar(1) }, "{ a: a tensor [] }"],
    [tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] }), "a model"],
    [Promise.resolve(1), "a promise (it has to be awaited)"],
    [() => 1, "a function"],
    ["a", "'a'"],
    [null, "null"],
  ])("%#", (value, text) => {
    expect(checks.shown(value)).toBe(text);
  });
  it("is short, whatever it is", () => {
    expect(checks.shown({ a: "x".repeat(1000), b: Array.from({ length: 1000 }, (_, i) => i) }).length).toBeLessThan(
      201,
    );
  });
});
