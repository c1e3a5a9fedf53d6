/**
 * What a notebook's cells use to show what they made, hand over what they measured and assert what they claim.
 * @module
 */
export { readClaims, type Claim, type Condition, type Measures, type Size } from "./claims.js";
export { assertClaims, judgeClaims, verdictTable, type Evidence, type Verdict } from "./judge-claims.js";
export { checkSize } from "./check-size.js";
export { checkpoints, type Checkpoints } from "./checkpoints.js";
export { begin } from "./begin.js";
export { Study, type StudyParameters } from "./study.js";
export type { StudyRun, StudyRunOptions } from "./study-run.js";
export type { AccuracyTableOptions } from "./study-tables.js";
export type { EpochCurvesOptions, EpochMeasure, LossCurvesOptions } from "./study-curves.js";
export { chosen } from "./chosen.js";
export { report } from "./report.js";
export type {
  EpochEntry,
  EpochMeasurement,
  LossEntry,
  ReportOptions,
  RunPredictions,
  StoredPredictions,
  StudyPart,
  StudyResult,
  TestImages,
} from "./study-result.js";
export { show, toBundle } from "./show.js";
export type { MimeBundle, ShowsItself } from "../shown.js";
export { storedResult, storedResults, type StoredResult } from "./stored-result.js";
export { partialResults, type PartialResult, type PartialRun } from "./partial-result.js";
export { table, type Cell, type Table } from "../table.js";
