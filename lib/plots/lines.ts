import { baseLayout, figure, type Figure } from "./figure.js";
import { textLines } from "./text-lines.js";

export interface LineSeries {
  readonly name: string;
  /** Heights; a value that is not finite leaves a gap. */
  readonly y: ArrayLike<number>;
  /** Positions, as many as `y`. Default 1, 2, 3, … */
  readonly x?: ArrayLike<number>;
}

export interface LinesOptions {
  readonly title: string;
  readonly series: readonly LineSeries[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Where the numbers come from, written under the plot: data, seed, command. */
  readonly source?: string;
}

/** Points of a series, x beside y. */
export interface Points {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/**
 * Lines over a common horizontal axis: a loss curve.
 * @throws RangeError when there is no series, a series is empty, or its x and y differ in length
 */
export function lines(options: LinesOptions): Figure {
  const { title, xLabel, yLabel, logY = false, source } = options;
  if (options.series.length === 0) throw new RangeError("lines: series must have one line or more, got none");
  const series = options.series.map(toPoints);
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: { title: { text: xLabel } },
    yaxis: { title: { text: yLabel }, type: logY ? "log" : "linear" },
    showlegend: series.length > 1,
  };
  const data = series.map(({ name, x, y }) => ({
    type: "scatter",
    mode: x.length > 60 ? "lines" : "lines+markers",
    name,
    x,
    y: y.map((value) => (Number.isFinite(value) ? value : null)), // JSON has no NaN
  }));
  return figure(data, layout, textLines({ title, series, xLabel, yLabel, source, logY }));
}

function toPoints({ name, x, y }: LineSeries): Points {
  if (y.length === 0) throw new RangeError(`lines: a series must have one point or more, got none in "${name}"`);
  if (x && x.length !== y.length) {
    throw new RangeError(`lines: x and y must be of one length, got ${x.length} and ${y.length} in "${name}"`);
  }
  return { name, x: x ? Array.from(x) : Array.from(y, (_, i) => i + 1), y: Array.from(y) };
}
