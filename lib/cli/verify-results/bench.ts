/** The benches' stored results beside the studies': checked against their own samples, and what a text can name of them. */
import { measuresOf, recheckBench, type StoredBench } from "../bench/stored.js";
import { benchTable, benchTexts } from "../bench/tables/index.js";
import type { Figures } from "./figures.js";

/** @returns how many rows do not follow from their samples */
export function verifyBench(result: StoredBench, print: (line: string) => void): number {
  const problems = recheckBench(result);
  const { bench, rows, date, machine, commit } = result;
  print(`bench/${bench}: ${problems.length === 0 ? `${rows.length} rows computed again from their samples; ${date.slice(0, 10)}, commit ${commit}, the machine ${machine.state}` : "DIFFERS"}`);
  for (const problem of problems) print(`    ${problem}`);
  return problems.length;
}

export function benchFigures(result: StoredBench): Figures {
  return { name: `bench/${result.bench}`, result: { ...result, measures: { ...measuresOf(result), ...benchTexts(result) } }, table: (name) => benchTable(result, name) };
}
