import { describe, expect, it, test } from "vitest";
import { calibration, ensemble, mcnemar, mostConfused } from "../../../lib/analysis/index.js";
import { REFERENCE } from "./reference.js";

const { labels, members } = REFERENCE;
const softmax = (row: readonly number[]): number[] => {
  const powers = row.map(Math.exp);
  return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
};

describe("calibration()", () => {
  test.each(REFERENCE.calibrations)("is torchmetrics' and scikit-learn's over $bins bins", ({ bins, ...wanted }) => {
    for (const scored of [{ logits: members[0]! }, { probabilities: members[0]!.map(softmax) }]) {
      const found = calibration({ labels, ...scored }, { bins });
      expect(found.bins).toHaveLength(bins);
      expect(found.ece).toBeCloseTo(wanted.ece, 6); // torchmetrics adds in float32
      expect(found.mce).toBeCloseTo(wanted.mce, 6);
      expect(found.brier).toBeCloseTo(wanted.brier, 12);
      expect(found.nll).toBeCloseTo(wanted.nll, 12);
    }
  });

  it("sorts by hand: a bin holds its upper end, and says nothing where it is empty", () => {
    const scored = { labels: [0, 1, 1], probabilities: [[0.5, 0.5], [0.25, 0.75], [1, 0]] }; // prettier-ignore
    const { bins, mce, nll, accuracy, confidence } = calibration(scored, { bins: 2 });
    expect(bins).toEqual([
      { from: 0, to: 0.5, count: 1, confidence: 0.5, accuracy: 1 },
      { from: 0.5, to: 1, count: 2, confidence: 0.875, accuracy: 0.5 },
    ]);
    expect([mce, nll, accuracy, confidence]).toEqual([0.5, Infinity, 2 / 3, 0.75]); // a sure error has no likelihood
    expect(calibration({ labels: [0], logits: [[5, 0]] }, { bins: 3 }).bins[0]).toMatchObject({ accuracy: NaN });
  });

  it("of logits far from 0 does not overflow", () => {
    expect(calibration({ labels: [0], logits: [[1000, 0]] }).nll).toBe(0);
    expect(calibration({ labels: [1], logits: [[1000, 0]] }).nll).toBe(1000);
  });

  it.each([
    [{ labels: [0] }, "calibration: scored must have logits or probabilities, got none; train.evaluate keeps logits"],
    [{ labels: [0], probabilities: [[2, -1]] }, "calibration: scored.probabilities[0] must be 0 to 1, got 2 at 0"],
    [{ labels: [0], probabilities: [[0.5, 0.2]] }, "calibration: scored.probabilities[0] must add up to 1, got 0.7"],
    [{ labels: [2], logits: [[1, 0]] }, "calibration: scored.labels must be 0 to 1, got 2 at 0"],
    [{ labels: [0], logits: [[NaN, 0]] }, "calibration: scored.logits[0] must be finite, got NaN at 0"],
    [{ labels: [0, 1], logits: [[1, 0]] }, "calibration: scored.labels and scored.logits must be of one length"],
    [{ labels: [0, 1], logits: [[1, 0], [1]] }, "calibration: scored.logits[1] must hold 2 numbers"], // prettier-ignore
  ])("refuses %j", (scored, error) => {
    expect(() => calibration(scored)).toThrow(error);
  });
});

