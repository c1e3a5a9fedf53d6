import { tf } from "../backend/index.js";
import { aboveZero, aCount, aRate, checkValue, oneOf, orNull } from "../checks.js";
import {
  ClassToken,
  Conv2d,
  LayerNorm,
  Linear,
  Patches,
  PositionalEmbedding,
  SelectToken,
  SequencePooling,
  SinusoidalEmbedding,
} from "../layers/index.js";
import { encoderBlock } from "./encoder-block.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import {
  chain,
  checkDivisible,
  dropout,
  dropPathRates,
  imageInput,
  normal,
  torchDefaults,
  type LayerStart,
} from "./parts.js";

/** Config of {@link compactTransformer}. Its defaults are those of the authors' program. */
export interface CompactTransformerConfig extends ModelConfig {
  /**
   * "convolutions" (CCT): convolution, ReLU and max pool, convLayers times. "patches" (CVT, ViT-Lite): one linear map.
   * Default "convolutions".
   */
  readonly tokenizer?: "convolutions" | "patches";
  /** Side of the convolutions' kernel, odd; or of a patch. In pixels. Default 3. */
  readonly kernelSize?: number;
  /** Convolutions; 1 for patches. Default 1. */
  readonly convLayers?: number;
  /** Channels between two convolutions. Default 64. */
  readonly convFilters?: number;
  /** Numbers per token; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of a block's hidden dense layer as a multiple of embedDim. Default 4. */
  readonly mlpRatio?: number;
  /** "sine": the fixed one of sines and cosines. Default "learnable". */
  readonly positionalEmbedding?: "learnable" | "sine" | null;
  /**
   * What goes into the head: the learned mean of the tokens (CCT, CVT), or the class token (ViT-Lite). Default
   * "sequence".
   */
  readonly pooling?: "sequence" | "class-token";
  /**
   * Dropout: probability of dropping a number after the positions, the attention's output and each dense layer of a
   * block, 0 to below 1. Default 0.
   */
  readonly dropRate?: number;
  /** Of dropping an attention probability, 0 to below 1. Default 0.1. */
  readonly attnDropRate?: number;
  /**
   * Of leaving out the last block's branches for an image (stochastic depth), 0 to below 1; it grows evenly from 0 at
   * the first block. Default 0.1.
   */
  readonly dropPathRate?: number;
}

export const COMPACT_TRANSFORMER_DEFAULTS = {
  tokenizer: "convolutions",
  kernelSize: 3,
  convLayers: 1,
  convFilters: 64,
  mlpRatio: 4,
  positionalEmbedding: "learnable",
  pooling: "sequence",
  dropRate: 0,
  attnDropRate: 0.1,
  dropPathRate: 0.1,
} as const satisfies Partial<CompactTransformerConfig>;

/**
 * The compact transformers ViT-Lite, CVT and CCT. Logits [B, K] from images [B, H, W, C].
 *
 * A block: y = LN(x + attention(LN(x))), then y + dense(GELU(dense(y))): the second norm is on the residual stream.
 * Layers: tokenizer/conv1, … class_token, position, block1/norm1, block1/attention, … norm, pool, head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: Hassani et al. 2021, §3; the start of the weights and the places of dropout from its authors' program.
 */
export function compactTransformer(config: CompactTransformerConfig): tf.LayersModel {
  const whole = checked(config);
  const { embedDim, mlpRatio, numClasses, seed, pooling } = whole;
  const image = imageInput(whole); // [B, H, W, C]
  let x = chain(
    whole.tokenizer === "convolutions" ? convolutions(image, whole) : patches(image, whole), // [B, N, D]
    // [B, N + 1, D]
    ...(pooling === "class-token"
      ? [new ClassToken({ name: "class_token", initializer: tf.initializers.zeros() })]
      : []),
    ...position(whole),
    ...dropout("drop", whole.dropRate),
  );
  for (const [i, dropPathRate] of dropPathRates(whole).entries())
    x = encoderBlock(x, `block${i + 1}`, {
      ...whole,
      hiddenDim: embedDim * mlpRatio,
      useQkvBias: false,
      activation: "gelu",
      normEpsilon: 1e-5,
      secondNorm: "stream",
      dropPathRate,
      start: starts(seed),
    });
  const logits = chain(
    x,
    new LayerNorm({ name: "norm", epsilon: 1e-5 }),
    pooling === "sequence"
      ? new SequencePooling({ name: "pool", kernelInitializer: normal(0.02, seed, "pool") })
      : new SelectToken({ name: "pool", index: 0 }), // [B, D]
    new Linear({ name: "head", units: numClasses, ...starts(seed).dense("head") }), // [B, K]
  );
  return tf.model({ name: "compact_transformer", inputs: image, outputs: logits });
}

