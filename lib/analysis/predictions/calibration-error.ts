import { aCount, aList, checkArguments, shown } from "../../checks.js";
import { checkPairs } from "./predicted.js";

/** One bin of a reliability diagram: the images whose prediction has about one confidence. */
export interface CalibrationBin {
  /** Confidences above this belong to it; to the first one 0 too. */
  readonly from: number;
  /** Confidences up to this belong to it. */
  readonly to: number;
  /** Images. */
  readonly count: number;
  /** Mean confidence, 0 to 1; NaN where there is no image. */
  readonly confidence: number;
  /** Share of images that are right, 0 to 1; NaN where there is no image. */
  readonly accuracy: number;
}

/**
 * Expected calibration error: over bins of confidence, Σ |bin| / N · |accuracy(bin) − mean confidence(bin)|. Bin m of M
 * holds confidences above (m − 1) / M, up to m / M. The bins themselves, for a reliability diagram: `calibration`.
 *
 * @param confidences the predicted class's probability, 0 to 1 [N]
 * @param right whether the prediction was the label [N]
 * @param bins M, 1 or more
 * @returns 0 (a confidence of 0.8 is right in 80 of 100 cases) to 1
 * @throws RangeError where the lengths differ, there is no image, or a value is out of range
 * Source: Guo et al. 2017, eq. 3, with its 15 bins.
 */
export function calibrationError(confidences: ArrayLike<number>, right: ArrayLike<boolean>, bins = 15): number {
  checkArguments("calibrationError", { confidences, right, bins }, { confidences: aList, right: aList, bins: aCount });
  return expectedError(calibrationBins("calibrationError", confidences, right, bins));
}

/** @throws RangeError where the lengths differ, there is no image, or a confidence is out of range */
export function calibrationBins(
  fn: string,
  confidences: ArrayLike<number>,
  right: ArrayLike<boolean>,
  bins: number,
): CalibrationBin[] {
  checkPairs(fn, { confidences, right });
  const [counts, sums, good] = [new Float64Array(bins), new Float64Array(bins), new Float64Array(bins)];
  for (let i = 0; i < confidences.length; i++) {
    const confidence = confidences[i]!;
    if (!(confidence >= 0 && confidence <= 1 + 1e-6))
      throw new RangeError(`${fn}: confidences must be 0 to 1, got ${shown(confidence)} at ${i}`);
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    counts[bin]!++;
    sums[bin]! += confidence;
    good[bin]! += Number(right[i]!);
  }
  return Array.from(counts, (count, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    count,
    confidence: sums[bin]! / count,
    accuracy: good[bin]! / count,
  }));
}

/** Σ |bin| / N · |accuracy − confidence| */
export function expectedError(bins: readonly CalibrationBin[]): number {
  const filled = bins.filter(({ count }) => count > 0);
  const images = filled.reduce((sum, { count }) => sum + count, 0);
  return (
    filled.reduce((sum, { count, accuracy, confidence }) => sum + count * Math.abs(accuracy - confidence), 0) / images
  );
}
