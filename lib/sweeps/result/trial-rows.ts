/** A sweep's trials as rows, and rows as the figures of `plots` take them. */
import { didYouMean } from "../../nearest.js";
import type { TrialResult } from "./trial-result.js";

/** A trial by names of settings, metrics and what else is known of it. */
export type Row = Record<string, unknown>;

/** A metric that is called as a setting is has "metrics." before its name. */
export function rowOf({ trial, config, metrics, status, seconds, error }: TrialResult<object>): Row {
  const named = Object.entries(metrics).map(([name, value]) => [name in config ? `metrics.${name}` : name, value]);
  const found = Object.fromEntries(named) as Row;
  return { trial, ...config, ...found, status, seconds, ...(error !== null && { error }) };
}

/** @throws RangeError for a name that no row has: it lists those that there are */
function checkNames(fn: string, rows: readonly Row[], names: readonly string[]): void {
  const known = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `${fn}: a name must be one of ${known.join(", ")}, got ${unknown}${didYouMean(unknown, known)}`,
    );
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
const measured = (value: unknown): number | null => (typeof value === "number" ? value : null);
const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? null));

/** Points by two quantities: a row that lacks one has null there; NaN is what a diverged trial reported. */
export function seriesOf(
  rows: readonly Row[],
  { x, y, by, name }: { readonly x: string; readonly y: string; readonly by: string | null; readonly name: string },
) {
  checkNames("series", rows, [x, y, ...(by === null ? [] : [by])]);
  const groups = by === null ? [name] : [...new Set(rows.map((row) => textOf(row[by])))];
  return groups.map((group) => {
    const own = rows.filter((row) => by === null || textOf(row[by]) === group);
    return {
      name: by === null ? name : `${by} ${group}`,
      x: own.map((row) => measured(row[x])),
      y: own.map((row) => measured(row[y])),
      labels: own.map((row) => String(row["trial"])),
    };
  });
}

/** A quantity is one of numbers where each row that has it has a number. */
export function axesOf(rows: readonly Row[], names: readonly string[]) {
  checkNames("axes", rows, names);
  const isThere = (value: unknown): boolean => value !== undefined && value !== null && !Number.isNaN(value);
  const isDrawn = (value: unknown): boolean => isThere(value) && Math.abs(numberOf(value)) !== Infinity;
  const whole = rows.filter((row) => names.every((name) => isDrawn(row[name])));
  return names.map((label) => {
    const values = whole.map((row) => row[label]);
    const isNumbers = values.every((value) => typeof value === "number");
    return { label, values: isNumbers ? (values as number[]) : values.map(textOf) };
  });
}

/** Means over the rows of each pair of values. */
export function gridOf(
  rows: readonly Row[],
  { x, y, value }: { readonly x: string; readonly y: string; readonly value: string },
) {
  checkNames("grid", rows, [x, y, value]);
  const places = (name: string): number[] =>
    [...new Set(rows.map((row) => numberOf(row[name])))].filter(Number.isFinite).sort((a, b) => a - b);
  const [xs, ys] = [places(x), places(y)];
  const mean = (at: number, up: number): number => {
    const found = rows
      .filter((row) => row[x] === at && row[y] === up)
      .map((row) => numberOf(row[value]))
      .filter(Number.isFinite);
    return found.reduce((sum, one) => sum + one, 0) / found.length; // NaN of none
  };
  return { x: xs, y: ys, values: ys.map((up) => xs.map((at) => mean(at, up))) };
}
