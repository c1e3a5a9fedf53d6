/**
 * A record of every run: its config, data, machine, numbers and end, as JSON lines, and in the trackers of the field.
 * @module
 */
export type { ActiveRun, EndRunOptions, LogPlace } from "./active-run.js";
export { jsonLines } from "./json-lines.js";
export { liveCurves } from "./live/live-curves.js";
export type { LiveCurvesOptions } from "./live/live-options.js";
export { loggedImages, type LoggedBatch, type LoggedImagesOptions } from "./logged-images.js";
export { mlflow, type MlflowOptions } from "./mlflow/mlflow.js";
export { metricHistory, type MetricHistory } from "./metric-history.js";
export { readRun, readRuns } from "./read-run.js";
export type { BinnedValues, StoredHistograms } from "./record-line.js";
export type {
  ArtifactEntry,
  ConfigEntry,
  EndEntry,
  HistogramsEntry,
  ImagesEntry,
  LoggedImage,
  PlainRecord,
  RunLog,
  RunStart,
  RunStatus,
  RunWriter,
  ScalarsEntry,
} from "./run-log.js";
export type { RunRecord } from "./run-record.js";
export { sendRun } from "./send-run.js";
export { startRun, type StartRunOptions } from "./start-run.js";
export { tensorboard, type TensorboardOptions } from "./tensorboard/tensorboard.js";
