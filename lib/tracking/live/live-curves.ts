import { aFlag, aTitle, checkOptions, aCount, optional, orNull, someOf } from "../../checks.js";
import type { RunLog } from "../run-log.js";
import { LiveFigure } from "./live-figure.js";
import type { LiveCurvesOptions } from "./live-options.js";

/**
 * Draws a run's numbers as they come: curves and where the run stands, in one output of the cell that is updated in
 * place, four times a second at most, and less often where drawing would take more than a tenth of the time. At the end
 * it is the figure of `plots.lines`, with what ended the run; where one was stopped is marked, and so is a number that
 * is not finite. On a terminal the same is text, updated in place; in a file of a log the figure's end alone.
 *
 * Each run has a figure of its own, one that goes on its earlier part too. Of a long curve the extremes of 500 equal
 * stretches of steps are kept. `fit` then shows no progress of its own, where it is not asked for it.
 *
 * @throws RangeError for an unknown option or one out of range, TypeError for one of another kind
 * @example await train.fit(model, set, { log: [tracking.liveCurves({ title: "CCT on CIFAR-10" })] })
 */
export function liveCurves(options: LiveCurvesOptions = {}): RunLog {
  checkOptions("liveCurves", options, {
    title: optional(aTitle),
    values: optional(orNull(someOf(aTitle))),
    logY: optional(aFlag),
    totalSteps: optional(orNull(aCount)),
  });
  const given = { ...options };
  return { name: "liveCurves", showsProgress: true, start: (run) => LiveFigure.begin(run, given) };
}
