import { compile, ops, tf } from "../../../backend/index.js";
import { createModel } from "../../../models/index.js";
import { adam } from "../../../train/index.js";
import { NETWORK_CASES } from "./cases.js";

export interface OpenRequest {
  readonly case: string;
  readonly batch: number;
  readonly training: boolean;
  readonly variant: "compiled" | "eager";
}

/** A step on images [B, H, W, C] and labels [B]; it is done when its loss is known. */
export type NetworkStep = (images: tf.Tensor, labels: tf.Tensor) => Promise<void>;

/** Makes a case's network and what takes its steps. */
export function networkStep({ case: name, training, variant }: Omit<OpenRequest, "batch">): { readonly parameters: number; readonly step: NetworkStep } {
  const found = NETWORK_CASES.find((each) => each.name === name)!;
  const model = createModel(found.model, found.overrides);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const optimizer = training ? adam(variables) : undefined;
  const body = (images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    if (!optimizer) return tf.sum(model.apply(images, { training: false }) as tf.Tensor);
    const { value, grads } = tf.variableGrads(() => ops.softmaxCrossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels), variables);
    optimizer.apply(variables.map((variable) => grads[variable.name]!));
    return value;
  };
  const call = variant === "compiled" ? compile(body, { name, seed: 1 }) : async (images: tf.Tensor, labels: tf.Tensor) => tf.tidy(() => body(images, labels));
  return {
    parameters,
    step: async (images, labels) => {
      const result = await call(images, labels);
      await result.data();
      result.dispose();
    },
  };
}
