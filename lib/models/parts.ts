import { tf } from "../backend/index.js";
import { shown } from "../checks.js";
import { Dropout, DropPath, Linear, seedFor, torchUniform, type Initializer } from "../layers/index.js";

/** What every model's config holds. */
export interface ModelConfig {
  /** [H, W, C] of a normalised float32 image. */
  readonly inputShape: readonly [number, number, number];
  /** Logits that come out. */
  readonly numClasses: number;
  /** Any integer: the same seed gives the same first weights. */
  readonly seed: number;
}

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

/**
 * @throws RangeError where a size of the config is not a whole number above 0, or the seed is not whole
 */
export function checkConfig(fn: string, config: ModelConfig, sizes: Readonly<Record<string, number>>): void {
  const { inputShape, numClasses, seed } = config;
  if (!Array.isArray(inputShape) || inputShape.length !== 3) {
    throw new RangeError(`${fn}: inputShape must be [H, W, C], got ${JSON.stringify(inputShape)}`);
  }
  const [height, width, channels] = inputShape;
  for (const [name, value] of Object.entries({ height, width, channels, numClasses, ...sizes })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${fn}: ${name} must be a whole number above 0, got ${name}=${shown(value)}`);
    }
  }
  if (!Number.isInteger(seed)) throw new RangeError(`${fn}: seed must be a whole number, got seed=${shown(seed)}`);
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

/** @throws RangeError unless value is one of the known, which it lists */
export function checkOneOf(fn: string, name: string, value: unknown, known: readonly (string | boolean)[]): void {
  if (!known.includes(value as string | boolean))
    throw new RangeError(`${fn}: ${name} must be one of ${known.join(", ")}, got ${JSON.stringify(value)}`);
}

/** @throws RangeError unless every entry of a list is a whole number above 0; an empty list is one */
export function checkSizes(fn: string, name: string, values: readonly number[]): void {
  if (!Array.isArray(values))
    throw new RangeError(`${fn}: ${name} must be a list of whole numbers above 0, got ${JSON.stringify(values)}`);
  for (const value of values) {
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`${fn}: ${name} must be whole numbers above 0, got ${JSON.stringify(values)}`);
  }
}

/** @throws RangeError where a probability is not 0 to below 1 */
export function checkRates(fn: string, rates: Readonly<Record<string, number>>): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (!(typeof rate === "number" && rate >= 0 && rate < 1))
      throw new RangeError(`${fn}: ${name} must be 0 to below 1, got ${name}=${shown(rate)}`);
  }
}
