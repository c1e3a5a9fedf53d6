import { compile, tf, type CompiledFunction } from "../../backend/index.js";
import { createModel } from "../../models/index.js";
import { backward, bestParts } from "../../train/backward.js";
import { adam } from "../../train/index.js";
import { LOSS_DEFAULTS, lossOf } from "../../train/loss.js";
import type { NetworkSpec } from "./training-cases.js";

/** The network whose step is made, and how. */
export interface StepRequest extends Pick<NetworkSpec, "model" | "overrides"> {
  readonly training: boolean;
  readonly variant: "compiled" | "eager";
  /** Products in bfloat16, of a compiled step. */
  readonly bfloat16?: boolean;
}

/** A step on images [B, H, W, C] and labels [B]; it is done when its loss is known. */
export type NetworkStep = (images: tf.Tensor, labels: tf.Tensor) => Promise<void>;

/** A step that is ready to be measured. */
export interface MadeStep {
  readonly parameters: number;
  readonly step: NetworkStep;
  /** The step as `profile` takes it; undefined where it is eager. */
  readonly compiled: CompiledFunction<[tf.Tensor, tf.Tensor], tf.Tensor> | undefined;
}

/** Makes a network and what takes its steps. */
export function networkStep({ model: name, overrides, training, variant, bfloat16 }: StepRequest): MadeStep {
  const model = createModel(name, overrides);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const optimizer = training ? adam(variables) : undefined;
  const parts = variant === "compiled" ? bestParts(model, {}) : 1; // as fit's steps, which are compiled
  const crossEntropy = lossOf("crossEntropy", LOSS_DEFAULTS);
  const body = (images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    if (!optimizer) return tf.sum(model.apply(images, { training: false }) as tf.Tensor);
    const { loss, gradients } = backward(model, variables, { images, labels, targets: labels }, crossEntropy, parts);
    optimizer.apply(gradients);
    return loss;
  };
  const compiled =
    variant === "compiled"
      ? compile(body, { name, seed: 1, ...(bfloat16 && { mixedPrecision: "bfloat16" }) })
      : undefined;
  const call = compiled ?? (async (images: tf.Tensor, labels: tf.Tensor) => tf.tidy(() => body(images, labels)));
  return {
    parameters,
    compiled,
    step: async (images, labels) => {
      const result = await call(images, labels);
      await result.data();
      result.dispose();
    },
  };
}
