import type { FigureOptions, Numbers, Places } from "./figure-checks.js";

/** Points of one mark and color. */
export interface ScatterSeries {
  /** What the legend calls it. */
  readonly name: string;
  /** Where the points stand across: numbers, or dates, which are written in UTC. */
  readonly x: Places;
  /** Where they stand upwards, as many as `x`. */
  readonly y: Numbers;
  /** What each point is, beside it where there is room and under the pointer always. Default, and null: nothing. */
  readonly labels?: readonly string[] | null;
}

/** What `scatter` draws. */
export interface ScatterOptions extends FigureOptions {
  /** The points, in one series or more. */
  readonly series: readonly ScatterSeries[];
  /** What the horizontal axis is, with its unit. */
  readonly xLabel: string;
  /** What the vertical axis is, with its unit. */
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. Default false. */
  readonly logX?: boolean;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
}
