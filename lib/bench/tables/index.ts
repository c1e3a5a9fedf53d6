/** The tables that README and the bench page show of stored results: `<!-- bench/kernel table -->`. */
import type { StoredBench } from "../stored-bench.js";
import { aheadText, dataTable } from "./data-table.js";
import { debuggerTable } from "./debugger-table.js";
import { fineTuneTable } from "./fine-tune-table.js";
import { inferenceGoalsText, inferenceTable } from "./inference-table.js";
import { kernelTable } from "./kernel-table.js";
import { mixedPrecisionTable } from "./mixed-precision-table.js";
import { sweepGoalsText, sweepTable, sweepText } from "./sweep-table.js";
import { briefTable, costTable, goalsText, gpuTable, scalingTable, stepTable } from "./training-table.js";
import { averagingTable, globalStepTable, paperTable, workersTexts } from "./workers-table.js";

/** By the result's name and the table's. */
const TABLES: Readonly<Record<string, (result: StoredBench) => string>> = {
  "kernel table": kernelTable,
  "kernel-debugger table": debuggerTable,
  "training table": stepTable,
  "training brief": briefTable,
  "training costs": costTable,
  "training scaling": scalingTable,
  "training-gpu table": gpuTable,
  "inference table": inferenceTable,
  "mixed-precision-amx table": mixedPrecisionTable,
  "mixed-precision-amd table": mixedPrecisionTable,
  "mixed-precision-intel table": mixedPrecisionTable,
  "mixed-precision-arm table": mixedPrecisionTable,
  "data table": dataTable,
  "fine-tune table": fineTuneTable,
  "sweep table": sweepTable,
  "sweep-networks table": sweepTable,
  "workers averaging": averagingTable,
  "workers steps": globalStepTable,
  "workers paper": paperTable,
};

const ofSweep = (result: StoredBench): Record<string, string> => {
  return { goals: sweepGoalsText(result), how: sweepText(result) };
};

/** By the result's name. */
const TEXTS: Readonly<Partial<Record<StoredBench["bench"], (result: StoredBench) => Record<string, string>>>> = {
  training: (result) => ({ goals: goalsText(result) }),
  inference: (result) => ({ goals: inferenceGoalsText(result) }),
  data: (result) => ({ ahead: aheadText(result) }),
  sweep: ofSweep,
  "sweep-networks": ofSweep,
  workers: workersTexts,
};

/** @returns the table as Markdown; undefined where there is none of this name */
export function benchTable(result: StoredBench, table: string): string | undefined {
  return TABLES[`${result.bench} ${table}`]?.(result);
}

/** What a text can name beside numbers. */
export function benchTexts(result: StoredBench): Record<string, string> {
  return TEXTS[result.bench]?.(result) ?? {};
}
