export { adam, ADAM_DEFAULTS, adamW, ADAMW_DEFAULTS, type AdamConfig, type AdamWConfig, type Optimizer } from "./adam.js";
export { evaluate, type EvaluateConfig, type EvaluateOptions, type Evaluation } from "./evaluate.js";
export { fit, FIT_DEFAULTS, type FitConfig, type FitOptions } from "./fit.js";
export type { History } from "./history.js";
export { softmaxCrossEntropy } from "./loss.js";
export { silentProgress, terminalProgress, type Progress, type Standing } from "./progress.js";
export { sgd, SGD_DEFAULTS, type SgdConfig } from "./sgd.js";
