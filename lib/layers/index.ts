export { layerNorm, LayerNorm, type LayerNormArgs } from "./layer-norm.js";
export { MultiHeadSelfAttention, type MultiHeadSelfAttentionArgs } from "./multi-head-self-attention.js";
export { SpatialSelfAttention, type SpatialSelfAttentionArgs } from "./spatial-self-attention.js";
export { ClassToken, PositionalEmbedding, SelectToken, type SelectTokenArgs, type TokenWeightArgs } from "./tokens.js";
export { ImageRows, Patches, type ImageRowsArgs, type PatchesArgs } from "./patches.js";
export { seedFor, torchUniform, type Initializer, type InitializerLike } from "./initializers.js";
export { SequencePooling, type SequencePoolingArgs } from "./sequence-pooling.js";
export { SinusoidalEmbedding } from "./sinusoidal-embedding.js";
