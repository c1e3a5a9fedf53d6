/**
 * Figures: plain data in, a figure out that plotly draws, or that is a piece of a page of its own; it also draws
 * itself as SVG and PDF and writes itself as text.
 * @module
 */
export type { DrawnFigure, Figure, PageFigure } from "./figure.js";
export type { FigureOptions, Numbers, Places } from "./figure-checks.js";
export { lines, type LinesOptions, type LineSeries } from "./lines.js";
export { bars, type BarsOptions, type BarSeries } from "./bars.js";
export { scatter, type ScatterOptions, type ScatterSeries } from "./scatter.js";
export {
  paretoFront,
  paretoIndices,
  type Better,
  type ParetoFrontOptions,
  type ParetoOptions,
} from "./pareto-front.js";
export { reliabilityDiagram, type ReliabilityBin, type ReliabilityDiagramOptions } from "./reliability-diagram.js";
export type { Band } from "./curves/bands.js";
export { activations, type ActivationsOptions, type ActivationValues } from "./activations/activations-figure.js";
export type { ActivationName } from "./activations/activation-functions.js";
export { histogram, type HistogramOptions } from "./histogram.js";
export { heatmap, type HeatmapOptions } from "./heatmap.js";
export { contour, type ContourOptions } from "./contour.js";
export { parallelCoordinates, type ParallelAxis, type ParallelCoordinatesOptions } from "./parallel-coordinates.js";
export { confusionMatrix, type ConfusionMatrixOptions, type Normalize } from "./confusion-matrix-figure.js";
export { confusionGrid, type ConfusionGridOptions } from "./confusion-grid/confusion-grid.js";
export { imageGrid, type ImageGridOptions } from "./image-grid.js";
export { attentionOverlay, type AttentionOverlayOptions } from "./attention-overlay.js";
export type { ImageBatch } from "./image-batch.js";
export { opTimeline, type OpTimelineOptions } from "./profiles/op-timeline.js";
export type { TimelineSpan } from "./profiles/merge-spans.js";
export { roofline, type RooflineOptions } from "./profiles/roofline-figure.js";
export type {
  ComputePeak,
  MemoryPeak,
  RooflinePeak,
  RooflinePeaks,
  RooflinePoint,
} from "./profiles/roofline-points.js";
export { stepTimeBreakdown, type StepTimeBreakdownOptions, type StepTimes } from "./profiles/step-time-breakdown.js";
export { stepTimeDifference, type StepTimeDifferenceOptions } from "./profiles/step-time-difference.js";
export { architecture, type ArchitectureOptions, type DiagramModel } from "./architecture/architecture-figure.js";
export type { DiagramLayer } from "./architecture/fold-repeats.js";
