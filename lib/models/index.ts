export { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
export { compactTransformer, type CompactTransformerConfig } from "./compact-transformer.js";
export type { CompactName } from "./compact-variants.js";
export { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";
export { resnet, type ResnetConfig } from "./resnet.js";
export { vit, type VitConfig } from "./vit.js";
export type { ModelConfig } from "./parts.js";
export { createModel, registry, type ModelConfigs, type ModelEntry, type ModelName } from "./registry.js";
