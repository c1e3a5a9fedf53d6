/** Numbers as the bench page's tables write them. */
import { median, minimum, type CaseMetric, type Samples } from "../bench-case.js";

/** Three figures, as far as a bench's noise lets them mean anything: 319, 24, 7.0, 0.71. */
export function figure(value: number): string {
  return value >= 19.95 ? value.toFixed(0) : value >= 0.995 ? value.toFixed(1) : value.toFixed(2);
}

/** "319 (256)": median and minimum. */
export function medianAndMinimum(samples: Samples | undefined): string {
  return samples === undefined || samples.length === 0
    ? "–"
    : `${figure(median(samples)!)} (${figure(minimum(samples)!)})`;
}

/** A median as a table writes it, a dash of none. */
export function medianOf(samples: Samples | undefined): string {
  return samples === undefined || samples.length === 0 ? "–" : figure(median(samples)!);
}

/** A table as Markdown has it, the first line its head. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const [head = [], ...body] = lines;
  return [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @throws RangeError where the result has no such metric: a table that names one must be mended with it */
export function find(metrics: readonly CaseMetric[], name: string, metric: string): CaseMetric {
  const found = metrics.find((each) => each.case === name && each.metric.trim() === metric);
  if (!found)
    throw new RangeError(
      `tables: ${name} must have the metric "${metric}", got ${metrics
        .filter((each) => each.case === name)
        .map((each) => each.metric.trim())
        .join(", ")}`,
    );
  return found;
}
