/** Curves of a study's runs, over steps or epochs. */
import { aText, aTitle, oneOf, optional, orNull, someOf, type Rules } from "../checks.js";
import { lines, type LineSeries } from "../plots/lines.js";
import type { Figure } from "../plots/figure.js";
import type { EpochRecord } from "../train/history-entries.js";
import type { StudyRun } from "./study-run.js";

/** What an epoch's curve shows. */
export type EpochMeasure =
  | "trainingLoss"
  | "trainingAccuracy"
  | "validationLoss"
  | "validationAccuracy"
  | "trainingLossAfter"
  | "trainingAccuracyAfter";

/** What `lossCurves` takes. */
export interface LossCurvesOptions {
  /** Default "Training loss". */
  readonly title?: string;
  /** The runs, by name. Default all. */
  readonly runs?: readonly string[];
  /**
   * What stands below the axis: the step, or the share of an epoch that is done, for runs of batches of several sizes.
   * Default "step".
   */
  readonly by?: "step" | "epoch";
  /** A line under the title of what is to be seen. Default null: none. */
  readonly caption?: string | null;
  /** What the figure was made of. Default the runs' data, size and seed. */
  readonly source?: string | null;
}

/** What `epochCurves` takes. */
export interface EpochCurvesOptions extends Omit<LossCurvesOptions, "by" | "title"> {
  /** What is drawn of each epoch: "…After" is measured after it on the training images, with monitor "training". */
  readonly of: EpochMeasure;
  /** Default what is drawn. */
  readonly title?: string;
  /** What the axis says, such as "test loss" where the test images were the run's validation. Default what is drawn. */
  readonly yLabel?: string;
}

/** How each measure of an epoch is called on its axis, whether it is a share, and where it stands. */
const MEASURES: Readonly<
  Record<EpochMeasure, { readonly label: string; readonly of: (epoch: EpochRecord) => number | undefined }>
> = {
  trainingLoss: { label: "training loss (while it trains)", of: ({ loss }) => loss },
  trainingAccuracy: { label: "training accuracy (while it trains), %", of: ({ accuracy }) => 100 * accuracy },
  validationLoss: { label: "validation loss", of: ({ validation }) => validation?.loss },
  validationAccuracy: {
    label: "validation accuracy, %",
    of: ({ validation }) => validation && 100 * validation.accuracy,
  },
  trainingLossAfter: { label: "training loss (after the epoch)", of: ({ training }) => training?.loss },
  trainingAccuracyAfter: {
    label: "training accuracy (after the epoch), %",
    of: ({ training }) => training && 100 * training.accuracy,
  },
};

const CURVES: Rules = {
  title: optional(aTitle),
  runs: optional(someOf(aText)),
  caption: optional(orNull(aText)),
  source: optional(orNull(aText)),
};
export const LOSS_RULES: Rules = { ...CURVES, by: optional(oneOf(["step", "epoch"])) };
export const EPOCH_RULES: Rules = { ...CURVES, of: oneOf(Object.keys(MEASURES)), yLabel: optional(aTitle) };

/** The losses as the runs noted them. @param colors of all the study's runs, so that a run keeps its color */
export function lossFigure(
  runs: readonly StudyRun[],
  colors: readonly string[],
  { title = "Training loss", by = "step", caption = null, source = null }: LossCurvesOptions,
): Figure {
  const series = runs.map(({ name, history, stepsPerEpoch }): LineSeries => {
    const steps = history.losses.map(({ epoch, batch }) => (epoch - 1) * stepsPerEpoch + batch);
    return {
      name,
      color: colors.indexOf(name),
      x: by === "step" ? steps : steps.map((step) => step / stepsPerEpoch),
      y: history.losses.map(({ loss }) => loss),
    };
  });
  const sizes = [...new Set(runs.map(({ history }) => history.config.batchSize))];
  const xLabel = by === "step" && sizes.length === 1 ? `step (a batch of ${sizes[0]} images)` : by;
  return lines({ title, series, xLabel, yLabel: "loss", caption, source });
}

/** One measure of the runs' epochs. */
export function epochFigure(
  runs: readonly StudyRun[],
  colors: readonly string[],
  { of, title, yLabel, caption = null, source = null }: EpochCurvesOptions,
): Figure {
  const measure = MEASURES[of];
  const series = runs
    .map(({ name, history: { epochs } }) => ({
      name,
      color: colors.indexOf(name),
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map((epoch) => measure.of(epoch) ?? null),
    }))
    .filter(({ y }) => y.some((value) => value !== null));
  if (series.length === 0)
    throw new RangeError(
      `epochCurves: a run must have ${of}, got none that has: give them ` +
        (of.startsWith("validation") ? "validation" : 'monitor: "training"'),
    );
  const label = yLabel ?? measure.label;
  const name = label.replace(/,? ?(\(.*\))?,? ?%?$/, "");
  return lines({
    title: title ?? `${name[0]!.toUpperCase()}${name.slice(1)} of each epoch`,
    series,
    xLabel: "epoch",
    yLabel: label,
    caption,
    source,
  });
}
