/**
 * The benches' stored results beside the studies': checked against their own samples, and what a text can name of them.
 */
import {
  measuresOf,
  recheckBench,
  storeCommand,
  type StoredBench,
  type StoredBenchName,
} from "../../bench/stored-bench.js";
import type { Labelled } from "./verify-images.js";
import type { StoredPredictions } from "../../study/study-result.js";
import { round } from "../../bench/bench-case.js";
import { benchTable, benchTexts } from "../../bench/tables/index.js";
import type { Figures } from "./figures.js";
import { recheckPredictions, whyOtherImages } from "./recompute.js";

/**
 * @param images a dataset by its name, or why it cannot be had
 * @returns how much does not follow from the samples, and from the predictions where some are stored
 */
export async function verifyBench(
  result: StoredBench,
  images: (name: string) => Promise<Labelled | string>,
  print: (line: string) => void,
): Promise<number> {
  const predictions = predictionsOf(result);
  const problems = recheckBench(result);
  const notComputed: string[] = [];
  for (const [name, stored] of predictions) {
    const dataset = await images(stored.test.dataset);
    const why = typeof dataset === "string" ? dataset : whyOtherImages({ predictions: { [name]: stored } }, dataset);
    if (why !== undefined) notComputed.push(why);
    problems.push(...recheckPredictions(stored, why ?? dataset).map((problem) => `${name}: ${problem}`));
    const measured = result.metrics.find((each) => each.case === name && each.metric === "test accuracy")?.samples[
      "ours"
    ]?.[0];
    if (measured !== round(100 * stored.accuracy))
      problems.push(
        `${name}: the accuracy measured is ${measured} %, that of the predictions ${round(100 * stored.accuracy)} %`,
      );
  }
  const { bench, rows, date, machine, commit } = result;
  const how =
    notComputed.length === 0
      ? "computed again from predictions and labels"
      : `not computed again from the labels: ${notComputed.join("; ")}`;
  const runs = `${predictions.length} run${predictions.length > 1 ? "s" : ""}`;
  const again = predictions.length === 0 ? "" : `accuracy of ${runs} ${how}; `;
  const came = `${date.slice(0, 10)}, commit ${commit}, the machine ${machine.state}`;
  const agrees = `${rows.length} rows computed again from their samples; ${again}${came}`;
  print(`bench/${bench}: ${problems.length === 0 ? agrees : "DIFFERS"}`);
  for (const problem of problems) print(`    ${problem}`);
  return problems.length;
}

/** By case: those that a bench which trains stores. */
function predictionsOf({ cases = {} }: StoredBench): [name: string, stored: StoredPredictions][] {
  return Object.entries(cases).flatMap(([name, { predictions }]) =>
    predictions === undefined ? [] : [[name, predictions as StoredPredictions]],
  );
}

/** The numbers of a stored bench, as texts name them. */
export function benchFigures(result: StoredBench): Figures {
  return {
    name: `bench/${result.bench}`,
    result: { ...result, measures: { ...measuresOf(result), ...benchTexts(result) } },
    table: (name) => benchTable(result, name),
  };
}

/** Of a bench that nothing is stored of, a text says so in place of its numbers. */
export function figuresNotStored(bench: StoredBenchName): Figures {
  const text = "not measured yet";
  const table = `${text}: \`${storeCommand(bench)}\``;
  return { name: `bench/${bench}`, result: { measures: {} }, placeholder: text, table: () => table };
}
