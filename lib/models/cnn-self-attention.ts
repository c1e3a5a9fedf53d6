import { tf } from "../backend/index.js";
import { Conv2d, SpatialSelfAttention } from "../layers/index.js";
import { anObject, checkValue } from "../checks.js";
import { checkConfig, checkDivisible, dense, imageInput, torchDefaults, type ModelConfig } from "./parts.js";

export interface CnnSelfAttentionConfig extends ModelConfig {
  /** Output channels of each convolution; each divisible by reduction. */
  readonly filters: readonly number[];
  /** The attention's inner width is channels / reduction. */
  readonly reduction: number;
  /**
   * Side of the convolutions' kernels in pixels, odd: 3 as the source has it; with 1 no pixel sees its neighbours but
   * by attention.
   */
  readonly kernelSize: number;
  /** Whether attention follows each convolution; false leaves a plain convolutional network. */
  readonly attention: boolean;
}

/**
 * Study 3's CNN: for each entry of filters a convolution of kernelSize (stride 1, padded to keep the size), ReLU and,
 * with attention, spatial self-attention; then the mean over all pixels and a linear map. Logits [B, K] from images [B,
 * H, W, C].
 *
 * Weights start as PyTorch's defaults. Layers: conv1, attention1, conv2, … pool, head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: study 3 (attention: Wang et al. 2018).
 */
export function cnnSelfAttention(config: CnnSelfAttentionConfig): tf.LayersModel {
  checkValue("cnnSelfAttention", "config", config, anObject);
  check(config);
  const { filters, reduction, kernelSize, numClasses, seed } = config;
  let channels = config.inputShape[2];

  const image = imageInput(config); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    // [B, H, W, width]
    x = convolution(`conv${index + 1}`, channels, width, kernelSize, seed).apply(x) as tf.SymbolicTensor;
    if (config.attention) x = attention(`attention${index + 1}`, width, reduction, seed).apply(x) as tf.SymbolicTensor;
    channels = width;
  }
  const pooled = tf.layers
    .globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" })
    .apply(x) as tf.SymbolicTensor; // [B, C]
  const logits = dense("head", channels, numClasses, seed).apply(pooled) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "cnn_self_attention", inputs: image, outputs: logits });
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

function check(config: CnnSelfAttentionConfig): void {
  const { filters, reduction, kernelSize, attention, inputShape } = config;
  checkConfig("cnnSelfAttention", config, { reduction, kernelSize });
  if (kernelSize % 2 === 0)
    throw new RangeError(`cnnSelfAttention: kernelSize must be odd, got kernelSize=${kernelSize}`);
  if (typeof attention !== "boolean")
    throw new TypeError(`cnnSelfAttention: attention must be true or false, got ${JSON.stringify(attention)}`);
  if (!Array.isArray(filters) || filters.length === 0) {
    throw new RangeError(
      `cnnSelfAttention: filters must name at least one convolution, got ${JSON.stringify(filters)}`,
    );
  }
  for (const channels of filters) {
    checkConfig("cnnSelfAttention", config, { filters: channels });
    checkDivisible("cnnSelfAttention", { filters: channels, reduction });
  }
  const [height, width] = inputShape;
  if (height < 2 || width < 2) {
    throw new RangeError(`cnnSelfAttention: the image must be at least 2×2 for the pooling, got ${height}×${width}`);
  }
}
