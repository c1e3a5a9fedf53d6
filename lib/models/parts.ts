import { tf } from "../backend/index.js";
import { Linear, seedFor, torchUniform, type Initializer } from "../layers/index.js";

/** What every model's config holds. */
export interface ModelConfig {
  /** [H, W, C] of a normalised float32 image. */
  readonly inputShape: readonly [number, number, number];
  readonly numClasses: number;
  /** Any integer: the same seed gives the same first weights. */
  readonly seed: number;
}

/** The initializers of one weight and its bias, PyTorch's default, seeded by their names. */
export function torchDefaults(fanIn: number, seed: number, layer: string, part = ""): { kernel: Initializer; bias: Initializer } {
  return {
    kernel: torchUniform(fanIn, seedFor(seed, `${layer}/${part}kernel`)),
    bias: torchUniform(fanIn, seedFor(seed, `${layer}/${part}bias`)),
  };
}

/** A dense layer over the last axis, as PyTorch's `nn.Linear` starts. */
export function dense(name: string, fanIn: number, units: number, seed: number): tf.layers.Layer {
  const { kernel, bias } = torchDefaults(fanIn, seed, name);
  return new Linear({ name, units, kernelInitializer: kernel, biasInitializer: bias });
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
      throw new RangeError(`${fn}: ${name} must be a whole number above 0, got ${name}=${value}`);
    }
  }
  if (!Number.isInteger(seed)) throw new RangeError(`${fn}: seed must be a whole number, got seed=${seed}`);
}

/** @throws RangeError unless divisor divides value, both named as in the config */
export function checkDivisible(fn: string, sizes: Readonly<Record<string, number>>): void {
  const [[name, value], [divisorName, divisor]] = Object.entries(sizes) as [[string, number], [string, number]];
  if (value % divisor !== 0) {
    throw new RangeError(`${fn}: ${name} must be divisible by ${divisorName}, got ${name}=${value}, ${divisorName}=${divisor}`);
  }
}
