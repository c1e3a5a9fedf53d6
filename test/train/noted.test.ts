/** What an epoch's callback notes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { fit, type FitCallbacks, type FitOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 20, classes: 3, side: 4 });
const options = { epochs: 3, batchSize: 10, progress: false } as const;
let folder: string;
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-noted-"));
  const layers = [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3 })];
  model = tf.sequential({ layers });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

it("is kept with the epoch, its last value where there are two, and logged at its step", async () => {
  const entries: (readonly [number, object])[] = [];
  const log: FitOptions["log"] = [
    {
      name: "kept",
      start: () => ({ scalars: ({ step, values }) => void entries.push([step, values]), end() {} }),
    },
  ];
  const epoch: FitCallbacks["epoch"] = async ({ epoch: done, loss }, note) => {
    note({ done, norm: 1 });
    await Promise.resolve();
    note({ norm: 2 * done, lossAgain: loss });
  };
  const { epochs } = await fit(model, set, { ...options, log, callbacks: { epoch } });
  const expected = epochs.map(({ epoch: done, loss }) => ({ done, norm: 2 * done, lossAgain: loss }));
  expect(epochs.map(({ noted }) => noted)).toEqual(expected);
  expect(entries).toContainEqual([2, { done: 1, norm: 1 }]);
  expect(entries).toContainEqual([6, { norm: 6, lossAgain: epochs[2]!.loss }]);
});

it("is whole in the history of a run that goes on, what is not finite too", async () => {
  const stop = new AbortController();
  const kept = { ...options, checkpoint: { folder }, resume: true, signal: stop.signal };
  const epoch: FitCallbacks["epoch"] = ({ epoch: done }, note) => {
    note({ share: done / 4, ratio: done === 1 ? NaN : 1 });
    if (done === 2) stop.abort();
  };
  expect((await fit(model, set, { ...kept, callbacks: { epoch } })).epochs).toHaveLength(2);
  const { epochs } = await fit(model, set, { ...kept, signal: null, callbacks: { epoch } });
  expect(epochs.map(({ noted }) => noted)).toEqual([
    { share: 0.25, ratio: NaN },
    { share: 0.5, ratio: 1 },
    { share: 0.75, ratio: 1 },
  ]);
});

it.each([
  [{ norms: [1, 2] }, 'note: values["norms"] must be a number, got values["norms"]=[ 1, 2 ]'],
  [3, "note: values must be an object, each field a number, got values=3"],
])("must be numbers by name: %j", async (values, message) => {
  const epoch: FitCallbacks["epoch"] = (_, note) => note(values as never);
  await expect(fit(model, set, { ...options, callbacks: { epoch } })).rejects.toThrow(message);
});
