/** Runs whose last epoch is a part of one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { fit, learningRateAt, silentProgress, type FitOptions, type Standing } from "../../lib/train/index.js";
import { runLength } from "../../lib/train/run-length.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 50, classes: 3 });
const options = { epochs: 1.5, batchSize: 10, learningRate: 3e-3, seed: 3, lossEvery: 1, progress: false } as const;
const shape = { inputShape: [8, 8, 3], numClasses: 3, embedDim: 8, depth: 1, numHeads: 2, hiddenDim: 16 } as const;
const values = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
let folder: string;
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-part-"));
  model = createModel("small_vit", shape);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

it.each([
  [9.9, 50_000, 1024, true, 476, 476 * 1024], // the 9.9 epochs of cifar10-airbench
  [10, 50_000, 1024, true, 480, 480 * 1024],
  [1.1, 100, 10, false, 11, 110], // in floats 11.000000000000002
  [9.000000000000002, 100, 10, false, 91, 910],
  [0.001, 100, 10, false, 1, 10],
  [1.5, 50, 20, false, 5, 90], // 20, 20 and 10 images, then 20 and 20
])("%s epochs of %s images in batches of %s", (epochs, size, batchSize, dropRemainder, steps, images) => {
  const length = runLength(size, { epochs, batchSize, dropRemainder });
  expect(length).toMatchObject({ steps, images, epochs: Math.ceil(epochs) });
  const each = Array.from({ length: length.epochs }, (_, i) => length.batchesOf(i + 1));
  expect(each.reduce((sum, count) => sum + count)).toBe(steps);
});

describe("fit() of 1.5 epochs", () => {
  it("takes the first steps of two, and ends with an epoch that is told like any other", async () => {
    const other = createModel("small_vit", shape);
    const two = await fit(other, set, { ...options, epochs: 2 });
    const history = await fit(model, set, { ...options, validation: set });
    expect(history).toMatchObject({ steps: 8, stopped: false, endedBy: "epochs" }); // 5 batches and 3 of 5
    expect(history.losses).toEqual(two.losses.slice(0, 8));
    expect(history.epochs.map(({ epoch, validation }) => [epoch, typeof validation?.loss])).toEqual([
      [1, "number"],
      [2, "number"],
    ]);
    const mean = history.losses.slice(5).reduce((sum, { loss }) => sum + loss, 0) / 3;
    expect(history.epochs[1]!.loss).toBeCloseTo(mean, 6);
    other.dispose();
  });

  it("shows its own end, and nothing left there", async () => {
    const seen: Standing[] = [];
    const progress = { ...silentProgress, step: (standing: Standing) => void seen.push(standing) };
    await fit(model, set, { ...options, progress });
    expect(seen.map(({ epoch, batch, batches, step }) => [epoch, batch, batches, step])).toEqual([
      ...[1, 2, 3, 4, 5].map((batch) => [1, batch, 5, batch]),
      ...[1, 2, 3].map((batch) => [2, batch, 3, 5 + batch]),
    ]);
    expect(seen.at(-1)).toMatchObject({ epochs: 2, steps: 8, secondsLeft: 0 });
  });

  it("has a schedule that comes to its end", async () => {
    const rates: (number | undefined)[] = [];
    const log: FitOptions["log"] = [
      {
        name: "kept",
        start: () => ({ scalars: ({ values: found }) => void rates.push(found["learning_rate"]), end() {} }),
      },
    ];
    const schedule = { name: "linear", warmupFraction: 0.25, minLearningRate: 1e-4 } as const;
    await fit(model, set, { ...options, schedule, log, logEvery: 1 });
    const expected = Array.from({ length: 8 }, (_, step) => learningRateAt(schedule, 3e-3, step, 8));
    expect(rates.filter((rate) => rate !== undefined)).toEqual(expected);
  });

  it("goes on from a step within the part as if it had not been stopped", async () => {
    const whole = createModel("small_vit", shape);
    const { losses } = await fit(whole, set, options);
    const stop = new AbortController();
    const kept = { ...options, checkpoint: { folder }, resume: true };
    const step = ({ epoch, batch }: Standing) => void (epoch === 2 && batch === 2 && stop.abort());
    expect(await fit(model, set, { ...kept, signal: stop.signal, callbacks: { step } })).toMatchObject({ steps: 7 });
    expect((await fit(model, set, kept)).losses).toEqual(losses);
    expect(values(model)).toEqual(values(whole));
    whole.dispose();
  });

  it("does not go on within an epoch that ended there", async () => {
    const kept = { ...options, checkpoint: { folder }, resume: true };
    await fit(model, set, kept);
    await expect(fit(model, set, { ...kept, epochs: 3 })).rejects.toThrow(
      "fit: epochs must be such that epoch 2 has 3 batches, which the checkpoint " +
        `${join(folder, "last.safetensors")} has done of it, got epochs=3, of which it has 5`,
    );
    expect(await fit(model, set, kept)).toMatchObject({ steps: 8, endedBy: "epochs" });
  });

  it("does not end within an epoch that was whole", async () => {
    const kept = { ...options, checkpoint: { folder }, resume: true };
    await fit(model, set, { ...kept, epochs: 2 });
    await expect(fit(model, set, kept)).rejects.toThrow(
      /epoch 2 has 5 batches, .*, got epochs=1.5, of which it has 3$/,
    );
    await expect(fit(model, set, { ...kept, epochs: 0.5 })).rejects.toThrow(/^fit: epochs must be 2 or more, /);
  });

  it("does not end before what is done", async () => {
    const stop = new AbortController();
    const kept = { ...options, epochs: 3, checkpoint: { folder }, resume: true };
    const step = ({ epoch, batch }: Standing) => void (epoch === 2 && batch === 3 && stop.abort());
    await fit(model, set, { ...kept, signal: stop.signal, callbacks: { step } });
    await expect(fit(model, set, { ...kept, epochs: 1.5 })).rejects.toThrow(
      /^fit: epochs must be such that epoch 2 has more than 3 batches, .*, got epochs=1.5, of which it has 3$/,
    );
    expect(await fit(model, set, { ...kept, epochs: 1.7 })).toMatchObject({ steps: 9, endedBy: "epochs" });
  });
});
