import { aCount, aList, checkArguments } from "../../checks.js";
import { checkClasses } from "./predicted.js";

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
  checkClasses("accuracyPerClass", "labels", labels, numClasses);
  const [all, good] = [new Float64Array(numClasses), new Float64Array(numClasses)];
  for (let i = 0; i < labels.length; i++) {
    all[labels[i]!]!++;
    good[labels[i]!]! += Number(right[i]!);
  }
  return Array.from(all, (count, label) => good[label]! / count);
}
