import { tf } from "../backend/index.js";
import {
  ClassToken,
  Conv2d,
  Gelu,
  LayerNorm,
  Linear,
  MultiHeadSelfAttention,
  Patches,
  PositionalEmbedding,
  SelectToken,
  SequencePooling,
  SinusoidalEmbedding,
} from "../layers/index.js";
import { aboveZero, anObject, checkValue } from "../checks.js";
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
  normal,
  torchDefaults,
  type ModelConfig,
} from "./parts.js";

export interface CompactTransformerConfig extends ModelConfig {
  /**
   * "convolutions" (CCT): convolution, ReLU and max pool, convLayers times. "patches" (CVT, ViT-Lite): one linear map.
   */
  readonly tokenizer: "convolutions" | "patches";
  /** Side of the convolutions' kernel, odd; or of a patch. In pixels. */
  readonly kernelSize: number;
  /** Convolutions; 1 for patches. */
  readonly convLayers: number;
  /** Channels between two convolutions. */
  readonly convFilters: number;
  /** Numbers per token; divisible by numHeads. */
  readonly embedDim: number;
  /** Encoder blocks. */
  readonly depth: number;
  /** Heads of each attention. */
  readonly numHeads: number;
  /** Width of a block's hidden dense layer as a multiple of embedDim. */
  readonly mlpRatio: number;
  /** "sine": the fixed one of sines and cosines. */
  readonly positionalEmbedding: "learnable" | "sine" | "none";
  /** What goes into the head: the learned mean of the tokens (CCT, CVT), or the class token (ViT-Lite). */
  readonly pooling: "sequence" | "class-token";
  /**
   * Probability of dropping a number after the positions, the attention's output and each dense layer of a block, 0 to
   * below 1.
   */
  readonly dropRate: number;
  /** Of dropping an attention probability. */
  readonly attnDropRate: number;
  /**
   * Of leaving out the last block's branches for an image (stochastic depth); it grows evenly from 0 at the first
   * block.
   */
  readonly dropPathRate: number;
}

/**
 * The compact transformers ViT-Lite, CVT and CCT. Logits [B, K] from images [B, H, W, C].
 *
 * A block: y = LN(x + attention(LN(x))), then y + dense(GELU(dense(y))): the second norm is on the residual stream.
 * Layers: tokenizer/conv1, … class_token, position, block1/norm1, block1/attention, … norm, pool, head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: Hassani et al. 2021, §3; the start of the weights and the places of dropout from its authors' program.
 */
