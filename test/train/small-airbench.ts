/** A small network of Jordan 2024 that starts from the same weights each time, and trains in a few steps. */
import { tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { fit, type FitOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

export const set = brightnessSet({ count: 30, classes: 3, side: 16 });
const config = { inputShape: [16, 16, 3], numClasses: 3, widths: [4, 6] } as const;
export const make = () => createModel("airbench94", config);
const options = {
  epochs: 1,
  batchSize: 10,
  seed: 3,
  progress: false,
  optimizer: { name: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0.01 },
  learningRate: 0.05,
} as const;
/** Of all weights, in the order of their names: freezing changes tfjs' own. */
export const valuesOf = (model: tf.LayersModel) =>
  [...model.weights]
    .sort((a, b) => a.originalName.localeCompare(b.originalName))
    .flatMap((weight) => [...weight.read().dataSync()]);
export const apart = (a: readonly number[], b: readonly number[]) =>
  Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
export const models: tf.LayersModel[] = [];

/** A model from the start, trained. */
export async function trained(more: FitOptions, begun = make()): Promise<tf.LayersModel> {
  models.push(begun);
  await fit(begun, set, { ...options, ...more });
  return begun;
}
/** The values of one weight. */
export const weight = (model: tf.LayersModel, name: string) => [
  ...model.weights
    .find(({ originalName }) => originalName === name)!
    .read()
    .dataSync(),
];

/** Disposes of all that were trained. */
export function disposeAll(): void {
  for (const model of models.splice(0)) model.dispose();
}
