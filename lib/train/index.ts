/**
 * Training, evaluating and predicting: `fit`, losses, optimizers, learning-rate schedules, checkpoints.
 * @module
 */
export { adam, ADAM_DEFAULTS, adamW, ADAMW_DEFAULTS, type AdamConfig, type AdamOptions } from "./adam.js";
export { cluster, type Cluster } from "./cluster.js";
export {
  averageGradients,
  batchGradients,
  gradientDistance,
  splitBatch,
  type BatchGradients,
  type BatchGradientsOptions,
} from "./data-parallel.js";
export { evaluate, type EvaluateConfig, type EvaluateOptions } from "./evaluate.js";
export type { Evaluation } from "./evaluation.js";
export type { TestTimeAugmentation } from "./test-time.js";
export type { LookaheadConfig, LookaheadOptions } from "./lookahead.js";
export type { ParameterGroup, ParameterGroupConfig } from "./parameter-groups.js";
export { loadCheckpoint, type LoadedCheckpoint } from "./checkpoint.js";
export { fit } from "./fit.js";
export type { CheckpointOptions, FitCallbacks, FitOptions } from "./fit-options.js";
export { FIT_DEFAULTS, type FitConfig, type FitConfigOptions } from "./fit-config.js";
export type { History } from "./history.js";
export type { EpochRecord, LossEntry, NotFinite } from "./history-entries.js";
export { crossEntropy, softmaxCrossEntropy, type LossConfig, type LossOptions } from "./loss.js";
export type { LossFunction, LossRecord, MetricFunction, Metrics } from "./own-functions.js";
export {
  silentProgress,
  terminalProgress,
  type EndedBy,
  type Measured,
  type Measurement,
  type Progress,
  type Standing,
} from "./progress.js";
export {
  checkSchedule,
  learningRateAt,
  momentumAt,
  SCHEDULE_DEFAULTS,
  type ScheduleConfig,
  type ScheduleName,
  type ScheduleOptions,
} from "./schedule.js";
export { createOptimizer, type Optimizer, type Named, type OptimizerConfig, type OptimizerName } from "./optimizer.js";
export { rmsprop, RMSPROP_DEFAULTS, type RmspropConfig, type RmspropOptions } from "./rmsprop.js";
export { sgd, SGD_DEFAULTS, type SgdConfig, type SgdOptions } from "./sgd.js";
export type { WeightDecayConfig, WeightDecayOptions } from "./weight-decay.js";
export { modelUse, setModelUse, type ModelUse } from "../models/model-use.js";
export { profileStep, type ProfileStepOptions } from "./profile-step.js";
export { whiten, type Whitening, type WhitenOptions } from "./whiten.js";
export { predict, type PredictOptions } from "./predict.js";
export type { Prediction, RankedClass } from "./prediction.js";
export type { ImageLike } from "./read-image.js";
export { accuracyPerClass } from "../analysis/predictions/accuracy-per-class.js";
export { calibrationError } from "../analysis/predictions/calibration-error.js";
