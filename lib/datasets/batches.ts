import { tf } from "../backend/index.js";
import { aFileSet, checkOptions } from "../checks.js";
import { arrayLengths, BatchFiller, rasterAt, mixes, type BatchArrays } from "./batch-filler.js";
import {
  BATCH_ALIASES,
  BATCH_OPTIONS,
  batchCount,
  checkStart,
  planBatches,
  type BatchOptions,
  type BatchPlan,
} from "./batch-options.js";
import type { ImageSet } from "./types.js";

/** A type and not an interface, so that `tf.dispose(batch)` takes it. */
export type Batch = {
  /** Normalised pixels, float32 [B, H, W, C]. */
  readonly images: tf.Tensor4D;
  /** Class indices, int32 [B]. */
  readonly labels: tf.Tensor1D;
  /** Soft targets, float32 [B, K], each row of the sum 1; only with mixup or cutmix. */
  readonly targets?: tf.Tensor2D;
};

/**
 * One pass over a set, batch by batch: (pixel / 255 − mean) / std. Mean and std are the options', else the set's own,
 * else 0.5. The same seed and epoch give the same batches, and an image's augmentation does not depend on the batch
 * size.
 *
 * This is the way to write a training loop of one's own; a set of files wants `pipeline`, or `loadImages` first. The
 * caller owns the tensors of every batch and disposes of them; none is made before it is asked for.
 *
 * @throws TypeError or RangeError for an option of another kind or out of its range, for a set of files, and for a set
 *   whose images, labels and classes do not fit one another
 * @example
 * const optimizer = tf.train.adam(1e-3);
 * for (let epoch = 0; epoch < 3; epoch++) {
 *   for (const batch of datasets.batches(cifar.train, { batchSize: 100, shuffle: true, epoch })) {
 *     optimizer.minimize(() => {
 *       const logits = model.apply(batch.images, { training: true }) as tf.Tensor2D;
 *       return tf.losses.softmaxCrossEntropy(tf.oneHot(batch.labels, 10), logits);
 *     });
 *     tf.dispose(batch);
 *   }
 * }
 */
export function batches(set: ImageSet, options: BatchOptions = {}): Iterable<Batch> {
  checkOptions("batches", options, {}, BATCH_OPTIONS, BATCH_ALIASES);
  if (aFileSet.holds(set))
    throw new TypeError(
      "batches: set must lie in memory, got a set of files; for these see datasets.pipeline, or datasets.loadImages",
    );
  const plan = planBatches(set, options);
  checkStart(plan, options);
  return batchesOf(set, plan, options);
}

/**
 * {@link batches} by a plan that `planBatches` has checked with this set, for who checks once and passes over the set
 * many times.
 */
export function batchesOf(
  set: ImageSet,
  plan: BatchPlan,
  start: Pick<BatchOptions, "epoch" | "startBatch"> = {},
): Iterable<Batch> {
  return { [Symbol.iterator]: () => generate(set, plan, start) };
}

function* generate(
  set: ImageSet,
  plan: BatchPlan,
  { epoch = 0, startBatch = 0 }: Pick<BatchOptions, "epoch" | "startBatch">,
): Generator<Batch, void, undefined> {
  const filler = new BatchFiller(plan);
  const total = batchCount(plan.count, plan);
  for (let batch = startBatch; batch < total; batch++) {
    const indices = filler.indices(epoch, batch);
    const lengths = arrayLengths(plan, indices.length);
    const arrays = {
      pixels: new Float32Array(lengths.pixels),
      labels: new Int32Array(lengths.labels),
      targets: new Float32Array(lengths.targets),
    };
    indices.forEach((index, at) =>
      filler.place(arrays, at, epoch, index, rasterAt(set.images, set.imageShape, index), set.labels[index]!),
    );
    filler.finish(arrays, indices.length, epoch, batch);
    yield toTensors(plan, arrays, indices.length);
  }
}

/** A batch of `length` images as tensors. The arrays must be the batch's own: a tensor may go on using them. */
export function toTensors(plan: BatchPlan, { pixels, labels, targets }: BatchArrays, length: number): Batch {
  const [height, width, channels] = plan.imageShape;
  const batch = {
    images: tf.tensor4d(pixels, [length, height, width, channels]),
    labels: tf.tensor1d(labels, "int32"),
  };
  return mixes(plan) ? { ...batch, targets: tf.tensor2d(targets, [length, plan.numClasses]) } : batch;
}
