import type { Batch } from "../datasets/batches.js";
import type { SharedRun } from "./shared-run.js";

/**
 * By what class weights are multiplied so that they are 1 an image on average over a batch: images / Σ w. A mean over
 * images of what is weighted so is the mean over the weights, and parts of the batch count by their images as they do
 * without weights. 1 for soft targets, whose mean is over images; 0 where no image weighs anything.
 *
 * @param batch in a shared run this process' share of it
 * @param images of the whole batch
 * @param classWeights [K]
 */
export async function weightScale(
  { labels, targets }: Batch,
  images: number,
  classWeights: readonly number[],
  shared?: SharedRun,
): Promise<number> {
  if (targets) return 1;
  const own = ((await labels.data()) as Int32Array).reduce((sum, label) => sum + classWeights[label]!, 0);
  const [whole] = shared ? await shared.sum([own]) : [own];
  return whole === 0 ? 0 : images / whole!;
}
