import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { loadCheckpoint, type FitOptions } from "../../lib/train/index.js";
import { apart, disposeAll, make, models, trained, valuesOf, weight } from "./small-airbench.js";

beforeAll(ready);
afterEach(disposeAll);

describe("fit() with lookahead", () => {
  it("has gone slowStepSize of the way at the first synchronization, statistics too", async () => {
    const start = valuesOf(make());
    const [fast, slow] = [await trained({}), await trained({ lookahead: { syncPeriod: 3, slowStepSize: 0.25 } })];
    const wanted = valuesOf(fast).map((end, i) => start[i]! + 0.25 * (end - start[i]!));
    expect(apart(valuesOf(slow), wanted)).toBeLessThan(1e-6);
    expect(apart(wanted, valuesOf(fast))).toBeGreaterThan(1e-2);
  });

  it("goes on from the slow weights, and keeps them where the run ends between two synchronizations", async () => {
    const lookahead = { syncPeriod: 2, slowStepSize: 0.5 };
    const two = await trained({
      lookahead,
      callbacks: { step: ({ batch }) => void (batch === 2 && stop.abort()) },
      signal: stop.signal,
    });
    const three = await trained({ lookahead });
    expect(apart(valuesOf(three), valuesOf(two))).toBe(0); // the third step is the fast weights' alone
  });
  let stop: AbortController;
  beforeEach(() => {
    stop = new AbortController();
  });

  it("is nothing with a slow step of the whole way after each step", async () => {
    const [plain, same] = [await trained({}), await trained({ lookahead: { syncPeriod: 1, slowStepSize: 1 } })];
    expect(apart(valuesOf(plain), valuesOf(same))).toBeLessThan(1e-6);
  });

  it("ends at finalSlowStepSize, by the power of the run's share", async () => {
    const [fast, slow] = [
      await trained({ batchSize: 15 }),
      await trained({
        epochs: 2,
        batchSize: 15,
        schedule: { name: "multistep", milestones: [2], gamma: 1e-30 },
        optimizer: { name: "sgd" },
        lookahead: { syncPeriod: 2, slowStepSize: 1, finalSlowStepSize: 0.2, power: 2 },
      }),
    ];
    const plain = await trained({ batchSize: 15, optimizer: { name: "sgd" } });
    const kernel = (model: tf.LayersModel) => weight(model, "head/kernel");
    // Half of the run is over at the first: 1 − 0.8 / 4; at the second nothing moves any more.
    const begun = weight(make(), "head/kernel");
    const wanted = kernel(plain).map((end, i) => begun[i]! + 0.8 * (end - begun[i]!));
    expect(apart(kernel(slow), wanted)).toBeLessThan(1e-6);
    expect(apart(kernel(fast), wanted)).toBeGreaterThan(1e-4);
  });

  it.each([
    [
      { lookahead: { k: 5 } as never },
      "must be one of syncPeriod, slowStepSize, finalSlowStepSize, power, got k; did you mean syncPeriod?",
    ],
    [{ lookahead: { syncPeriod: 0 } }, "fit: lookahead.syncPeriod must be a whole number above 0, got"],
    [{ lookahead: { slowStepSize: 0 } }, "fit: lookahead.slowStepSize must be a number above 0 and at most 1, got"],
    [
      { lookahead: { finalSlowStepSize: 2 } },
      "fit: lookahead.finalSlowStepSize must be a number above 0 and at most 1, or null",
    ],
    [{ lookahead: { power: 0 } }, "fit: lookahead.power must be a number above 0, got"],
    [
      { lookahead: {}, emaDecay: 0.9 },
      "fit: emaDecay must be left out with lookahead, whose slow weights are an average",
    ],
  ])("refuses %o", async (wrong, message) => {
    await expect(trained(wrong)).rejects.toThrow(message);
  });
});

describe("a run with all of it", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "saccade-lookahead-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const recipe = {
    epochs: 4,
    augment: { horizontalFlip: "alternating", cropPadding: 2, paddingMode: "reflect" },
    schedule: { name: "linear", warmupFraction: 0.25, warmupStart: 0.2 },
    lookahead: { syncPeriod: 4, slowStepSize: 1, finalSlowStepSize: 0.3, power: 3 },
    parameterGroups: [
      { weights: "*/norm*", learningRateScale: 8, weightDecayScale: 1 / 8 },
      { weights: "whiten/bias", freezeAfterEpochs: 2 },
    ],
  } as const satisfies FitOptions;

  it("goes on exactly as one that was never stopped, within an epoch and between two synchronizations", async () => {
    const whole = await trained({ ...recipe, lossEvery: 1 });
    for (const steps of [2, 5, 9]) {
      const stop = new AbortController();
      const checkpoint = { folder };
      const callbacks = {
        step: ({ epoch, batch }: { epoch: number; batch: number }) => {
          if (3 * (epoch - 1) + batch === steps) stop.abort();
        },
      };
      await trained({ ...recipe, checkpoint, resume: true, signal: stop.signal, callbacks });
    }
    const resumed = await trained({ ...recipe, checkpoint: { folder }, resume: true });
    expect(valuesOf(resumed)).toEqual(valuesOf(whole));
    const loaded = make();
    models.push(loaded);
    await loadCheckpoint(loaded, join(folder, "last.safetensors"));
    expect(valuesOf(loaded)).toEqual(valuesOf(whole));
  });

  it("is refused a checkpoint of another lookahead", async () => {
    await trained({ ...recipe, checkpoint: { folder } });
    const other = { ...recipe, lookahead: null, checkpoint: { folder }, resume: true };
    await expect(trained(other)).rejects.toThrow('lookahead {"syncPeriod":4');
  });
});
