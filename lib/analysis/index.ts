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
export { attentionMaps } from "./attention/attention-overlay-maps.js";
export { attentionRollout, type AttentionRolloutOptions } from "./attention/attention-rollout.js";
export { attentionDistance, type AttentionDistance } from "./attention/attention-distance.js";
export { cosineSimilarity, gridOfGrids, type GridPlaces, type Rows } from "./attention/cosine-similarity.js";
export { positionalEmbeddings, type PositionalEmbeddings } from "./attention/positional-embeddings.js";
export type { TokenGrid } from "./attention/token-places.js";
export {
  accuracyInterval,
  type AccuracyInterval,
  type Counted,
  type IntervalMethod,
  type IntervalOptions,
} from "./predictions/accuracy-interval.js";
export { accuracyPerClass } from "./predictions/accuracy-per-class.js";
export { calibration, type Calibration, type CalibrationOptions } from "./predictions/calibration.js";
export { calibrationError, type CalibrationBin } from "./predictions/calibration-error.js";
export { confusionMatrix, type ConfusionMatrix } from "./predictions/confusion-matrix.js";
export { ensemble, type Ensemble, type EnsembleOptions } from "./predictions/ensemble.js";
export { mcnemar, type McNemar, type McNemarOptions, type Predictions } from "./predictions/mcnemar.js";
export { mostConfused, type ConfusedPair, type MostConfusedOptions } from "./predictions/most-confused.js";
export { overSeeds, type OverSeeds, type OverSeedsOptions } from "./predictions/over-seeds.js";
export { perClassIntervals, type ClassInterval, type PerClassOptions } from "./predictions/per-class-intervals.js";
export type { Answered, Predicted, Scored, StoredClasses } from "./predictions/predicted.js";
export { receptiveFields, type ReceptiveField } from "./receptive-fields/receptive-fields.js";
export { countFlops, type FlopsConvention } from "./summary/flops.js";
export { countMacs, type LayerMacs, type ModelMacs } from "./summary/macs.js";
export { profile, type ProfileOptions } from "./profile/profile.js";
export { CATEGORIES, type Breakdown, type Category, type MainSpan } from "./profile/breakdown.js";
export { layerCosts, type LayerCost } from "./profile/layer-costs.js";
export type { OpAttribute, TensorSpec } from "./profile/graph-nodes.js";
export type { StepMean } from "./profile/measured-step.js";
export { OP_KINDS, type OpKind } from "./profile/op-kinds.js";
export { measurePeaks, type PeakOptions } from "./profile/peaks.js";
export { roofline } from "./profile/roofline.js";
export type { MachinePeaks, MeasuredRate, NotCounted, Roofline, RooflineOp } from "./profile/roofline-types.js";
export type { StepProfile } from "./profile/step-profile.js";
export type { ProfiledOp } from "./profile/step-stats.js";
export { timeline, TIMELINE_CATEGORIES, type TimelineEntry } from "./profile/timeline.js";
export { utilization, type Utilization } from "./profile/utilization.js";
export { toTraceEvents, type TraceEvent, type TraceEvents } from "./profile/trace-events.js";
export { toXSpace, writeXPlane } from "./profile/xplane.js";
export { summary, type LayerSummary, type ModelSummary } from "./summary/model-summary.js";
export { torchsummary, type TorchSummary } from "./summary/torchsummary.js";
export { torchsummaryText } from "./summary/torchsummary-text.js";
export type { TorchRow } from "./summary/torch-modules.js";
export { cloneModel, type CloneModelOptions } from "./pruning/clone-model.js";
export { compareCost, type CompareCostOptions, type CostComparison, type ModelCost } from "./pruning/compare-cost.js";
export { convolutionsAsGemm } from "./pruning/convolutions-as-gemm.js";
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
export {
  channelImages,
  channelRows,
  type CaptionedImages,
  type ChannelImagesOptions,
} from "./features/channel-images.js";
export { cka, type CkaOptions } from "./features/cka.js";
export { ckaMatrix, type CkaMatrix, type CkaMatrixOptions } from "./features/cka-matrix.js";
export { classPoints, type PointSeries } from "./features/class-points.js";
export { embed, type Embedding, type EmbedOptions } from "./features/embed.js";
export { featureMaps, type FeatureMap, type FeatureMapsOptions } from "./features/feature-maps.js";
export { filters, type FiltersOptions } from "./features/filters.js";
export { gradCam, type GradCam, type GradCamOptions } from "./features/grad-cam.js";
export { gradientNorms, type GradientNorms, type GradientNormsOptions } from "./features/gradient-norms.js";
export type { Images, PassOptions, PixelSet } from "./features/image-source.js";
export type { Matrix, MatrixLike } from "./features/matrix.js";
export { normSeries, type NormSeries } from "./features/norm-series.js";
export { pca, type Pca, type PcaOptions } from "./features/pca.js";
export { umap, type UmapOptions } from "./features/umap.js";
export { unitActivity, type UnitActivity, type UnitActivityOptions } from "./features/unit-activity.js";
export { upsampledMaps, type OverlayMaps } from "./features/upsampled-maps.js";
export { architecture, type Architecture, type ArchitectureLayer } from "./architecture.js";
