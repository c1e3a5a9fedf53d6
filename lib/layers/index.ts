/**
 * Layers that TensorFlow.js lacks or has otherwise, with PyTorch's defaults, and initializers.
 * @module
 */
import "./class-names.js";
export { AdaptiveAveragePool, type AdaptiveAveragePoolArgs } from "./adaptive-average-pool.js";
export { BatchNorm, type BatchNormArgs } from "./batch-norm.js";
export { Conv2d, type Conv2dArgs } from "./conv2d.js";
export { Dropout, type DropoutArgs } from "./dropout.js";
export { DropPath, type DropPathArgs } from "./drop-path.js";
export { Gelu, type GeluArgs } from "./gelu.js";
export { Linear, type LinearArgs } from "./linear.js";
export { LayerNorm, type LayerNormArgs } from "./layer-norm.js";
export { LocalResponseNorm, type LocalResponseNormArgs } from "./local-response-norm.js";
export { MultiHeadSelfAttention, type MultiHeadSelfAttentionArgs } from "./multi-head-self-attention.js";
export { SpatialSelfAttention, type SpatialSelfAttentionArgs } from "./spatial-self-attention.js";
export { ClassToken, PositionalEmbedding, SelectToken, type SelectTokenArgs, type TokenWeightArgs } from "./tokens.js";
export { ImageRows, Patches, type ImageRowsArgs, type PatchesArgs } from "./patches.js";
export {
  calculateGain,
  createInitializer,
  INITIALIZER_NAMES,
  type FanName,
  type InitializerName,
  type InitializerOptions,
  type Nonlinearity,
} from "./create-initializer.js";
export { seedFor, torchUniform, type Initializer, type InitializerLike } from "./initializers.js";
export { SequencePooling, type SequencePoolingArgs } from "./sequence-pooling.js";
export { SinusoidalEmbedding } from "./sinusoidal-embedding.js";
export { withoutWeights } from "./weightless.js";
export type { LayerArgs } from "./support.js";
export type { KernelArgs } from "./kernel-layer.js";
export { UnfoldConv2d, type UnfoldConv2dArgs } from "./unfold-conv2d.js";
