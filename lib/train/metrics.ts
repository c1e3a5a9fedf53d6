import { aCount, aList, checkArguments } from "../checks.js";

/**
 * Expected calibration error: over bins of confidence, Σ |bin| / N · |accuracy(bin) − mean confidence(bin)|. Bin m of M
 * holds confidences above (m − 1) / M, up to m / M.
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
  const count = confidences.length;
  if (count === 0 || count !== right.length) {
    throw new RangeError(
      `calibrationError: confidences and right must be of one length above 0, got ${count} and ${right.length}`,
    );
  }
  const gaps = new Float64Array(bins); // a bin's number of right ones less the sum of its confidences
  for (let i = 0; i < count; i++) {
    const confidence = confidences[i]!;
    if (!(confidence >= 0 && confidence <= 1 + 1e-6))
      throw new RangeError(`calibrationError: confidences must be 0 to 1, got ${confidence} at ${i}`);
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    gaps[bin]! += Number(right[i]!) - confidence;
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / count;
}

/**
 * Share of each class's images that are right, 0 to 1 [K]; NaN for a class without images.
 *
 * @param labels class indices [N], 0 to K − 1
 * @param right whether the prediction was the label [N]
 * @param numClasses K
 * @throws RangeError where the lengths differ or a label is no class
 */
export function accuracyPerClass(labels: ArrayLike<number>, right: ArrayLike<boolean>, numClasses: number): number[] {
  checkArguments(
    "accuracyPerClass",
    { labels, right, numClasses },
    { labels: aList, right: aList, numClasses: aCount },
  );
  if (labels.length !== right.length)
    throw new RangeError(
      `accuracyPerClass: labels and right must be of one length, got ${labels.length} and ${right.length}`,
    );
  const wrong = Array.from(labels).find((label) => !(Number.isInteger(label) && label >= 0 && label < numClasses));
  if (wrong !== undefined)
    throw new RangeError(`accuracyPerClass: labels must be 0 to ${numClasses - 1}, got ${wrong}`);
  const [all, good] = [new Float64Array(numClasses), new Float64Array(numClasses)];
  for (let i = 0; i < labels.length; i++) {
    all[labels[i]!]!++;
    good[labels[i]!]! += Number(right[i]!);
  }
  return Array.from(all, (count, label) => good[label]! / count);
}
