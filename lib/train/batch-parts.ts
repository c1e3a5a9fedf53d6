import { tf } from "../backend/index.js";
import type { Batch } from "../datasets/batches.js";

/** A batch as the programs take it. */
export function inputsOf({ images, labels, targets }: Batch): [tf.Tensor, tf.Tensor, tf.Tensor] {
  return [images, labels, targets ?? labels];
}

/** Runs `body` with images `first` to `first + length` of a batch, which are disposed of then. */
export async function ofPart<Result>(
  batch: Batch,
  first: number,
  length: number,
  body: (part: Batch) => Promise<Result>,
): Promise<Result> {
  if (length === batch.images.shape[0]) return await body(batch); // awaited, it stays in the stack of an error
  const part = sliceBatch(batch, first, length);
  try {
    return await body(part);
  } finally {
    tf.dispose(part);
  }
}

/** Images `first` to `first + length` of a batch; the caller disposes of them. */
export function sliceBatch({ images, labels, targets }: Batch, first: number, length: number): Batch {
  const [, height, width, channels] = images.shape;
  const part = {
    images: tf.slice(images, [first, 0, 0, 0], [length, height, width, channels]),
    labels: tf.slice(labels, [first], [length]),
  };
  return targets ? { ...part, targets: tf.slice(targets, [first, 0], [length, targets.shape[1]]) } : part;
}
