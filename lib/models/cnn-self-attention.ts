import { tf } from "../backend/index.js";
import { Conv2d, SpatialSelfAttention } from "../layers/index.js";
import { checkConfig, checkDivisible, dense, imageInput, torchDefaults, type ModelConfig } from "./parts.js";

export interface CnnSelfAttentionConfig extends ModelConfig {
  /** Output channels of each convolution; each divisible by reduction. */
  readonly filters: readonly number[];
  /** The attention's inner width is channels / reduction. */
  readonly reduction: number;
}

/**
 * Study 3's CNN: for each entry of filters a 3×3 convolution (stride 1, padded by 1), ReLU and spatial
 * self-attention; then the mean over all pixels and a linear map. Logits [B, K] from images [B, H, W, C].
 *
 * Weights start as PyTorch's defaults. Layers: conv1, attention1, conv2, … pool, head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: STUDIES.md §3 (attention: Wang et al. 2018).
 */
export function cnnSelfAttention(config: CnnSelfAttentionConfig): tf.LayersModel {
  check(config);
  const { filters, reduction, numClasses, seed } = config;
  let channels = config.inputShape[2];

  const image = imageInput(config); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    x = convolution(`conv${index + 1}`, channels, width, seed).apply(x) as tf.SymbolicTensor; // [B, H, W, width]
    x = attention(`attention${index + 1}`, width, reduction, seed).apply(x) as tf.SymbolicTensor;
    channels = width;
  }
  const pooled = tf.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor; // [B, C]
  const logits = dense("head", channels, numClasses, seed).apply(pooled) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "cnn_self_attention", inputs: image, outputs: logits });
}

function convolution(name: string, channels: number, filters: number, seed: number): tf.layers.Layer {
  const { kernel, bias } = torchDefaults(9 * channels, seed, name);
  return new Conv2d({ name, filters, kernelSize: 3, padding: "same", activation: "relu", kernelInitializer: kernel, biasInitializer: bias });
}

function attention(name: string, channels: number, reduction: number, seed: number): tf.layers.Layer {
  const projection = torchDefaults(channels, seed, name, "projection_");
  const out = torchDefaults(channels / reduction, seed, name, "out_");
  return new SpatialSelfAttention({
    name, reduction,
    projectionKernelInitializer: projection.kernel, projectionBiasInitializer: projection.bias,
    outKernelInitializer: out.kernel, outBiasInitializer: out.bias,
  });
}

function check(config: CnnSelfAttentionConfig): void {
  const { filters, reduction, inputShape } = config;
  checkConfig("cnnSelfAttention", config, { reduction });
  if (!Array.isArray(filters) || filters.length === 0) {
    throw new RangeError(`cnnSelfAttention: filters must name at least one convolution, got ${JSON.stringify(filters)}`);
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
