export { allWeights, freeze, frozenWeights, unfreeze } from "./freeze.js";
export { loadWeights, type LoadedWeights, type LoadWeightsOptions } from "./load.js";
export type { ModelOrigin } from "./metadata.js";
export type { WeightNames } from "./names.js";
export { resamplePositions, type TokenGrid } from "./position.js";
export { saveWeights, type SaveWeightsOptions } from "./save.js";
export type { WeightFile } from "./read-weight-file.js";
export { readWeights, type ReadWeightsOptions } from "./read-weights.js";
