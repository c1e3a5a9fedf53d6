/** Several runs as a notebook shows them: how they ended, which settings differ, what came out. */
import { DISPLAY, grouped, shownAs, type ShowsItself } from "../shown.js";
import { table, type Cell } from "../table.js";
import { flattened } from "./flattened.js";
import type { PlainRecord } from "./run-log.js";
import type { RunRecord } from "./run-record.js";

/** Settings that differ, of which columns are made, and runs that are shown, the latest ones. */
const MOST_SETTINGS = 5;
const MOST_RUNS = 50;

/** What of a result stands in a line of a list: the first of these that it has. */
const MAIN = ["test/accuracy", "validation/accuracy", "accuracy", "best_accuracy", "train/accuracy", "error"];

/** What a reader looks for first in a result: what ended it badly, else a measure; undefined where it has neither. */
export function mainResult(
  status: string,
  result: PlainRecord,
): { readonly name: string; readonly value: unknown } | undefined {
  const names = ["not_finite", ...(status === "failed" ? ["error"] : []), ...MAIN];
  const known = names.find((name) => result[name] !== undefined);
  const name = known ?? Object.keys(result).find((key) => typeof result[key] === "number");
  return name === undefined ? undefined : { name, value: result[name] };
}

/** The last number of each metric. */
export function lastValues({ scalars }: Pick<RunRecord, "scalars">): Record<string, number> {
  const last: Record<string, number> = {};
  for (const { values } of scalars) Object.assign(last, values); // not all at once: a run may have a million
  return last;
}

/** The same runs; a notebook shows a table of them. */
export function asRuns<One extends RunRecord>(runs: One[]): One[] & ShowsItself {
  return shownAs(runs, (shown) => runsTable(shown.slice(-MOST_RUNS), shown.length)[DISPLAY]());
}

function runsTable(runs: readonly RunRecord[], count: number) {
  const settings = differing(runs);
  const rows = runs.map((run): Cell[] => {
    const { id, status, scalars, seconds, config, result } = run;
    const own = new Map(flattened(config));
    const found = mainResult(status, { ...lastValues(run), ...result });
    return [
      id,
      status,
      grouped(scalars.at(-1)?.step ?? 0),
      `${seconds.toFixed(1)} s`,
      ...settings.map((name) => cellOf(own.get(name))),
      found === undefined ? null : `${found.name} ${cellOf(found.value)}`,
    ];
  });
  const more = count > runs.length ? `the latest ${runs.length} of ${grouped(count)} runs` : null;
  return table(["run", "status", "steps", "time", ...settings, "result"], rows, more);
}

/** Settings that not all of the runs have alike, in the order in which they come. */
function differing(runs: readonly RunRecord[]): string[] {
  const configs = runs.map(({ config }) => new Map(flattened(config)));
  const names = [...new Set(configs.flatMap((config) => [...config.keys()]))];
  const textsOf = (name: string) => new Set(configs.map((config) => JSON.stringify(config.get(name)) ?? ""));
  return names.filter((name) => textsOf(name).size > 1).slice(0, MOST_SETTINGS);
}

function cellOf(value: unknown): Cell {
  if (typeof value === "number") return Number.isFinite(value) ? Number(value.toPrecision(4)) : String(value);
  if (typeof value === "string" || value === undefined || value === null) return value;
  return JSON.stringify(value);
}
