import { beforeAll, expect, it } from "vitest";
import { gradientNorms, normSeries, unitActivity, type GradientNorms } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { generated } from "../../../lib/datasets/index.js";
import { createModel } from "../../../lib/models/index.js";
import { fit } from "../../../lib/train/index.js";

beforeAll(ready);

const { train, test } = generated({ trainImages: 24, testImages: 6, imageShape: [16, 16, 3] });
const normal = { mean: 0.5, std: 0.5 };
const run = async (callbacks: { epoch?: () => Promise<void> }, model: tf.LayersModel) => {
  await fit(model, train, { ...normal, epochs: 3, batchSize: 8, optimizer: "adam", callbacks, progress: false });
  return model.getWeights().map((weight) => [...weight.dataSync()]);
};
const small = () =>
  createModel("myvit_c", { inputShape: [16, 16, 3], patchSize: 8, embedDim: 8, depth: 2, numHeads: 2, mlpRatio: 2 });

it("gradient norms after each epoch are rows over training, and change nothing of it", async () => {
  const alone = await run({}, small());
  const model = small();
  const rows: GradientNorms[] = [];
  const epoch = async () => {
    rows.push(await gradientNorms(model, test, test.labels, { by: "block", ...normal }));
    await unitActivity(model, test, normal);
  };
  expect(await run({ epoch }, model)).toEqual(alone);
  const series = normSeries(rows);
  expect(series.map(({ name }) => name)).toEqual(["embed", "class_token", "block1", "block2", "head"]);
  expect(series.every(({ y }) => y.length === 3 && y.every((norm) => norm > 0))).toBe(true);
  expect(await gradientNorms(model, test, test.labels, { by: "block", ...normal })).toEqual(rows[2]);
});
