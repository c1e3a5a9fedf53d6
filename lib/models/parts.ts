import { tf } from "../backend/index.js";
import type { ModelConfig } from "./model-config.js";
import { Dropout, DropPath, Linear, seedFor, torchUniform, type Initializer } from "../layers/index.js";

/** The initializers of one weight and its bias, PyTorch's default, seeded by their names. */
export function torchDefaults(
  fanIn: number,
  seed: number,
  layer: string,
  part = "",
): { kernel: Initializer; bias: Initializer } {
  return {
    kernel: torchUniform(fanIn, seedFor(seed, `${layer}/${part}kernel`)),
    bias: torchUniform(fanIn, seedFor(seed, `${layer}/${part}bias`)),
  };
}

/** The initializers of a layer with one kernel and one bias. */
export interface LayerStart {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

/** {@link torchDefaults} as a layer takes them. */
export function torchStart(fanIn: number, seed: number, layer: string, part = ""): LayerStart {
  const { kernel, bias } = torchDefaults(fanIn, seed, layer, part);
  return { kernelInitializer: kernel, biasInitializer: bias };
}

/** A dense layer over the last axis, as PyTorch's `nn.Linear` starts. */
export function dense(name: string, fanIn: number, units: number, seed: number): tf.layers.Layer {
  return new Linear({ name, units, ...torchStart(fanIn, seed, name) });
}

/** N(0, stddev²). A published cut at ±2 is ten deviations away or more, and left out. */
export function normal(stddev: number, seed: number, name: string): Initializer {
  return tf.initializers.randomNormal({ mean: 0, stddev, seed: seedFor(seed, name) });
}

/** One layer after the other. */
export function chain(x: tf.SymbolicTensor, ...layers: readonly tf.layers.Layer[]): tf.SymbolicTensor {
  return layers.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x);
}

/** A dropout layer; none where the rate is 0. */
export function dropout(name: string, rate: number): tf.layers.Layer[] {
  return rate > 0 ? [new Dropout({ name, rate })] : [];
}

/** A drop path layer for a residual branch; none where the rate is 0. */
export function dropPath(name: string, rate: number): tf.layers.Layer[] {
  return rate > 0 ? [new DropPath({ name, rate })] : [];
}

/**
 * Each block's share of dropPathRate: evenly from 0 at the first to all of it at the last. Source: Huang et al. 2016,
 * eq. 4, as timm has it.
 */
export function dropPathRates({
  depth,
  dropPathRate,
}: {
  readonly depth: number;
  readonly dropPathRate: number;
}): readonly number[] {
  return Array.from({ length: depth }, (_, i) => (depth === 1 ? 0 : (dropPathRate * i) / (depth - 1)));
}

/** The image that goes into a model. */
export function imageInput(config: ModelConfig): tf.SymbolicTensor {
  return tf.input({ shape: [...config.inputShape], name: "image" });
}

/** @throws RangeError unless divisor divides value, both named as in the config */
export function checkDivisible(fn: string, sizes: Readonly<Record<string, number>>): void {
  const [[name, value], [divisorName, divisor]] = Object.entries(sizes) as [[string, number], [string, number]];
  if (value % divisor !== 0) {
    throw new RangeError(
      `${fn}: ${name} must be divisible by ${divisorName}, got ${name}=${value}, ${divisorName}=${divisor}`,
    );
  }
}
