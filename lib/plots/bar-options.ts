export interface BarSeries {
  /** What the legend calls it. */
  readonly name: string;
  /** One height a category. */
  readonly values: ArrayLike<number>;
  /** Half length of each bar's error bar: a standard deviation over seeds, say. */
  readonly spread?: ArrayLike<number>;
  /** Which of the palette's colors, from 0: the same in several figures of one thing. Default its place. */
  readonly color?: number;
}

export interface BarsOptions {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** What stands under each group of bars. */
  readonly categories: readonly string[];
  /** One bar each in every group. */
  readonly series: readonly BarSeries[];
  /** What the categories are. */
  readonly xLabel: string;
  /** What the height is, with its unit. */
  readonly yLabel: string;
  /** A line across, at a value to compare with: chance, or the source's figure. */
  readonly reference?: { readonly value: number; readonly label: string };
  /** Where the numbers come from, written under the title: data, seed, command. */
  readonly source?: string;
}