function position({ positionalEmbedding, seed }: Whole<CompactTransformerConfig>): tf.layers.Layer[] {
  if (positionalEmbedding === null) return [];
  return [
    positionalEmbedding === "sine"
      ? new SinusoidalEmbedding({ name: "position" })
      : new PositionalEmbedding({ name: "position", initializer: normal(0.2, seed, "position") }),
  ];
}

function starts(seed: number) {
  const zeros = tf.initializers.zeros();
  return {
    dense: (name: string): LayerStart => ({ kernelInitializer: normal(0.02, seed, name), biasInitializer: zeros }),
    attention: (name: string) => ({
      qkvKernelInitializer: normal(0.02, seed, `${name}/qkv`),
      qkvBiasInitializer: zeros,
      outKernelInitializer: normal(0.02, seed, `${name}/out`),
      outBiasInitializer: zeros,
    }),
  };
}

/** Per layer: convolution without bias, ReLU, 3×3 max pool of stride 2: [B, H, W, C] → [B, N, D]. */
function convolutions(
  image: tf.SymbolicTensor,
  { kernelSize, convLayers, convFilters, embedDim, seed, inputShape }: Whole<CompactTransformerConfig>,
): tf.SymbolicTensor {
  const strides = Math.max(1, Math.floor(kernelSize / 2) - 1);
  let x = image;
  let channels = inputShape[2];
  for (let i = 1; i <= convLayers; i++) {
    const filters = i === convLayers ? embedDim : convFilters;
    const name = `tokenizer/conv${i}`;
    x = chain(
      x,
      new Conv2d({
        name,
        filters,
        kernelSize,
        strides,
        padding: Math.floor(kernelSize / 2),
        activation: "relu",
        useBias: false,
        kernelInitializer: normal(Math.sqrt(2 / (kernelSize ** 2 * channels)), seed, name), // Kaiming, fan-in
      }),
      padding(`tokenizer/pool_pad${i}`, 1), // after a ReLU, padding with 0 is padding with −∞
      tf.layers.maxPooling2d({
        name: `tokenizer/pool${i}`,
        poolSize: 3,
        strides: 2,
        padding: "valid",
        dataFormat: "channelsLast",
      }),
    );
    channels = filters;
  }
  const [, height, width] = x.shape as [null, number, number];
  // [B, N, D]
  return chain(x, tf.layers.reshape({ name: "tokenizer/flatten", targetShape: [height * width, embedDim] }));
}

/** Square patches through one linear map: [B, H, W, C] → [B, N, D]. */
function patches(
  image: tf.SymbolicTensor,
  { kernelSize, embedDim, seed, inputShape }: Whole<CompactTransformerConfig>,
): tf.SymbolicTensor {
  const fanIn = kernelSize ** 2 * inputShape[2];
  const name = "tokenizer/embed";
  const embed = new Linear({
    name,
    units: embedDim,
    kernelInitializer: normal(Math.sqrt(2 / fanIn), seed, name),
    biasInitializer: torchDefaults(fanIn, seed, name).bias,
  });
  return chain(image, new Patches({ name: "tokenizer/patches", patchSize: kernelSize }), embed);
}

function padding(name: string, pixels: number): tf.layers.Layer {
  return tf.layers.zeroPadding2d({ name, padding: pixels, dataFormat: "channelsLast" });
}

function checked(config: CompactTransformerConfig): Whole<CompactTransformerConfig> {
  const fn = "compactTransformer";
  const whole = wholeConfig(fn, config, COMPACT_TRANSFORMER_DEFAULTS, {
    tokenizer: oneOf(["convolutions", "patches"]),
    kernelSize: aCount,
    convLayers: aCount,
    convFilters: aCount,
    embedDim: aCount,
    depth: aCount,
    numHeads: aCount,
    mlpRatio: aboveZero,
    positionalEmbedding: orNull(oneOf(["learnable", "sine"])),
    pooling: oneOf(["sequence", "class-token"]),
    dropRate: aRate,
    attnDropRate: aRate,
    dropPathRate: aRate,
  });
  const { tokenizer, kernelSize, embedDim, mlpRatio, numHeads, inputShape } = whole;
  checkValue(fn, "embedDim · mlpRatio", embedDim * mlpRatio, aCount);
  checkDivisible(fn, { embedDim, numHeads });
  if (tokenizer === "patches") {
    checkDivisible(fn, { height: inputShape[0], kernelSize });
    checkDivisible(fn, { width: inputShape[1], kernelSize });
  } else if (kernelSize % 2 === 0) {
    throw new RangeError(`${fn}: kernelSize must be odd for convolutions, got kernelSize=${kernelSize}`);
  }
  return whole;
}
