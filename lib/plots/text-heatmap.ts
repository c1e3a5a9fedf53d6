import { shortNumber } from "./figure-checks.js";
import { textColumns } from "./text-columns.js";

export interface TextHeatmapOptions {
  readonly title: string;
  readonly values: readonly (readonly (number | null)[])[];
  readonly valueLabel: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columnNames?: readonly string[] | undefined;
  readonly rowNames?: readonly string[] | undefined;
  readonly source?: string | undefined;
  /** What stands in the cells; without it, shades. */
  readonly texts?: readonly (readonly string[])[] | undefined;
}

const SHADES = " ░▒▓█";
const MOST = 64;

/** A matrix as text: a table of its cells' texts, or shades of its values, of at most 64 × 64 of its cells. */
export function textHeatmap({
  title,
  values,
  valueLabel,
  xLabel,
  yLabel,
  columnNames,
  rowNames,
  source,
  texts,
}: TextHeatmapOptions): string {
  const finite = values.flat().filter((value) => value !== null);
  const [min, max] = finite.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const heading =
    `${title}\n${valueLabel}: ` +
    `${finite.length === 0 ? "no finite value" : `${shortNumber(min)} to ${shortNumber(max)}`}; down: ` +
    `${yLabel}, across: ${xLabel}`;
  const body = texts ? table(texts, columnNames, rowNames) : shades(values, min, max, rowNames);
  return [heading, body, ...(source === undefined ? [] : [source])].join("\n");
}

function table(
  texts: readonly (readonly string[])[],
  columnNames: readonly string[] | undefined,
  rowNames: readonly string[] | undefined,
): string {
  const head = ["", ...texts[0]!.map((_, i) => columnNames?.[i]?.slice(0, 8) ?? String(i))];
  const rows = texts.map((row, i) => [rowNames?.[i] ?? String(i), ...row]);
  return textColumns([head, ...rows]).join("\n");
}

function shades(
  values: readonly (readonly (number | null)[])[],
  min: number,
  max: number,
  rowNames: readonly string[] | undefined,
): string {
  const every = Math.max(1, Math.ceil(Math.max(values.length, values[0]!.length) / MOST));
  const margin = Math.max(0, ...(rowNames ?? []).map((name) => name.length));
  const picked = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % every === 0);
  const rows = picked(
    values.map(
      (row, i) =>
        `${(rowNames?.[i] ?? "").padEnd(margin)} │${picked(row)
          .map((value) => (value === null ? "··" : shade(value, min, max).repeat(2)))
          .join("")}│`,
    ),
  );
  return [...rows, ...(every > 1 ? [`(one cell of ${every} × ${every})`] : [])].join("\n");
}

function shade(value: number, min: number, max: number): string {
  return SHADES[max === min ? 2 : Math.min(4, Math.floor(((value - min) / (max - min)) * 5))]!;
}
