import { aTitle, checkArguments, oneOf, optional, orNull, someOf } from "../../checks.js";
import { escapeHtml } from "../../escape-html.js";
import { DISPLAY, shownAs, type ShowsItself } from "../../shown.js";
import type { Table } from "../../table.js";
import type { TrialState } from "../record/trial-record.js";
import type { Config } from "../space/space.js";
import { ranked, resultTable, summaryText } from "./result-table.js";
import type { TrialResult } from "./trial-result.js";
import { axesOf, gridOf, rowOf, seriesOf } from "./trial-rows.js";

/** Two quantities of trials, as `plots.scatter` takes a series. */
export interface TrialSeries {
  /** The sweep's name, or the setting and its value. */
  readonly name: string;
  /** By trial; null where it lacks the quantity. */
  readonly x: (number | null)[];
  /** By trial; null where it lacks the quantity. */
  readonly y: (number | null)[];
  /** By trial: what is said of it. */
  readonly labels: string[];
}

/** One quantity of trials, as `plots.parallelCoordinates` takes an axis. */
export interface TrialAxis {
  /** The quantity's name. */
  readonly label: string;
  /** By trial. */
  readonly values: number[] | string[];
}

/** A quantity over two others, as `plots.contour` takes it. */
export interface TrialGrid {
  /** The first one's values, ascending. */
  readonly x: number[];
  /** The second one's values, ascending. */
  readonly y: number[];
  /** values[y][x]: means over trials, NaN where there is none. */
  readonly values: number[][];
}

/** What came of a sweep; in a notebook its table. */
export interface SweepResult<One extends object = Config> extends ShowsItself {
  /** The sweep's. */
  readonly name: string;
  /** Where its records lie. */
  readonly folder: string;
  /** In the space's order. */
  readonly trials: readonly TrialResult<One>[];
  /** Whether an interrupt ended it before its last trial; the same call goes on. */
  readonly interrupted: boolean;
  /** What a reader should know of how it ran. */
  readonly notes: readonly string[];
  /** Wall time of this call. */
  readonly seconds: number;
  /**
   * The trial with the best metric, as it was last reported.
   *
   * @param metric default the sweep's own
   * @param mode "max" or "min"; default the sweep's own
   * @returns undefined where no trial has that metric
   */
  best(metric?: string, mode?: "max" | "min"): TrialResult<One> | undefined;
  /** A row for each trial: its number, config, metrics, status and seconds, by name. Plain data. */
  rows(): Record<string, unknown>[];
  /** The rows as a table, the best one first where the sweep has a metric. */
  table(): Table & ShowsItself;
  /**
   * Two quantities of all trials as `plots.scatter` takes them, null where a trial lacks one; a series for each value
   * of `by`, where it is given.
   */
  series(x: string, y: string, by?: string | null): TrialSeries[];
  /** Quantities as `plots.parallelCoordinates` takes them; trials that lack one are left out. */
  axes(names: readonly string[]): TrialAxis[];
  /** A quantity over two others as `plots.contour` takes it: means over trials, NaN where there is none. */
  grid(x: string, y: string, value: string): TrialGrid;
}

interface Facts<One extends object> {
  readonly name: string;
  readonly folder: string;
  readonly configs: readonly One[];
  readonly states: readonly TrialState[];
  readonly interrupted: boolean;
  readonly notes: readonly string[];
  readonly seconds: number;
  readonly metric: string | null;
  readonly mode: "max" | "min";
}

/** What came of a sweep, from how its trials stand. */
export function sweepResult<One extends object>(facts: Facts<One>): SweepResult<One> {
  const { name, folder, interrupted, notes, seconds } = facts;
  const trials = facts.configs.map((config, trial) => trialOf(config, trial, facts.states[trial]!));
  const own = facts.metric ?? undefined;
  const rows = (): Record<string, unknown>[] => trials.map(rowOf);
  const asTable = () => {
    const first = own === undefined ? [] : ranked(trials, own, facts.mode);
    const all = [...first, ...trials.filter((one) => !first.includes(one))];
    return resultTable(all.map(rowOf), `${name}: ${summaryText(trials)}`);
  };
  const methods: Pick<SweepResult<One>, "best" | "rows" | "table" | "series" | "axes" | "grid"> = {
    best: (metric = own, mode = facts.mode) => {
      checkArguments("best", { metric, mode }, { metric: optional(aTitle), mode: oneOf(["max", "min"]) });
      return metric === undefined ? undefined : ranked(trials, metric, mode)[0];
    },
    rows,
    table: asTable,
    series: (x, y, by = null) => {
      checkArguments("series", { x, y, by }, { x: aTitle, y: aTitle, by: orNull(aTitle) });
      return seriesOf(rows(), { x, y, by, name });
    },
    axes: (names) => {
      checkArguments("axes", { names }, { names: someOf(aTitle) });
      return axesOf(rows(), names);
    },
    grid: (x, y, value) => {
      checkArguments("grid", { x, y, value }, { x: aTitle, y: aTitle, value: aTitle });
      return gridOf(rows(), { x, y, value });
    },
  };
  const plain = { name, folder, trials, interrupted, notes, seconds };
  // Not among its fields: JSON and comparisons do not see them.
  for (const [key, value] of Object.entries(methods)) Object.defineProperty(plain, key, { value });
  return shownAs(plain as typeof plain & typeof methods, () => {
    const bundle = asTable()[DISPLAY]();
    const said = notes.map((note) => `${note}.`);
    return {
      "text/html": `${String(bundle["text/html"])}${said.map((note) => `<p>${escapeHtml(note)}</p>`).join("")}`,
      "text/plain": [String(bundle["text/plain"]), ...said].join("\n"),
    };
  });
}

function trialOf<One extends object>(config: One, trial: number, state: TrialState): TrialResult<One> {
  const { status, error, ...rest } = state;
  return {
    trial,
    config,
    status: status === "running" ? "interrupted" : status,
    error: error?.message ?? null,
    ...rest,
  };
}