describe("ensemble()", () => {
  test.each(["probabilities", "logits"] as const)("by %s is NumPy's mean", (by) => {
    const wanted = REFERENCE.ensembles[by];
    const found = ensemble(members, { by, labels });
    expect(Array.from(found.predictions)).toEqual(wanted.predictions);
    expect(found.accuracy).toBe(wanted.accuracy);
    wanted.first.forEach((share, k) => expect(found.probabilities[0]![k]).toBeCloseTo(share, 6));
  });

  it("by vote is scikit-learn's, where votes differ in number", () => {
    const { predictions, ties } = REFERENCE.ensembles.vote;
    const found = ensemble(members, { by: "vote", labels });
    expect(ties.length).toBeGreaterThan(0);
    expect(ties.length).toBeLessThan(labels.length / 2);
    const counted = (all: ArrayLike<number>): number[] => Array.from(all).filter((_, i) => !ties.includes(i));
    expect(counted(found.predictions)).toEqual(counted(predictions));
  });

  it("gives a tie to the larger mean probability, then to the smaller index", () => {
    const sure = (label: number, share: number): number[] =>
      [0, 1, 2].map((k) => Math.log(k === label ? share : (1 - share) / 2));
    const by = "vote";
    expect(ensemble([[sure(0, 0.5)], [sure(2, 0.9)]], { by, labels: [2] }).predictions[0]).toBe(2);
    expect(ensemble([[sure(2, 0.6)], [sure(1, 0.6)]], { by, labels: [2] }).predictions[0]).toBe(1);
    expect(ensemble([[sure(2, 0.9)], [sure(1, 0.4)], [sure(1, 0.4)]], { by, labels: [2] }).predictions[0]).toBe(1);
  });

  it("is as calibration() and mcnemar() take it, and says its members' accuracies", () => {
    const [a, b] = members.map((logits) => ({ labels, logits }));
    const both = ensemble([a!, b!]);
    expect(both.memberAccuracies).toEqual([a!, b!].map((one) => calibration(one).accuracy));
    expect(calibration(both).accuracy).toBe(both.accuracy);
    expect(mcnemar(labels, both, ensemble([a!])).accuracyA).toBe(both.accuracy);
    expect(JSON.stringify(both)).not.toContain('"probabilities":');
  });

  it.each([
    [[], {}, "ensemble: members must be an array of one or more"],
    [[[[1, 0]]], {}, "ensemble: labels must be given with rows of logits, got none"],
    [
      [
        { labels: [0], logits: [[1, 0]] },
        { labels: [1], logits: [[1, 0]] },
      ],
      {},
      "the same images, got label 0 and 1 at 0",
    ],
    [
      [
        { labels: [0], logits: [[1, 0]] },
        { labels: [0], logits: [[1]] },
      ],
      {},
      "one number of classes, got 2 and 1",
    ],
    [
      [{ labels: [0], probabilities: [[1, 0]] }],
      { by: "logits" },
      "members[0] must have logits to go by them, got none",
    ],
    [
      [{ labels: [0], logits: [[1, 0]] }],
      { by: "mean" },
      "by must be one of logits, probabilities, vote, got by='mean'",
    ],
  ])("refuses %j with %j", (given, options, error) => {
    expect(() => ensemble(given as never, options as never)).toThrow(error);
  });
});

describe("mostConfused()", () => {
  const counts = [
    [50, 9, 1],
    [12, 40, 0],
    [1, 0, 8],
  ];

  it("lists pairs by count, with their share of the true class's images", () => {
    const found = mostConfused(counts, { classNames: ["cat", "dog", "bird"] });
    expect(found.map((one) => [one.labelName, one.predictionName, one.count, one.share])).toEqual([
      ["dog", "cat", 12, 12 / 52],
      ["cat", "dog", 9, 9 / 60],
      ["cat", "bird", 1, 1 / 60],
      ["bird", "cat", 1, 1 / 9],
    ]);
    expect(mostConfused({ matrix: counts, accuracy: 1, perClass: [] }, { count: 1 })).toHaveLength(1);
  });

  it("takes both directions together where asked to", () => {
    const found = mostConfused(counts, { symmetric: true });
    expect(found.map((one) => [one.label, one.prediction, one.count, one.share])).toEqual([
      [0, 1, 21, 21 / 112],
      [0, 2, 2, 2 / 69],
    ]);
  });

  it.each([
    [[[1, 2]], {}, "mostConfused: confusion must be square, got 2 counts in row 0 of 1"],
    [[[0.5]], {}, "mostConfused: confusion[0] must be whole numbers of 0 or more, got 0.5 at 0"],
    [counts, { classNames: ["a"] }, "mostConfused: classNames must be 3, one a class, got 1"],
  ])("refuses %j with %j", (given, options, error) => {
    expect(() => mostConfused(given, options)).toThrow(error);
  });
});
