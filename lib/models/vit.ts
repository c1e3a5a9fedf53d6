import { tf } from "../backend/index.js";
import { aboveZero, aCount, aFlag, aRate, checkValue, oneOf, orNull } from "../checks.js";
import {
  ClassToken,
  LayerNorm,
  Linear,
  Patches,
  PositionalEmbedding,
  SelectToken,
  SinusoidalEmbedding,
  type Initializer,
} from "../layers/index.js";
import { encoderBlock } from "./encoder-block.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, checkDivisible, dropout, dropPathRates, imageInput } from "./parts.js";
import { vitStarts, type VitWeightInit } from "./vit-starts.js";

/** Config of {@link vit}. Its defaults are timm's. */
export interface VitConfig extends ModelConfig {
  /** Side of a patch in pixels; divides height and width. */
  readonly patchSize: number;
  /** Numbers per token, D; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of a block's hidden dense layer as a multiple of embedDim. Default 4. */
  readonly mlpRatio?: number;
  /** "sine": the fixed one of sines and cosines, which some call the cosine embedding. Default "learnable". */
  readonly positionalEmbedding?: "learnable" | "sine" | null;
  /** Between a block's two dense layers. Default "gelu". */
  readonly activation?: "gelu" | "relu" | "tanh";
  /** Whether a norm follows the last block. Default true. */
  readonly finalNorm?: boolean;
  /** Added to the variance in the norms, above 0. Default 1e-6. */
  readonly normEpsilon?: number;
  /**
   * "timm": N(0, 0.02²), biases 0, the class token all but 0. "torchvision": its `vit_*`, whose head is 0 at first.
   * "torch": PyTorch's defaults, class token and positions N(0, 1). Default "timm".
   */
  readonly weightInit?: VitWeightInit;
  /**
   * Dropout: probability of dropping a number after the positions and after each dense layer but query, key and value,
   * 0 to below 1. Default 0.
   */
  readonly dropRate?: number;
  /** Of dropping an attention probability, 0 to below 1. Default 0. */
  readonly attnDropRate?: number;
  /**
   * Stochastic depth: probability of leaving out the last block's branches for an image, 0 to below 1; it grows evenly
   * from 0 at the first block. Default 0.
   */
  readonly dropPathRate?: number;
  /** Whether the model ends in softmax: probabilities instead of logits. Default false. */
  readonly softmax?: boolean;
}

export const VIT_DEFAULTS = {
  mlpRatio: 4,
  positionalEmbedding: "learnable",
  activation: "gelu",
  finalNorm: true,
  normEpsilon: 1e-6,
  weightInit: "timm",
  dropRate: 0,
  attnDropRate: 0,
  dropPathRate: 0,
  softmax: false,
} as const satisfies Partial<VitConfig>;

/**
 * The vision transformer: patches → linear → class token → positions → blocks → norm → the class token → linear.
 * Logits [B, K] from images [B, H, W, C]. A block: x + attention(LN(x)), then x + dense(GELU(dense(LN(x)))).
 *
 * Layers: patches, embed, class_token, position, block1/norm1, block1/attention, block1/norm2, block1/dense1, … norm,
 * head.
 *
 * @example vit({ inputShape: [32, 32, 3], numClasses: 10, patchSize: 4, embedDim: 192, depth: 6, numHeads: 3 })
 * @throws RangeError for sizes or rates that do not fit, TypeError for an option that is missing or of another kind
 * Source: Dosovitskiy et al. 2021, eq. 1 to 4 and appendix B.1 (dropout); the start of the weights from timm's or
 * torchvision's program.
 */
export function vit(config: VitConfig): tf.LayersModel {
  const whole = checked(config);
  const { patchSize, embedDim, mlpRatio, finalNorm, normEpsilon, numClasses, inputShape, dropRate } = whole;
  const start = vitStarts(whole);
  const image = imageInput(whole); // [B, H, W, C]
  let x = chain(
    image,
    new Patches({ name: "patches", patchSize }), // [B, N, P·P·C]
    // [B, N, D]
    new Linear({ name: "embed", units: embedDim, ...start.patch("embed", inputShape[2] * patchSize ** 2) }),
    new ClassToken({ name: "class_token", initializer: start.token }), // [B, N + 1, D]
    ...position(whole, start.position),
    ...dropout("position_drop", dropRate),
  );
  for (const [i, dropPathRate] of dropPathRates(whole).entries())
    x = encoderBlock(x, `block${i + 1}`, {
      ...whole,
      hiddenDim: embedDim * mlpRatio,
      secondNorm: "branch",
      dropPathRate,
      start,
    });
  const logits = chain(
    x,
    ...(finalNorm ? [new LayerNorm({ name: "norm", epsilon: normEpsilon })] : []),
    new SelectToken({ name: "select_token", index: 0 }), // [B, D]
    new Linear({ name: "head", units: numClasses, ...start.head("head", embedDim) }), // [B, K]
    ...(whole.softmax ? [tf.layers.softmax({ name: "softmax" })] : []),
  );
  return tf.model({ name: "vit", inputs: image, outputs: logits });
}

function position({ positionalEmbedding }: Whole<VitConfig>, initializer: Initializer): tf.layers.Layer[] {
  if (positionalEmbedding === null) return [];
  return [
    positionalEmbedding === "sine"
      ? new SinusoidalEmbedding({ name: "position" })
      : new PositionalEmbedding({ name: "position", initializer }),
  ];
}

function checked(config: VitConfig): Whole<VitConfig> {
  const whole = wholeConfig("vit", config, VIT_DEFAULTS, {
    patchSize: aCount,
    embedDim: aCount,
    depth: aCount,
    numHeads: aCount,
    mlpRatio: aboveZero,
    positionalEmbedding: orNull(oneOf(["learnable", "sine"])),
    activation: oneOf(["gelu", "relu", "tanh"]),
    finalNorm: aFlag,
    normEpsilon: aboveZero,
    weightInit: oneOf(["timm", "torchvision", "torch"]),
    dropRate: aRate,
    attnDropRate: aRate,
    dropPathRate: aRate,
    softmax: aFlag,
  });
  const { embedDim, numHeads, mlpRatio, patchSize, inputShape } = whole;
  checkValue("vit", "embedDim · mlpRatio", embedDim * mlpRatio, aCount);
  checkDivisible("vit", { embedDim, numHeads });
  checkDivisible("vit", { height: inputShape[0], patchSize });
  checkDivisible("vit", { width: inputShape[1], patchSize });
  return whole;
}
