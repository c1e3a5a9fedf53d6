/** The learning rate that an epoch's record has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { readCheckpoint, writeCheckpoint } from "../../lib/train/checkpoint-file.js";
import type { CheckpointState } from "../../lib/train/checkpoint.js";
import { fit, learningRateAt, type FitOptions, type History, type ScheduleOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 25, classes: 3, side: 4 });
const options = { epochs: 4, batchSize: 10, learningRate: 0.02, progress: false, optimizer: "sgd" } as const;
const ratesOf = ({ epochs }: History) => epochs.map(({ learningRate }) => learningRate);
let folder: string;
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-rates-"));
  const layers = [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3 })];
  model = tf.sequential({ layers });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

it("is that of its last step", async () => {
  expect(ratesOf(await fit(model, set, options))).toEqual([0.02, 0.02, 0.02, 0.02]);
  const schedule = { name: "cosine", warmupFraction: 0.5 } as const;
  const history = await fit(model, set, { ...options, schedule });
  expect(ratesOf(history)).toEqual([2, 5, 8, 11].map((step) => learningRateAt(schedule, 0.02, step, 12)));
});

it("is an epoch's own by epochs, none of which leaves the weights as they were", async () => {
  const schedule: ScheduleOptions = { name: "linear", by: "epoch", warmupFraction: 0.25 };
  const weights: string[] = [];
  const told: number[] = [];
  const note = () => weights.push(model.getWeights().map(String).join());
  note();
  const callbacks: FitOptions["callbacks"] = {
    epoch: ({ learningRate }) => {
      told.push(learningRate);
      note();
    },
  };
  const rates = ratesOf(await fit(model, set, { ...options, schedule, callbacks }));
  expect(rates).toEqual([0, 1, 2, 3].map((epoch) => learningRateAt(schedule, 0.02, epoch, 4)));
  expect(rates[0]).toBe(0.01);
  expect(told).toEqual(rates);
  expect(new Set(weights).size).toBe(5);
});

it("is kept in a run that goes on, and NaN where an earlier version did not note it", async () => {
  const kept = { ...options, schedule: { name: "cosine" }, checkpoint: { folder }, resume: true } as const;
  const stop = new AbortController();
  const step = ({ step }: { readonly step: number }) => step === 8 && stop.abort(); // in the third epoch
  const expected = ratesOf(await fit(model, set, { ...options, schedule: kept.schedule }));
  await fit(model, set, { ...kept, callbacks: { step }, signal: stop.signal });

  const path = join(folder, "last.safetensors");
  const written = await readCheckpoint(path);
  const state = written.state as CheckpointState;
  expect(ratesOf(await fit(model, set, kept))).toEqual(expected);

  const epochs = state.recorder.epochs.map(({ learningRate, ...rest }) => rest);
  await writeCheckpoint(path, { ...written, state: { ...state, recorder: { ...state.recorder, epochs } } });
  expect(ratesOf(await fit(model, set, kept))).toEqual([NaN, NaN, ...expected.slice(2)]);
});

it("is logged with the steps, and not again with the epoch", async () => {
  const entries: (readonly [number, object])[] = [];
  const scalars = ({ step, values }: { readonly step: number; readonly values: object }) =>
    void entries.push([step, values]);
  const log: FitOptions["log"] = [{ name: "kept", start: () => ({ scalars, end() {} }) }];
  const rates = ratesOf(await fit(model, set, { ...options, schedule: "cosine", log }));
  const logged = entries.filter(([, values]) => "learning_rate" in values);
  expect(logged).toHaveLength(12);
  expect([3, 6, 9, 12].map((at) => logged.find(([step]) => step === at)![1])).toMatchObject(
    rates.map((rate) => ({ learning_rate: rate })),
  );
});
