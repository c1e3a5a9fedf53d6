import { tf } from "../backend/index.js";
import {
  ClassToken,
  Gelu,
  LayerNorm,
  Linear,
  MultiHeadSelfAttention,
  Patches,
  PositionalEmbedding,
  SelectToken,
  SinusoidalEmbedding,
  type Initializer,
} from "../layers/index.js";
import {
  chain,
  checkConfig,
  checkDivisible,
  checkOneOf,
  checkRates,
  dropout,
  dropPath,
  dropPathRates,
  imageInput,
  type ModelConfig,
} from "./parts.js";
import { aboveZero, anObject, checkValue } from "../checks.js";
import { vitStarts, type VitStarts, type VitWeightInit } from "./vit-starts.js";

export interface VitConfig extends ModelConfig {
  /** Side of a patch in pixels; divides height and width. */
  readonly patchSize: number;
  /** Numbers per token; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of a block's hidden dense layer as a multiple of embedDim. */
  readonly mlpRatio: number;
  /** "sine": the fixed one of sines and cosines, which some call the cosine embedding. */
  readonly positionalEmbedding: "learnable" | "sine" | "none";
  /** Between a block's two dense layers. */
  readonly activation: "gelu" | "relu" | "tanh";
  /** Whether a norm follows the last block. */
  readonly finalNorm: boolean;
  /** Added to the variance in the norms, above 0. */
  readonly normEpsilon: number;
  /**
   * "timm": N(0, 0.02²), biases 0, the class token all but 0. "torchvision": its `vit_*`, whose head is 0 at first.
   * "torch": PyTorch's defaults, class token and positions N(0, 1).
   */
  readonly weightInit: VitWeightInit;
  /**
   * Probability of dropping a number after the positions and after each dense layer but query, key and value, 0 to
   * below 1.
   */
  readonly dropRate: number;
  /** Of dropping an attention probability. */
  readonly attnDropRate: number;
  /** Of leaving out the last block's branches for an image; it grows evenly from 0 at the first block. */
  readonly dropPathRate: number;
  /** Whether the model ends in softmax: probabilities instead of logits. */
  readonly softmax: boolean;
}

/**
 * The vision transformer: patches → linear → class token → positions → blocks → norm → the class token → linear.
 * Logits [B, K] from images [B, H, W, C]. A block: x + attention(LN(x)), then x + dense(GELU(dense(LN(x)))).
 *
 * Layers: patches, embed, class_token, position, block1/norm1, block1/attention, block1/norm2, block1/dense1, … norm,
 * head.
 *
 * @throws RangeError for sizes or rates that do not fit
 * Source: Dosovitskiy et al. 2021, eq. 1 to 4 and appendix B.1 (dropout); the start of the weights from timm's or
 * torchvision's program.
 */
export function vit(config: VitConfig): tf.LayersModel {
  checkValue("vit", "config", config, anObject);
  check(config);
  const { patchSize, embedDim, depth, finalNorm, normEpsilon, numClasses, inputShape, dropRate } = config;
  const start = vitStarts(config);
  const image = imageInput(config); // [B, H, W, C]
  let x = chain(
    image,
    new Patches({ name: "patches", patchSize }), // [B, N, P·P·C]
    // [B, N, D]
    new Linear({ name: "embed", units: embedDim, ...start.patch("embed", inputShape[2] * patchSize ** 2) }),
    new ClassToken({ name: "class_token", initializer: start.token }), // [B, N + 1, D]
    ...position(config, start.position),
    ...dropout("position_drop", dropRate),
  );
  const rates = dropPathRates(config);
  for (let i = 1; i <= depth; i++) x = block(x, `block${i}`, rates[i - 1]!, config, start);
  const logits = chain(
    x,
    ...(finalNorm ? [new LayerNorm({ name: "norm", epsilon: normEpsilon })] : []),
    new SelectToken({ name: "select_token", index: 0 }), // [B, D]
    new Linear({ name: "head", units: numClasses, ...start.head("head", embedDim) }), // [B, K]
    ...(config.softmax ? [tf.layers.softmax({ name: "softmax" })] : []),
  );
  return tf.model({ name: "vit", inputs: image, outputs: logits });
}

