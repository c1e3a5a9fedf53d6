import { aCount, checkArguments, checkOptions, optional } from "../../checks.js";
import { DISPLAY, grouped, shownAs, type MimeBundle } from "../../shown.js";
import { table } from "../../table.js";
import { calibrationBins, expectedError, type CalibrationBin } from "./calibration-error.js";
import { percent } from "./interval-text.js";
import type { Scored } from "./predicted.js";
import { aScored, largest, scoresOf } from "./scores.js";

/** What {@link calibration} takes. */
export interface CalibrationOptions {
  /** Bins of equal width over 0 to 1, 1 or more. Default 15. */
  readonly bins?: number;
}

/** Whether a model is as often right as it is sure. */
export interface Calibration {
  /** The reliability diagram's, from confidence 0 to 1; `plots.reliabilityDiagram` draws them. */
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error, 0 to 1: the gap of accuracy and confidence, averaged over the images. */
  readonly ece: number;
  /** Maximum calibration error, 0 to 1: the largest bin's gap, however few its images. */
  readonly mce: number;
  /** Brier score, Σ over classes (probability − 1 for the label, 0 for others)², averaged over the images, 0 to 2. */
  readonly brier: number;
  /** Negative log-likelihood: −ln of the label's probability, averaged over the images, in nats. */
  readonly nll: number;
  /** Share of images whose largest probability is their label's, 0 to 1. */
  readonly accuracy: number;
  /** Mean of the largest probabilities, 0 to 1: above the accuracy where the model is surer than it should be. */
  readonly confidence: number;
}

/**
 * Whether a model is as often right as it is sure: the reliability diagram's bins, expected and maximum calibration
 * error, Brier score, negative log-likelihood.
 *
 * @param scored an evaluation, an ensemble, or labels with logits or probabilities
 * @throws TypeError where neither logits nor probabilities are there, RangeError where they do not fit the labels, are
 *   not finite, or are no probabilities
 * @example plots.reliabilityDiagram({ title: "ViT", bins: analysis.calibration(evaluation).bins })
 * Source: Guo et al. 2017, eq. 2 to 5; Brier 1950.
 */
export function calibration(scored: Scored, options: CalibrationOptions = {}): Calibration {
  checkArguments("calibration", { scored }, { scored: aScored });
  checkOptions("calibration", options, { bins: optional(aCount) });
  const { images, labels, logProbabilities } = scoresOf("calibration", "scored", scored);
  const confidences = new Float64Array(images);
  const right = new Array<boolean>(images);
  let [brier, nll] = [0, 0];
  for (let i = 0; i < images; i++) {
    const logs = logProbabilities(i);
    const label = labels[i]!;
    const best = largest(logs);
    confidences[i] = Math.exp(logs[best]!);
    right[i] = best === label;
    nll -= logs[label]! / images;
    logs.forEach((log, k) => (brier += (Math.exp(log) - Number(k === label)) ** 2 / images));
  }
  const bins = calibrationBins("calibration", confidences, right, options.bins ?? 15);
  const gaps = bins.filter(({ count }) => count > 0).map(({ accuracy, confidence }) => Math.abs(accuracy - confidence));
  const found = {
    bins,
    ece: expectedError(bins),
    mce: Math.max(...gaps),
    brier,
    nll,
    accuracy: right.filter(Boolean).length / images,
    confidence: confidences.reduce((sum, one) => sum + one, 0) / images,
  };
  return shownAs(found, asBundle);
}

function asBundle({ bins, ece, mce, brier, nll }: Calibration): MimeBundle {
  const filled = bins.filter(({ count }) => count > 0);
  const rows = filled.map(({ from, to, count, confidence, accuracy }) => [
    `${from.toFixed(2)} to ${to.toFixed(2)}`,
    grouped(count),
    percent(confidence),
    percent(accuracy),
    percent(accuracy - confidence),
  ]);
  const title =
    `ECE ${ece.toFixed(4)}, MCE ${mce.toFixed(4)} over ${bins.length} bins; Brier score ${brier.toFixed(4)}, ` +
    `negative log-likelihood ${nll.toFixed(4)}`;
  return table(["confidence", "images", "mean confidence, %", "accuracy, %", "gap, points"], rows, title)[DISPLAY]();
}
