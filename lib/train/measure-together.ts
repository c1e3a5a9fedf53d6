import type { tf } from "../backend/index.js";
import { rangeOf } from "../datasets/share.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import { measure, type MeasureConfig } from "./evaluate.js";
import type { Evaluation } from "./evaluation.js";
import type { Passage } from "./run-plan.js";
import type { SharedRun } from "./shared-run.js";

/**
 * Loss, accuracy and metrics of a set of which each process measures a part. An interrupt ends it when the parts are
 * measured.
 *
 * @returns undefined where one of the processes is to end early
 * @throws Error naming a process that has ended meanwhile
 */
export async function measureTogether(
  shared: SharedRun,
  model: tf.LayersModel,
  passage: Passage,
  { signal: stop, ...config }: MeasureConfig,
): Promise<Pick<Evaluation, "loss" | "accuracy" | "metrics"> | undefined> {
  const own = partOfPassage(shared, passage);
  const names = Object.keys(config.metrics);
  const found = own && (await measure("fit", model, own, { ...config, signal: shared.lost }));
  const count = own?.set.labels.length ?? 0;
  const means = found ? [found.loss, ...names.map((name) => found.metrics[name]!)] : [0, ...names.map(() => 0)];
  const right = Math.round((found?.accuracy ?? 0) * count);
  const sums = await shared.sum([Number(stop?.aborted), right, ...means.map((mean) => mean * count)]);
  const [stops, correct, loss, ...measured] = sums.map((sum, i) => (i === 0 ? sum : sum / passage.set.labels.length));
  if (stops! > 0) return undefined;
  return {
    loss: loss!,
    accuracy: correct!,
    metrics: Object.fromEntries(names.map((name, i) => [name, measured[i]!])),
  };
}

/** This process' part of what is measured; undefined where there are too few images for all. */
function partOfPassage(shared: SharedRun, { set, batches, workers }: Passage): Passage | undefined {
  const { first, length } = rangeOf(set.labels.length, shared.share);
  if (length === 0) return undefined;
  return { set: partOfSet(set, first, length), batches: { ...batches, count: length }, workers };
}

/** Images `first` to `first + length`. */
function partOfSet(set: ImageSet | FileSet, first: number, length: number): ImageSet | FileSet {
  const labels = set.labels.subarray(first, first + length);
  if ("files" in set) return { ...set, files: set.files.slice(first, first + length), labels };
  const size = set.images.length / set.labels.length;
  return { ...set, images: set.images.subarray(first * size, (first + length) * size), labels };
}