/** x + attention(LN(x)), then x + dense(activation(dense(LN(x)))): [B, N, D] → [B, N, D]. */
function block(
  x: tf.SymbolicTensor,
  name: string,
  dropPathRate: number,
  config: VitConfig,
  start: VitStarts,
): tf.SymbolicTensor {
  const { embedDim, numHeads, mlpRatio, activation, normEpsilon, dropRate, attnDropRate } = config;
  const attended = chain(
    x,
    new LayerNorm({ name: `${name}/norm1`, epsilon: normEpsilon }),
    new MultiHeadSelfAttention({
      name: `${name}/attention`,
      numHeads,
      attnDropRate,
      ...start.attention(`${name}/attention`),
    }),
    ...dropout(`${name}/attention_drop`, dropRate),
    ...dropPath(`${name}/drop_path1`, dropPathRate),
  );
  x = tf.layers.add({ name: `${name}/add1` }).apply([x, attended]) as tf.SymbolicTensor;
  const mixed = chain(
    x,
    new LayerNorm({ name: `${name}/norm2`, epsilon: normEpsilon }),
    new Linear({ name: `${name}/dense1`, units: embedDim * mlpRatio, ...start.dense(`${name}/dense1`, embedDim) }),
    activate(`${name}/${activation}`, activation),
    ...dropout(`${name}/drop1`, dropRate),
    new Linear({ name: `${name}/dense2`, units: embedDim, ...start.dense(`${name}/dense2`, embedDim * mlpRatio) }),
    ...dropout(`${name}/drop2`, dropRate),
    ...dropPath(`${name}/drop_path2`, dropPathRate),
  );
  return tf.layers.add({ name: `${name}/add2` }).apply([x, mixed]) as tf.SymbolicTensor;
}

function position({ positionalEmbedding }: VitConfig, initializer: Initializer): tf.layers.Layer[] {
  if (positionalEmbedding === "none") return [];
  return [
    positionalEmbedding === "sine"
      ? new SinusoidalEmbedding({ name: "position" })
      : new PositionalEmbedding({ name: "position", initializer }),
  ];
}

function activate(name: string, activation: VitConfig["activation"]): tf.layers.Layer {
  return activation === "gelu" ? new Gelu({ name }) : tf.layers.activation({ name, activation });
}

function check(config: VitConfig): void {
  const {
    patchSize,
    embedDim,
    depth,
    numHeads,
    mlpRatio,
    inputShape,
    normEpsilon,
    dropRate,
    attnDropRate,
    dropPathRate,
  } = config;
  checkValue("vit", "mlpRatio", mlpRatio, aboveZero);
  checkConfig("vit", config, { patchSize, embedDim, depth, numHeads, hiddenDim: embedDim * mlpRatio });
  checkOneOf("vit", "positionalEmbedding", config.positionalEmbedding, ["learnable", "sine", "none"]);
  checkOneOf("vit", "activation", config.activation, ["gelu", "relu", "tanh"]);
  checkOneOf("vit", "weightInit", config.weightInit, ["timm", "torchvision", "torch"]);
  checkOneOf("vit", "finalNorm", config.finalNorm, [true, false]);
  checkOneOf("vit", "softmax", config.softmax, [true, false]);
  checkRates("vit", { dropRate, attnDropRate, dropPathRate });
  checkDivisible("vit", { embedDim, numHeads });
  checkDivisible("vit", { height: inputShape[0], patchSize });
  checkDivisible("vit", { width: inputShape[1], patchSize });
  checkValue("vit", "normEpsilon", normEpsilon, aboveZero);
}