export function compactTransformer(config: CompactTransformerConfig): tf.LayersModel {
  checkValue("compactTransformer", "config", config, anObject);
  check(config);
  const { embedDim, depth, numClasses, seed } = config;
  const image = imageInput(config); // [B, H, W, C]
  let x = config.tokenizer === "convolutions" ? convolutions(image, config) : patches(image, config); // [B, N, D]
  if (config.pooling === "class-token") {
    x = chain(x, new ClassToken({ name: "class_token", initializer: tf.initializers.zeros() })); // [B, N + 1, D]
  }
  if (config.positionalEmbedding === "learnable") {
    x = chain(x, new PositionalEmbedding({ name: "position", initializer: normal(0.2, seed, "position") }));
  } else if (config.positionalEmbedding === "sine") {
    x = chain(x, new SinusoidalEmbedding({ name: "position" }));
  }
  x = chain(x, ...dropout("drop", config.dropRate));
  const rates = dropPathRates(config);
  for (let i = 1; i <= depth; i++) x = block(x, `block${i}`, rates[i - 1]!);
  x = chain(x, new LayerNorm({ name: "norm", epsilon: 1e-5 }));
  const pool =
    config.pooling === "sequence"
      ? new SequencePooling({ name: "pool", kernelInitializer: normal(0.02, seed, "pool") })
      : new SelectToken({ name: "pool", index: 0 });
  const logits = chain(x, pool, dense("head", numClasses, seed)); // [B, K]
  return tf.model({ name: "compact_transformer", inputs: image, outputs: logits });

  function block(x: tf.SymbolicTensor, name: string, dropPathRate: number): tf.SymbolicTensor {
    const { numHeads, mlpRatio, dropRate, attnDropRate } = config;
    const attention = new MultiHeadSelfAttention({
      name: `${name}/attention`,
      numHeads,
      attnDropRate,
      useQkvBias: false,
      qkvKernelInitializer: normal(0.02, seed, `${name}/attention/qkv`),
      qkvBiasInitializer: tf.initializers.zeros(),
      outKernelInitializer: normal(0.02, seed, `${name}/attention/out`),
      outBiasInitializer: tf.initializers.zeros(),
    });
    const attended = chain(
      x,
      new LayerNorm({ name: `${name}/norm1`, epsilon: 1e-5 }),
      attention,
      ...dropout(`${name}/attention_drop`, dropRate),
      ...dropPath(`${name}/drop_path1`, dropPathRate),
    );
    x = tf.layers.add({ name: `${name}/add1` }).apply([x, attended]) as tf.SymbolicTensor;
    x = chain(x, new LayerNorm({ name: `${name}/norm2`, epsilon: 1e-5 }));
    const mixed = chain(
      x,
      dense(`${name}/dense1`, embedDim * mlpRatio, seed),
      new Gelu({ name: `${name}/gelu` }),
      ...dropout(`${name}/drop1`, dropRate),
      dense(`${name}/dense2`, embedDim, seed),
      ...dropout(`${name}/drop2`, dropRate),
      ...dropPath(`${name}/drop_path2`, dropPathRate),
    );
    return tf.layers.add({ name: `${name}/add2` }).apply([x, mixed]) as tf.SymbolicTensor;
  }
}

/** Per layer: convolution without bias, ReLU, 3×3 max pool of stride 2: [B, H, W, C] → [B, N, D]. */
function convolutions(
  image: tf.SymbolicTensor,
  { kernelSize, convLayers, convFilters, embedDim, seed, inputShape }: CompactTransformerConfig,
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
  { kernelSize, embedDim, seed, inputShape }: CompactTransformerConfig,
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

function dense(name: string, units: number, seed: number): tf.layers.Layer {
  return new Linear({ name, units, kernelInitializer: normal(0.02, seed, name) });
}

function check(config: CompactTransformerConfig): void {
  const {
    tokenizer,
    kernelSize,
    convLayers,
    convFilters,
    embedDim,
    depth,
    numHeads,
    mlpRatio,
    positionalEmbedding,
    pooling,
    inputShape,
    dropRate,
    attnDropRate,
    dropPathRate,
  } = config;
  const fn = "compactTransformer";
  checkValue(fn, "mlpRatio", mlpRatio, aboveZero);
  checkConfig(fn, config, {
    kernelSize,
    convLayers,
    convFilters,
    embedDim,
    depth,
    numHeads,
    hiddenDim: embedDim * mlpRatio,
  });
  checkOneOf(fn, "tokenizer", tokenizer, ["convolutions", "patches"]);
  checkOneOf(fn, "positionalEmbedding", positionalEmbedding, ["learnable", "sine", "none"]);
  checkOneOf(fn, "pooling", pooling, ["sequence", "class-token"]);
  checkRates(fn, { dropRate, attnDropRate, dropPathRate });
  checkDivisible(fn, { embedDim, numHeads });
  if (tokenizer === "convolutions" && kernelSize % 2 === 0)
    throw new RangeError(`${fn}: kernelSize must be odd for convolutions, got kernelSize=${kernelSize}`);
  if (tokenizer === "patches") {
    checkDivisible(fn, { height: inputShape[0], kernelSize });
    checkDivisible(fn, { width: inputShape[1], kernelSize });
  }
}
