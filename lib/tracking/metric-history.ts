import { aNatural, anyNumber, aTitle, checkArguments, listOf, recordOf, withFields } from "../checks.js";
import { didYouMean } from "../nearest.js";
import { shownAs } from "../shown.js";
import type { ScalarsEntry } from "./run-log.js";

/** One metric of a run, step by step, as `plots.lines` takes a series. */
export interface MetricHistory {
  /** The metric. */
  readonly name: string;
  /** Steps, rising. */
  readonly x: readonly number[];
  /** Its values at them; NaN or infinite where the run diverged. */
  readonly y: readonly number[];
}

const entry = withFields("{ step, values }", { step: aNatural, values: recordOf(anyNumber) }, "values");
const aRecord = withFields("a run's record, as readRun gives it", { scalars: listOf(entry) }, "scalars");

/**
 * A metric of a recorded run over its steps: `plots.lines({ title, series: [metricHistory(run, "train/loss")], xLabel,
 * yLabel })`. Of several runs: `runs.map((run) => ({ ...metricHistory(run, "train/loss"), name: run.id }))`.
 *
 * @param run as `readRun` and `readRuns` give it
 * @param name of the metric, "validation/accuracy"
 * @throws RangeError for a metric that the run did not log; it lists those that it did
 */
export function metricHistory(
  run: { readonly scalars: readonly Pick<ScalarsEntry, "step" | "values">[] },
  name: string,
): MetricHistory {
  checkArguments("metricHistory", { run, name }, { run: aRecord, name: aTitle });
  const found = run.scalars.flatMap(({ step, values }) => (Object.hasOwn(values, name) ? [[step, values[name]!]] : []));
  if (found.length === 0) {
    const known = [...new Set(run.scalars.flatMap(({ values }) => Object.keys(values)))];
    const listed = known.join(", ") || "(the run logged none)";
    throw new RangeError(`metricHistory: name must be one of ${listed}, got ${name}${didYouMean(name, known)}`);
  }
  const history: MetricHistory = { name, x: found.map(([step]) => step!), y: found.map(([, value]) => value!) };
  return shownAs(history, ({ x, y }) => {
    const steps = `steps ${x[0]} to ${x.at(-1)}`;
    return { "text/plain": `${name}: ${x.length} values, ${steps}, last ${y.at(-1)}: a series of plots.lines` };
  });
}
