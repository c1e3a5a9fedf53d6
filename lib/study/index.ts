/**
 * What a notebook's cells use to show what they made, hand over what they measured and assert what they claim.
 * @module
 */
export { readClaims, type Claim, type Condition, type Measures, type Size } from "./claims.js";
export { assertClaims, judgeClaims, verdictTable, type Evidence, type Verdict } from "./judge-claims.js";
export { checkSize } from "./check-size.js";
export { checkpoints, type Checkpoints } from "./checkpoints.js";
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
export { table, type Cell, type Table } from "../table.js";
