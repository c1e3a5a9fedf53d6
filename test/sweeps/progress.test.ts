/** What is shown of a sweep that runs. */
import { expect, it } from "vitest";
import { headLine, secondsLeftOf, trialLine, type ShownTrial } from "../../lib/sweeps/sweep-progress.js";

const trial = (number: number, changes: Partial<ShownTrial> = {}): ShownTrial => ({
  trial: number,
  config: { lr: 0.01, kind: "a" },
  status: "waiting",
  step: null,
  metrics: {},
  result: {},
  seconds: null,
  error: null,
  notes: [],
  ...changes,
});
const done = trial(0, { status: "finished", step: 3, metrics: { accuracy: 0.87654 }, seconds: 3.21 });
const running = trial(1, { status: "running", step: 2, metrics: { accuracy: 0.5 } });
const failed = trial(2, { status: "failed", seconds: 0.5, error: { message: "Error: no\nmore" } });

it("a line says how many stand how, the best, and the time that is left", () => {
  const standing = { name: "rates", trials: [done, running, failed, trial(3)], mode: "max", secondsLeft: 75 } as const;
  expect(headLine({ ...standing, metric: "accuracy" })).toBe(
    "rates: 4 trials: 1 running, 1 finished, 1 failed, 1 waiting · best accuracy 0.8765 (trial 0) · 2 of 4, " +
      "1 min 15 s left",
  );
  expect(headLine({ ...standing, trials: [done], metric: null })).toBe("rates: 1 trial: 1 finished");
});

it("the time that is left is told by the trials that have ended, not by how long none has", () => {
  const ended = [10, 30].map((seconds, i) => trial(i, { status: i === 0 ? "finished" : "diverged", seconds }));
  const waiting = [4, 5, 6].map((number) => trial(number, { status: number === 4 ? "interrupted" : "waiting" }));
  const trials = [...ended, trial(2, { status: "running" }), trial(3, { status: "running" }), ...waiting];
  expect(secondsLeftOf(trials, 2)).toBe(40); // three of 20 s and two that are half done, two at a time
  expect(secondsLeftOf(trials, 1)).toBe(80);
  expect(secondsLeftOf(trials.slice(2), 2)).toBeUndefined();
  expect(secondsLeftOf(ended, 2)).toBe(0);
});

it("a trial's line says its settings, how it stands and what it reported last", () => {
  expect(trialLine(done)).toBe("trial 0 (lr 0.01, kind a) finished after 3.2 s: accuracy 0.8765");
  expect(trialLine(running)).toBe("trial 1 (lr 0.01, kind a) running at step 2: accuracy 0.5");
  expect(trialLine(failed)).toBe("trial 2 (lr 0.01, kind a) failed after 0.5 s: Error: no");
});
