import type { BarsOptions } from "./bar-options.js";
import { isDrawn, shortNumber } from "./figure-checks.js";

const WIDTH = 40;
const EIGHTHS = " ▏▎▍▌▋▊▉";

/** Bars as text: a line each, of at most 40 characters, with its value. */
export function textBars({
  title,
  categories,
  series,
  yLabel,
  reference,
  source,
}: Omit<BarsOptions, "xLabel" | "caption" | "run" | "source"> & { readonly source?: string | undefined }): string {
  const values = series.flatMap((one) => Array.from(one.values)).filter((value) => isDrawn(value));
  const largest = Math.max(...values.map(Math.abs), 0);
  const labels = categories.flatMap((category) =>
    series.map(({ name }, i) => (series.length === 1 ? category : `${i === 0 ? category : ""}  ${name}`)),
  );
  const margin = Math.max(...labels.map((label) => label.length));
  const rows = categories.flatMap((_, at) =>
    series.map(({ values: heights, errorY }, i) => {
      const value = heights[at]!;
      const error = errorY && isDrawn(errorY[at]) ? ` ± ${shortNumber(errorY[at]!)}` : "";
      return (
        `${labels[at * series.length + i]!.padEnd(margin)} ` +
        `│${isDrawn(value) ? `${bar(value, largest)} ${shortNumber(value)}${error}` : " –"}`
      );
    }),
  );
  const across = reference ? [`(${reference.label}: ${shortNumber(reference.value)})`] : [];
  return [title, yLabel, ...rows, ...across, ...(source === undefined ? [] : [source])].join("\n");
}

function bar(value: number, largest: number): string {
  const eighths = largest === 0 ? 0 : Math.round((Math.abs(value) / largest) * WIDTH * 8);
  const drawn = "█".repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? "" : EIGHTHS[eighths % 8]!);
  return value < 0 ? `-${drawn}` : drawn;
}
