/**
 * What a trained network does: its errors, what it looks at, what it costs.
 * @module
 */
export { attentionLayers, attentionWeights, type AttentionWeights } from "./attention/attention-weights.js";
export {
  attentionMap,
  attentionSpread,
  type AttentionMap,
  type AttentionMapOptions,
  type TokenPlaces,
} from "./attention/attention-maps.js";
export { attentionRollout, type AttentionRolloutOptions } from "./attention/attention-rollout.js";
export { attentionDistance, type AttentionDistance } from "./attention/attention-distance.js";
export { cosineSimilarity, gridOfGrids, type GridPlaces, type Rows } from "./attention/cosine-similarity.js";
export { positionalEmbeddings, type PositionalEmbeddings } from "./attention/positional-embeddings.js";
export type { TokenGrid } from "./attention/token-places.js";
export { confusionMatrix, type ConfusionMatrix } from "./confusion-matrix.js";
export { countMacs, type LayerMacs, type ModelMacs } from "./summary/macs.js";
export { profile, type ProfileOptions, type StepProfile } from "./profile/profile.js";
export { CATEGORIES, type Breakdown, type Category, type MainSpan } from "./profile/breakdown.js";
export { layerCosts, type LayerCost } from "./profile/layer-costs.js";
export type { OpAttribute, TensorSpec } from "./profile/graph-nodes.js";
export type { StepMean } from "./profile/measured-step.js";
export { OP_KINDS, type OpKind } from "./profile/op-kinds.js";
export { measurePeaks, type PeakOptions } from "./profile/peaks.js";
export { roofline } from "./profile/roofline.js";
export type { MachinePeaks, MeasuredRate, NotCounted, Roofline, RooflineOp } from "./profile/roofline-types.js";
export type { ProfiledOp } from "./profile/step-stats.js";
export { toTraceEvents, type TraceEvent, type TraceEvents } from "./profile/trace-events.js";
export { toXSpace, writeXPlane } from "./profile/xplane.js";
export { summary, type LayerSummary, type ModelSummary } from "./summary/model-summary.js";
export { torchsummary, type TorchSummary } from "./summary/torchsummary.js";
export type { TorchRow } from "./summary/torch-modules.js";
export { cloneModel, type CloneModelOptions } from "./pruning/clone-model.js";
export { maskUnits } from "./pruning/mask-units.js";
export { prunableLayers, type PrunableLayer } from "./pruning/prunable-layers.js";
export { prune } from "./pruning/prune.js";
export { pruneStepwise } from "./pruning/prune-stepwise.js";
export type { PruningProgress, PruningWork } from "./pruning/pruning-progress.js";
export type { PruningStep, StepwisePruning } from "./pruning/pruning-steps.js";
export type { PruneStepwiseOptions } from "./pruning/stepwise-options.js";
export {
  rankUnits,
  type RankedUnit,
  type RankUnitsOptions,
  type UnitNorm,
  type UnitRanking,
} from "./pruning/rank-units.js";
export type { UnitsByLayer } from "./pruning/removal.js";
