/**
 * Networks by name, models of one's own, and weights in and out.
 * @module
 */
export { airbench, type AirbenchConfig } from "./airbench.js";
export { alexnet, type AlexnetConfig } from "./alexnet.js";
export { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
export { compactTransformer, type CompactTransformerConfig } from "./compact-transformer.js";
export { FAMILIES, type Family, type ModelEntry, type PublishedCount } from "./entry.js";
export { initialize, type InitializeOptions } from "./initialize.js";
export { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";
export { resnet, type ResnetConfig } from "./resnet.js";
export { smallVit, type SmallVitConfig } from "./small-vit.js";
export { vgg, type VggConfig } from "./vgg.js";
export { vit, type VitConfig } from "./vit.js";
export type { VitWeightInit } from "./vit-starts.js";
export type { ModelConfig, Whole } from "./model-config.js";
export { ALIASES, type ModelAlias } from "./model-names.js";
export { listModels, registerModel, type ListModelsOptions } from "./list-models.js";
export type { OwnModel, RegisteredName } from "./registered.js";
export {
  createModel,
  modelConfig,
  outline,
  registry,
  type AnyModelName,
  type ConfigOf,
  type ModelConfigs,
  type ModelName,
} from "./registry.js";
export * from "./weights/index.js";
export { plainModel } from "./browser/plain-model.js";
export { saveLayersModel } from "./browser/save-layers-model.js";
export { exportOnnx, type ExportOnnxOptions } from "./onnx/export-onnx.js";
export type { DownloadProgress, Received } from "../files/download-progress.js";
export { pretrained, publishedWeights, type PublishedOptions, type PublishedWeights } from "./weights/published.js";
export { PUBLISHED, type PublishedRow } from "./weights/published-rows.js";
