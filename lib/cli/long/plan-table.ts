/** A study's plan for a person: a row for each unit, with how far it is. */
import { percentText, type ShowsItself } from "../../shown.js";
import { table, type Table } from "../../table.js";
import type { Unit } from "./long-plan.js";
import type { Begun, BegunRun, UnitState } from "./unit-state.js";

/** A unit with how far it is. */
export interface UnitLine {
  readonly unit: Unit;
  readonly state: UnitState;
}

/** Every unit of a study's plan, as a table. */
export function planTable(lines: readonly UnitLine[]): Table & ShowsItself {
  return table(
    ["unit", "state", "hours", "why"],
    lines.map(({ unit, state }) => [unit.runName, stateText(state), unit.hours, unit.why]),
  );
}

/** "stored 2026-11-29", "cnn: 3 of 10 epochs, loss 1.234, accuracy 55.1 %, written 2026-11-29 14:02", "not begun". */
export function stateText(state: UnitState): string {
  if (state.is === "not begun") return state.is;
  if (state.is === "partial") return begunText(state);
  const day = state.result.date.slice(0, 10);
  return state.by === "this notebook" ? `stored ${day}` : `stored by an earlier notebook, ${day}`;
}

function begunText({ runs, sweeps }: Begun): string {
  const done = runs.filter(isDone);
  const last = runs.filter((run) => !isDone(run)).at(-1);
  return [
    ...(done.length === 0 ? [] : [`${done.length} run${done.length === 1 ? "" : "s"} done`]),
    ...(last === undefined ? [] : [runText(last)]),
    ...sweeps.map(({ name, trials }) => `sweep ${name}: ${trials} trials recorded`),
  ].join("; ");
}

/** Whether a run's epochs are all done. */
function isDone({ state }: BegunRun): boolean {
  return state.recorder.epochs.length >= state.config.epochs && !state.recorder.open;
}

function runText({ name, written, state: { config, recorder } }: BegunRun): string {
  const { epochs, batch, lossSum, correct, epochImages } = recorder;
  const [loss, accuracy] =
    epochs.length > 0 ? [epochs.at(-1)!.loss, epochs.at(-1)!.accuracy] : [lossSum / epochImages, correct / epochImages];
  const within = epochs.length === 0 ? ` (batch ${batch} of the first)` : "";
  const found = epochImages === 0 ? "" : `, loss ${loss.toFixed(3)}, accuracy ${percentText(accuracy)}`;
  const when = written.toISOString().slice(0, 16).replace("T", " ");
  return `${name}: ${epochs.length} of ${Math.ceil(config.epochs)} epochs${within}${found}, written ${when} UTC`;
}

/** Seconds that a unit still takes by its plan; undefined where the plan does not say. */
export function secondsLeft({ unit, state }: UnitLine): number | undefined {
  if (state.is === "stored") return 0;
  if (unit.hours === undefined) return undefined;
  const spent = state.is === "partial" ? state.runs.map((run) => run.state.recorder.seconds) : [];
  return Math.max(0, 3600 * unit.hours - spent.reduce((sum, seconds) => sum + seconds, 0));
}

/** "3 of 9 units are stored; the others take about 5.5 h". */
export function planSummary(lines: readonly UnitLine[]): string {
  const left = lines.filter(({ state }) => state.is !== "stored");
  const stored = `${lines.length - left.length} of ${lines.length} units are stored`;
  if (left.length === 0) return stored;
  return `${stored}; ${left.length === 1 ? "the other takes" : "the others take"} ${leftText(left.map(secondsLeft))}`;
}

/** "about 5.5 h", "5.5 h and what is not said of 2 units". */
export function leftText(seconds: readonly (number | undefined)[]): string {
  const known = seconds.filter((each) => each !== undefined);
  const unknown = seconds.length - known.length;
  const hours = (known.reduce((sum, each) => sum + each, 0) / 3600).toFixed(1);
  if (unknown === 0) return `about ${hours} h`;
  return `about ${hours} h, and ${unknown} unit${unknown === 1 ? "" : "s"} for which the plan names no hours`;
}
