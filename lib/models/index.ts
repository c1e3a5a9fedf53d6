export { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
export { compactTransformer, type CompactTransformerConfig } from "./compact-transformer.js";
export type { CompactName } from "./compact-variants.js";
export { FAMILIES, type Family, type ModelEntry, type PublishedCount } from "./entry.js";
export { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";
export { resnet, type ResnetConfig } from "./resnet.js";
export { transformer, type TransformerConfig } from "./transformer.js";
export type { ModelConfig } from "./parts.js";
export { createModel, modelConfig, outline, registry, type ModelConfigs, type ModelName } from "./registry.js";
