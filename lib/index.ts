/**
 * Saccade: models, datasets and training on TensorFlow, in TypeScript.
 * @module saccade
 */
import { showModelsAsTables } from "./analysis/summary/show-model.js";

showModelsAsTables();

export { tf } from "./backend/index.js";
export * as backend from "./backend/index.js";
export * as datasets from "./datasets/index.js";
export * as plots from "./plots/index.js";
export { show, table } from "./study/index.js";
export * as study from "./study/index.js";
export * as analysis from "./analysis/index.js";
export * as layers from "./layers/index.js";
export * as models from "./models/index.js";
export * as train from "./train/index.js";
export * as tracking from "./tracking/index.js";
export * as safetensors from "./safetensors/index.js";
export * as sweeps from "./sweeps/index.js";
