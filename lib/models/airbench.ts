import { tf } from "../backend/index.js";
import { BatchNorm, Conv2d, createInitializer, Gelu, Linear, seedFor, type Initializer } from "../layers/index.js";
import { aboveZero, aCount, inRange, listOf, oneOf } from "../checks.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, imageInput } from "./parts.js";

/** Config of {@link airbench}. */
export interface AirbenchConfig extends ModelConfig {
  /** Output channels of each block. */
  readonly widths: readonly number[];
  /** Side of the first layer's kernels in pixels, below the image's sides. Default 2. */
  readonly whitenKernelSize?: number;
  /**
   * What the blocks' convolutions start from: "dirac", each input channel passed on, and PyTorch's default for the
   * filters that are more; or "torch_default" for all. Default "dirac".
   */
  readonly initializer?: "dirac" | "torch_default";
  /** Share of a batch's statistics in the kept ones of the batch norms, above 0 to 1. Default 0.4. */
  readonly batchNormMomentum?: number;
  /** What the head's sums are multiplied by, above 0. Default 1/9. */
  readonly logitScale?: number;
}

export const AIRBENCH_DEFAULTS = {
  whitenKernelSize: 2,
  initializer: "dirac",
  batchNormMomentum: 0.4,
  logitScale: 1 / 9,
} as const satisfies Partial<AirbenchConfig>;

/**
 * A convolution that `train.whiten` makes whitening filters of, twice as many as a patch has numbers; blocks of two
 * 3×3 convolutions, the first followed by a max pool, each by a batch norm without a scale and GELU; a max pool over 3
 * pixels; a dense layer without bias, scaled. Logits [B, K] from images [B, H, W, C].
 * Layers: whiten, whiten/gelu, block1/conv1, block1/pool, block1/norm1, block1/gelu1, block1/conv2, … pool, flatten,
 * head, scale.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (arXiv 2404.00498), §3.1 and appendix A.
 */
export function airbench(config: AirbenchConfig): tf.LayersModel {
  const whole = checked(config);
  const { widths, whitenKernelSize, logitScale, numClasses, inputShape, seed } = whole;
  const image = imageInput(whole); // [B, H, W, C]
  const whitening = new Conv2d({
    name: "whiten",
    filters: 2 * inputShape[2] * whitenKernelSize ** 2,
    kernelSize: whitenKernelSize,
    kernelInitializer: createInitializer("torch_default", seedFor(seed, "whiten/kernel")),
    biasInitializer: tf.initializers.zeros(),
  });
  let x = chain(image, whitening, new Gelu({ name: "whiten/gelu" })); // [B, H', W', 2·C·k²]
  // [B, H/2, W/2, F] of each
  for (const [index, filters] of widths.entries()) x = block(x, `block${index + 1}`, filters, whole);
  x = chain(x, maxPool("pool", 3), tf.layers.flatten({ name: "flatten" })); // [B, H''·W''·F]
  const kernelInitializer = createInitializer("torch_default", seedFor(seed, "head/kernel"));
  const logits = chain(
    x,
    new Linear({ name: "head", units: numClasses, useBias: false, kernelInitializer }),
    tf.layers.rescaling({ name: "scale", scale: logitScale }),
  ); // [B, K]
  return tf.model({ name: "airbench", inputs: image, outputs: logits });
}

function block(x: tf.SymbolicTensor, name: string, filters: number, config: Whole<AirbenchConfig>): tf.SymbolicTensor {
  const convolution = (part: string) =>
    new Conv2d({
      name: `${name}/${part}`,
      filters,
      kernelSize: 3,
      padding: "same",
      useBias: false,
      kernelInitializer: start(config, `${name}/${part}/kernel`),
    });
  const norm = (part: string) =>
    new BatchNorm({ name: `${name}/${part}`, epsilon: 1e-12, momentum: config.batchNormMomentum, scale: false });
  return chain(
    x,
    convolution("conv1"),
    maxPool(`${name}/pool`, 2),
    norm("norm1"),
    new Gelu({ name: `${name}/gelu1` }),
    convolution("conv2"),
    norm("norm2"),
    new Gelu({ name: `${name}/gelu2` }),
  );
}

function start({ initializer, seed }: Whole<AirbenchConfig>, name: string): Initializer {
  return initializer === "dirac"
    ? createInitializer("dirac", seedFor(seed, name), { remainder: "torch_default" })
    : createInitializer("torch_default", seedFor(seed, name));
}

function maxPool(name: string, size: number): tf.layers.Layer {
  return tf.layers.maxPooling2d({
    name,
    poolSize: size,
    strides: size,
    padding: "valid",
    dataFormat: "channelsLast",
  });
}

function checked(config: AirbenchConfig): Whole<AirbenchConfig> {
  const whole = wholeConfig("airbench", config, AIRBENCH_DEFAULTS, {
    widths: listOf(aCount),
    whitenKernelSize: aCount,
    initializer: oneOf(["dirac", "torch_default"]),
    batchNormMomentum: inRange({ above: 0, to: 1 }),
    logitScale: aboveZero,
  });
  const { widths, whitenKernelSize, inputShape } = whole;
  if (widths.length === 0) throw new RangeError("airbench: widths must name at least one block, got []");
  const least = 3 * 2 ** widths.length + whitenKernelSize - 1;
  if (Math.min(inputShape[0], inputShape[1]) < least)
    throw new RangeError(
      `airbench: inputShape must have sides of ${least} pixels or more for ${widths.length} blocks, got ` +
        `${inputShape[0]}×${inputShape[1]}`,
    );
  return whole;
}
