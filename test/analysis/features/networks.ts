import { tf } from "../../../lib/backend/index.js";
import { createModel, type ModelName } from "../../../lib/models/index.js";
import { Fixture } from "../../fixtures/safetensors.js";

const NAMES = { cnn: "mynet", resnet: "resnet18", vit: "vit_base_patch16_224" } as const satisfies Record<
  string,
  ModelName
>;

/** A trained network of fixtures/inside, with its pictures. */
export function network(name: keyof typeof NAMES) {
  const stored = new Fixture(name, "inside");
  const { layers, ...config } = stored.config as { layers: string[]; inputShape: [number, number, number] };
  const model = createModel(NAMES[name], config);
  for (const weight of model.weights) {
    const value = stored.tensor(`weight/${weight.originalName}`);
    weight.write(value);
    value.dispose();
  }
  const labels = [...stored.get("labels").values];
  return { stored, model, layers, images: stored.tensor("images") as tf.Tensor4D, labels };
}

/** The greatest difference as a share of the greatest expected number; NaN for another length. */
export function errorOf(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.NaN;
  let [apart, scale] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    if (!Number.isFinite(actual[i])) return Number.NaN;
    apart = Math.max(apart, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return apart / scale;
}

/** float32 through a few layers of sums of both signs: of 7 digits 5 are left. */
export const TOLERANCE = 1e-5;

/** What must be as it was after any analysis. */
export function stateOf(model: tf.LayersModel): unknown {
  return {
    tensors: tf.memory().numTensors,
    weights: model.weights.map((weight) => [...weight.read().dataSync()]),
    trainable: model.layers.map(({ trainable }) => trainable),
    own: model.layers.map((layer) => Object.hasOwn(layer, "call")),
  };
}
