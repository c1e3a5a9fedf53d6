import { tf } from "../backend/index.js";
import { Conv2d, SpatialSelfAttention } from "../layers/index.js";
import { aCount, aFlag, anOddCount, either, listOf } from "../checks.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { checkDivisible, dense, imageInput, torchDefaults } from "./parts.js";

/** Config of {@link cnnSelfAttention}. */
export interface CnnSelfAttentionConfig extends ModelConfig {
  /** Output channels of each convolution; divisible by reduction where attention follows. */
  readonly filters: readonly number[];
  /** The attention's inner width is channels / reduction. Default 8. */
  readonly reduction?: number;
  /**
   * Side of the convolutions' kernels in pixels, odd; with 1 the receptive field stays one pixel, but for attention.
   * Default 3.
   */
  readonly kernelSize?: number;
  /**
   * Whether attention follows each convolution, one for all or one for each; false leaves a plain convolutional
   * network. Default true.
   */
  readonly attention?: boolean | readonly boolean[];
}

export const CNN_SELF_ATTENTION_DEFAULTS = {
  reduction: 8,
  kernelSize: 3,
  attention: true,
} as const satisfies Partial<CnnSelfAttentionConfig>;

/**
 * A CNN with self-attention: for each entry of filters a convolution of kernelSize (stride 1, padded to keep the size),
 * ReLU and, where attention says so, spatial self-attention; then the mean over all pixels and a linear map. Logits
 * [B, K] from images [B, H, W, C].
 *
 * Weights start as PyTorch's defaults. Layers: conv1, attention1, conv2, … pool, head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: the notebook "Deep Learning Assignment 3" (29 March 2024), problem 1; attention: Wang et al. 2018.
 */
export function cnnSelfAttention(config: CnnSelfAttentionConfig): tf.LayersModel {
  const whole = checked(config);
  const { filters, reduction, kernelSize, numClasses, seed } = whole;
  const attended = eachOf(whole);
  let channels = whole.inputShape[2];
  const image = imageInput(whole); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    // [B, H, W, width]
    x = convolution(`conv${index + 1}`, channels, width, kernelSize, seed).apply(x) as tf.SymbolicTensor;
    if (attended[index]) x = attention(`attention${index + 1}`, width, reduction, seed).apply(x) as tf.SymbolicTensor;
    channels = width;
  }
  const pooled = tf.layers
    .globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" })
    .apply(x) as tf.SymbolicTensor; // [B, C]
  const logits = dense("head", channels, numClasses, seed).apply(pooled) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "cnn_self_attention", inputs: image, outputs: logits });
}

/** Whether attention follows, for each convolution. */
function eachOf({ attention, filters }: Whole<CnnSelfAttentionConfig>): readonly boolean[] {
  return typeof attention === "boolean" ? filters.map(() => attention) : attention;
}

function convolution(
  name: string,
  channels: number,
  filters: number,
  kernelSize: number,
  seed: number,
): tf.layers.Layer {
  const { kernel, bias } = torchDefaults(kernelSize ** 2 * channels, seed, name);
  return new Conv2d({
    name,
    filters,
    kernelSize,
    padding: "same",
    activation: "relu",
    kernelInitializer: kernel,
    biasInitializer: bias,
  });
}

function attention(name: string, channels: number, reduction: number, seed: number): tf.layers.Layer {
  const projection = torchDefaults(channels, seed, name, "projection_");
  const out = torchDefaults(channels / reduction, seed, name, "out_");
  return new SpatialSelfAttention({
    name,
    reduction,
    projectionKernelInitializer: projection.kernel,
    projectionBiasInitializer: projection.bias,
    outKernelInitializer: out.kernel,
    outBiasInitializer: out.bias,
  });
}

function checked(config: CnnSelfAttentionConfig): Whole<CnnSelfAttentionConfig> {
  const whole = wholeConfig("cnnSelfAttention", config, CNN_SELF_ATTENTION_DEFAULTS, {
    filters: listOf(aCount),
    reduction: aCount,
    kernelSize: anOddCount,
    attention: either(aFlag, listOf(aFlag)),
  });
  const { filters, reduction, inputShape } = whole;
  if (filters.length === 0)
    throw new RangeError("cnnSelfAttention: filters must name at least one convolution, got []");
  const attended = eachOf(whole);
  if (attended.length !== filters.length)
    throw new RangeError(
      `cnnSelfAttention: attention must be one for all convolutions or one for each, got ${attended.length} for ` +
        `${filters.length}`,
    );
  const divided = filters.filter((_, index) => attended[index]);
  for (const channels of divided) checkDivisible("cnnSelfAttention", { filters: channels, reduction });
  const [height, width] = inputShape;
  if (height < 2 || width < 2)
    throw new RangeError(`cnnSelfAttention: the image must be at least 2×2 for the pooling, got ${height}×${width}`);
  return whole;
}
