import { countMacs } from "../../analysis/index.js";
import { compile, tf, type CompiledFunction, type CompileOptions } from "../../backend/index.js";
import { createModel } from "../../models/index.js";
import { backward, bestParts } from "../../train/backward.js";
import { adam } from "../../train/index.js";
import { LOSS_DEFAULTS, lossOf } from "../../train/loss.js";
import { deviceType } from "../device.js";
import type { NetworkSpec } from "./training-cases.js";

/** The network whose step is made, and how. */
export interface StepRequest extends Pick<NetworkSpec, "model" | "overrides"> {
  /** Images of a step, by which inference chooses how it is compiled. Default 1. */
  readonly batch?: number;
  readonly training: boolean;
  readonly variant: "compiled" | "eager";
  /** Products in bfloat16, of a compiled step. */
  readonly bfloat16?: boolean;
}

/** A step on images [B, H, W, C] and labels [B]; it is done when its loss is known, or the logits are. */
export type NetworkStep = (images: tf.Tensor, labels: tf.Tensor) => Promise<void>;

/** A step that is ready to be measured. */
export interface MadeStep {
  readonly parameters: number;
  readonly step: NetworkStep;
  /** The step as `profile` takes it, which is without XLA; undefined where it is eager. */
  readonly compiled: CompiledFunction<[tf.Tensor, tf.Tensor], tf.Tensor> | undefined;
}

/** Multiply-adds of a call up to which XLA's programs are the faster ones: they save what each op costs by itself. */
const MOST_FOR_XLA = 50e6;

/** A network that is trained has its weights as constants; measured on a CPU. */
function howToInfer(model: tf.LayersModel, { training, batch = 1 }: StepRequest): CompileOptions {
  if (training || deviceType() !== "CPU") return {};
  return { freeze: true, xla: batch * countMacs(model).total <= MOST_FOR_XLA };
}

/** Makes a network and what takes its steps. */
export function networkStep(request: StepRequest): MadeStep {
  const { model: name, overrides, training, variant, bfloat16 } = request;
  const model = createModel(name, overrides);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const optimizer = training ? adam(variables) : undefined;
  const parts = variant === "compiled" ? bestParts(model, {}) : 1; // as fit's steps, which are compiled
  const crossEntropy = lossOf("crossEntropy", LOSS_DEFAULTS);
  const body = (images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    if (!optimizer) return model.apply(images, { training: false }) as tf.Tensor;
    const { loss, gradients } = backward(model, variables, { images, labels, targets: labels }, crossEntropy, parts);
    optimizer.apply(gradients);
    return loss;
  };
  const how = {
    name,
    seed: 1,
    ...howToInfer(model, request),
    ...(bfloat16 && { mixedPrecision: "bfloat16" as const }),
  };
  const compiled = variant === "compiled" ? compile(body, how) : undefined;
  const call = compiled ?? (async (images: tf.Tensor, labels: tf.Tensor) => tf.tidy(() => body(images, labels)));
  return {
    parameters,
    compiled: compiled && how.xla ? compile(body, { ...how, xla: false }) : compiled,
    step: async (images, labels) => {
      const result = await call(images, labels);
      await result.data();
      result.dispose();
    },
  };
}
