/** What the public doors of figures refuse, and which numbers figures draw. */
import {
  aList,
  aText,
  aTitle,
  checkValue,
  either,
  listOf,
  optional,
  orNull,
  someOf,
  tagOf,
  type Rule,
  type Rules,
} from "../checks.js";

/** What every figure takes. */
export interface FigureOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** What there is to see, or how it is read, below the title. Default, and null: nothing. */
  readonly caption?: string | null;
  /** Where the numbers come from, below the title: data, seed, command. Default, and null: nothing. */
  readonly source?: string | null;
  /** The run that it shows, or the runs, by their IDs: written behind the source. Default, and null: nothing. */
  readonly run?: string | readonly string[] | null;
}

/** Rules of {@link FigureOptions}. */
export const TITLED: Rules = {
  title: aTitle,
  source: optional(orNull(aText)),
  caption: optional(orNull(aText)),
  run: optional(orNull(either(aTitle, someOf(aTitle)))),
};

/** A number that a figure has a place for. */
export const aDrawnNumber: Rule = {
  what: "a number of at most ±1e300",
  kindFits: (value) => typeof value === "number",
  holds: (value) => isDrawn(value),
};

/** Rows of values, one or more; whether they are of one length says {@link checkRows}. */
export const someRows: Rule = someOf(aList);

/** Names of classes, columns, categories. */
export const someNames: Rule = listOf(aText);

/** @throws RangeError when `values` does not hold `length` entries */
export function checkLength(where: string, name: string, values: ArrayLike<unknown>, length: number, of: string): void {
  if (values.length !== length)
    throw new RangeError(`${where}: ${name} must hold one entry for each of the ${length} ${of}, got ${values.length}`);
}

/** Rows of one length. @throws RangeError when there is no cell, or rows differ in length, TypeError for no numbers */
export function checkRows(
  where: string,
  name: string,
  rows: ArrayLike<Numbers>,
): { readonly rows: number; readonly columns: number } {
  const columns = rows[0]?.length ?? 0;
  if (columns === 0)
    throw new RangeError(`${where}: ${name} must hold one cell or more, got ${rows.length} × ${columns}`);
  for (let i = 0; i < rows.length; i++) {
    if (rows[i]?.length !== columns)
      throw new RangeError(
        `${where}: ${name} must have rows of one length, got ${columns} and ${rows[i]?.length} (row ${i})`,
      );
  }
  for (let i = 0; i < rows.length; i++) checkValue(where, `row ${i} of ${name}`, rows[i], someNumbers);
  return { rows: rows.length, columns };
}

/** Numbers beyond this are not drawn: a figure measures distances between them, which must stay numbers too. */
const LARGEST = 1e300;
/** Numbers nearer to each other than this are one place; on a logarithmic axis smaller ones are not drawn. */
export const SMALLEST = 1e-300;

/** Whether a figure has a place for a value: at most ±1e300, and above 0 (1e-300 or more) on a logarithmic axis. */
export function isDrawn(value: unknown, log = false): value is number {
  return typeof value === "number" && Math.abs(value) <= LARGEST && (!log || value >= SMALLEST);
}

/** A number that no figure has a place for, as a run that diverged ends with; null and undefined are missing ones. */
export function isGone(value: unknown): value is number {
  return typeof value === "number" && !isDrawn(value);
}

/** Numbers, of which some may be missing: null and undefined are what JSON and a measurement left out make of NaN. */
export const someNumbers: Rule = {
  what: "an array of numbers",
  holds: (value) =>
    aList.holds(value) &&
    Array.from(value as ArrayLike<unknown>).every((one) => one == null || typeof one === "number"),
};

/** Places of points: numbers, or dates. */
export const somePlaces: Rule = {
  what: "an array of numbers, or of dates",
  holds: (value) =>
    someNumbers.holds(value) || (aList.holds(value) && Array.from(value as ArrayLike<unknown>).every(isDate)),
};

/** Numbers of a figure: null, or undefined, where one was not measured; NaN is a number that a run ended with. */
export type Numbers = ArrayLike<number | null | undefined>;

/** What the places of points are given as. */
export type Places = Numbers | readonly Date[];

const isDate = (value: unknown): value is Date => tagOf(value) === "Date";

/**
 * Whether the places of all series are dates.
 * @throws TypeError where some are, and some are numbers, RangeError for dates on a logarithmic axis
 */
export function areDates(where: string, places: readonly (Places | undefined)[], log: boolean): boolean {
  const dated = places.filter((one) => one !== undefined && one.length > 0 && isDate(one[0])).length;
  if (dated > 0 && dated < places.length)
    throw new TypeError(
      `${where}: x must be dates in every series or in none, got them in ${dated} of ${places.length}`,
    );
  if (dated > 0 && log) throw new RangeError(`${where}: logX must be false where x are dates, got logX=true`);
  return dated > 0;
}

/** The same numbers, NaN where one is missing; of a date the milliseconds since 1970. */
export function numbersOf(values: ArrayLike<number | Date | null | undefined>): number[] {
  return Array.from(values, (value) => (isDate(value) ? value.getTime() : (value ?? NaN)));
}

/**
 * Numbers as JSON holds them: as few digits as leave each in its place, to a millionth of what they span, and null for
 * what is not drawn.
 */
export function plainNumbers(values: ArrayLike<number>, log = false): (number | null)[] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (isDrawn(values[i], log)) [least, greatest] = [Math.min(least, values[i]!), Math.max(greatest, values[i]!)];
  }
  const most = (greatest - least) * 1e-6;
  return Array.from(values, (value) => {
    if (!isDrawn(value, log)) return null;
    const short = Number(value.toPrecision(7));
    return log || Math.abs(short - value) <= most || least === greatest ? short : value;
  });
}

/**
 * What stands below a figure's title: its caption on a line of its own, then its source, its run and notes of what it
 * leaves out.
 */
export function withNotes(
  { caption, source, run }: Omit<FigureOptions, "title">,
  notes: readonly (string | false)[] = [],
): string | undefined {
  const runs = typeof run === "string" ? [run] : Array.from(run ?? []);
  const named = runs.length > 0 && `run${runs.length > 1 ? "s" : ""} ${runs.join(", ")}`;
  const below = [source, named, ...notes].filter((one) => typeof one === "string" && one !== "").join("; ");
  return caption ? `${caption.replaceAll(/\s+/g, " ")}\n${below}` : below || undefined;
}

/** The two parts of what stands below a title. */
export function captionAndSource(below: string | undefined): readonly [caption: string, source: string] {
  if (below === undefined) return ["", ""];
  const end = below.indexOf("\n");
  return end < 0 ? ["", below] : [below.slice(0, end), below.slice(end + 1)];
}

/** "3 of 500 values are not drawn: not finite" */
export function leftOut(missing: number, all: number, what: string, log = false): string | false {
  const are = missing === 1 ? "is" : "are";
  return missing > 0 && `${missing} of ${all} ${what} ${are} not drawn: not finite${log ? ", or not above 0" : ""}`;
}

/** A number for a reader: 4 significant digits. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(2).replace("e+", "e");
  return String(Number(value.toPrecision(4)));
}
