import { isDrawn } from "./figure-checks.js";
import { dateText } from "./svg/date-ticks.js";

const WIDTH = 60;
const HEIGHT = 12;
const MARKS = "●○▲△■□◆◇";

/** Points of a series, x beside y. */
export interface Points {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface TextLinesOptions {
  readonly title: string;
  readonly series: readonly Points[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logX?: boolean;
  readonly logY: boolean;
  /** Whether x are milliseconds since 1970. Default false. */
  readonly dates?: boolean;
  readonly source?: string | undefined;
  /** Where a series ceases to be a number, × each. Default none. */
  readonly marks?: readonly { readonly x: number; readonly y: number }[];
  /** Whether the order of the points says nothing, so that first and last are not named. Default false. */
  readonly pointsOnly?: boolean;
}

/** Lines as text, 60 × 12 characters between labelled axes, for a terminal. */
export function textLines(options: TextLinesOptions): string {
  const { title, series, xLabel, yLabel, logX = false, logY, dates = false, source, pointsOnly = false } = options;
  const marks = options.marks ?? [];
  const height = (value: number): number => (logY ? Math.log10(value) : value);
  const place = (value: number): number => (logX ? Math.log10(value) : value);
  const points = series.flatMap(({ x, y }) => x.map((at, i) => [place(at), height(y[i]!)] as const));
  const drawn = points.filter(([x, y]) => isDrawn(x) && isDrawn(y));
  const marked = marks.map(({ x, y }) => [place(x), height(y)] as const);
  const across = [...drawn, ...marked].map(([x]) => x).filter((x) => isDrawn(x));
  const upwards = [...drawn, ...marked].map(([, y]) => y).filter((y) => isDrawn(y));
  if (across.length === 0 || upwards.length === 0)
    return [title, "(no finite point)", ...(source ? [source] : [])].join("\n");
  const horizontal = range(across);
  const vertical = range(upwards);
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(WIDTH).fill(" "));
  series.forEach(({ x, y }, index) => {
    x.forEach((at, i) => {
      const column = cell(place(at), horizontal, WIDTH);
      const row = cell(height(y[i]!), vertical, HEIGHT);
      if (column !== undefined && row !== undefined) grid[HEIGHT - 1 - row]![column] = MARKS[index % MARKS.length]!;
    });
  });
  for (const { x, y } of marks) {
    const [column, row] = [cell(place(x), horizontal, WIDTH), cell(height(y), vertical, HEIGHT)];
    grid[HEIGHT - 1 - (row ?? 0)]![column ?? 0] = "×"; // at the edge of an axis on which it has no place
  }
  const shown = (value: number): string => short(logY ? 10 ** value : value);
  const labels = [shown(vertical.max), shown(vertical.min)];
  const margin = Math.max(...labels.map((label) => label.length));
  const rows = grid.map((row, i) =>
    `${(i === 0 ? labels[0]! : i === HEIGHT - 1 ? labels[1]! : "").padStart(margin)} │${row.join("")}`.trimEnd(),
  );
  const endText = (value: number): string =>
    dates ? dateText(value, (horizontal.max - horizontal.min) / 4) : short(logX ? 10 ** value : value);
  const ends = [horizontal.min, horizontal.max].map(endText);
  const [left, right] = [ends[0]!, ends[1]!];
  const label = logX ? `${xLabel} (log)` : xLabel;
  const middle = label
    .padStart(Math.floor((WIDTH + label.length) / 2) - left.length)
    .padEnd(WIDTH - left.length - right.length);
  return [
    title,
    `${" ".repeat(margin)} ${yLabel}${logY ? " (log)" : ""}`,
    ...rows,
    `${" ".repeat(margin)} └${"─".repeat(WIDTH)}`,
    `${" ".repeat(margin + 2)}${left}${middle}${right}`,
    ...series.map(
      ({ name, y }, i) =>
        `${" ".repeat(margin + 2)}${MARKS[i % MARKS.length]} ` +
        `${name}${pointsOnly ? "" : `: ${short(y[0]!)} → ${short(y[y.length - 1]!)}`}`,
    ),
    ...(source ? [source] : []),
  ].join("\n");
}

interface Range {
  readonly min: number;
  readonly max: number;
}

function range(values: readonly number[]): Range {
  return values.reduce((so, value) => ({ min: Math.min(so.min, value), max: Math.max(so.max, value) }), {
    min: Infinity,
    max: -Infinity,
  });
}

function cell(value: number, { min, max }: Range, cells: number): number | undefined {
  if (!isDrawn(value)) return undefined;
  return max === min ? Math.floor(cells / 2) : Math.round(((value - min) / (max - min)) * (cells - 1));
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
