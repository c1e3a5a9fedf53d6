import type { FigureOptions, Numbers } from "./figure-checks.js";

/** One bar in every group. */
export interface BarSeries {
  /** What the legend calls it. */
  readonly name: string;
  /** One height a category. */
  readonly values: Numbers;
  /** Half length of each bar's error bar: a standard deviation over seeds, say. Default: none are drawn. */
  readonly errorY?: Numbers;
  /** Which of the palette's colors, from 0: the same in several figures of one thing. Default its place. */
  readonly color?: number;
}

/** What {@link bars} draws. */
export interface BarsOptions extends FigureOptions {
  /** What stands under each group of bars, one or more. */
  readonly categories: readonly string[];
  /** One bar each in every group; one series or more. */
  readonly series: readonly BarSeries[];
  /** What the categories are. */
  readonly xLabel: string;
  /** What the height is, with its unit. */
  readonly yLabel: string;
  /** A line across, at a value to compare with: chance, or the source's figure. Default, and null: none. */
  readonly reference?: {
    /** Where the line lies. */
    readonly value: number;
    /** What is written on it. */
    readonly label: string;
  } | null;
}
