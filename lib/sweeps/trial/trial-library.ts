import type * as analysis from "../../analysis/index.js";
import type * as backend from "../../backend/index.js";
import type * as datasets from "../../datasets/index.js";
import type * as layers from "../../layers/index.js";
import type * as models from "../../models/index.js";
import type * as plots from "../../plots/index.js";
import type * as safetensors from "../../safetensors/index.js";
import type * as train from "../../train/index.js";

/** The library as a trial is given it: what `import … from "saccade"` gives. */
export interface TrialLibrary {
  /** TensorFlow.js on TensorFlow's library. */
  readonly tf: typeof backend.tf;
  /** `compile`, ops and what else computes. */
  readonly backend: typeof backend;
  /** Data. */
  readonly datasets: typeof datasets;
  /** Layers. */
  readonly layers: typeof layers;
  /** Networks. */
  readonly models: typeof models;
  /** `fit`, `evaluate`, `predict`. */
  readonly train: typeof train;
  /** Summaries, profiles, confusion. */
  readonly analysis: typeof analysis;
  /** Figures. */
  readonly plots: typeof plots;
  /** Files of named tensors. */
  readonly safetensors: typeof safetensors;
}
