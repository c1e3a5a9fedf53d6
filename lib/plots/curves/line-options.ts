import type { FigureOptions, Numbers, Places } from "../figure-checks.js";
import type { Band } from "./bands.js";

/** One line. */
export interface LineSeries {
  /** What the legend calls it. */
  readonly name: string;
  /**
   * Heights. One that is NaN, infinite or beyond ±1e300 is marked as where the run diverged; one that was not measured
   * (null) leaves a gap, as on a logarithmic axis one of 0 or less.
   */
  readonly y?: Numbers;
  /**
   * In place of `y` the heights of several runs, one a seed: their mean is drawn, and a band. A run may end before
   * others.
   */
  readonly runs?: readonly Numbers[];
  /** Positions, as many as `y` or the longest run: numbers, or dates, which are written in UTC. Default 1, 2, 3, … */
  readonly x?: Places;
  /**
   * Which of the palette's colors, from 0, with its dashes: the same in several figures of one thing. Default its
   * place. A number, as every color of the palette can be read on a light and on a dark page, and by any color vision.
   */
  readonly color?: number;
}

/** What `lines` draws. */
export interface LinesOptions extends FigureOptions {
  /** The lines, one or more. */
  readonly series: readonly LineSeries[];
  /** What the positions are, with their unit. */
  readonly xLabel: string;
  /** What the heights are, with their unit. */
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. Default false. */
  readonly logX?: boolean;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /**
   * What the bands of series with several runs are: from the lowest to the highest, ± 1 standard deviation, or the 95 %
   * interval of the mean (Student's t). Named below the title. Default "minMax".
   */
  readonly band?: Band;
}
