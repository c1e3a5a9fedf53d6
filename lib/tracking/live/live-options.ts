/** What `liveCurves` takes. */
export interface LiveCurvesOptions {
  /** The figure's. Default the run's name. */
  readonly title?: string;
  /**
   * Names of the numbers that are drawn, "*" for any letters: `["*loss"]`. Default null: those whose names end in
   * "loss", but fit's mean of an epoch, or all where none does.
   */
  readonly values?: readonly string[] | null;
  /** Whether the vertical axis is logarithmic. Default false. */
  readonly logY?: boolean;
  /** Steps of the whole run, of which the caption tells how many are done. Default null: not told. */
  readonly totalSteps?: number | null;
}
