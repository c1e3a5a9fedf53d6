import { availableParallelism } from "node:os";
import { calledAs, checkValue, inRange } from "../checks.js";
import { batchesOf, type Batch } from "../datasets/batches.js";
import type { BatchPlan } from "../datasets/batch-options.js";
import { openPipeline } from "../datasets/pipeline/pipeline.js";
import type { FileSet, ImageSet } from "../datasets/types.js";

/** Gives a run its batches. */
export interface Feed {
  /** One pass from batch `startBatch`; whoever takes a batch disposes of it. */
  epoch(epoch: number, startBatch: number): Iterable<Batch> | AsyncIterable<Batch>;
  close(): Promise<void>;
}

/** Where batches are made, unless a caller says: files are decoded by threads, images in memory need none. */
export function defaultWorkers(set: ImageSet | FileSet): number {
  return "files" in set ? Math.min(2, availableParallelism()) : 0;
}

/**
 * Batches made in worker threads ahead of their use, or with workers 0 on this thread when they are asked for. The
 * batches are the same.
 *
 * @param fn the public function that takes them, which errors of a file name
 * @param plan of this set, checked
 * @param workers checked, see {@link checkWorkers}
 */
export function openFeed(fn: string, set: ImageSet | FileSet, plan: BatchPlan, workers: number): Feed {
  if (workers > 0 || "files" in set) {
    const { epoch, close } = openPipeline(set, plan, { workers });
    return { epoch: (...place) => named(fn, epoch(...place)), close };
  }
  return { epoch: (epoch, startBatch) => batchesOf(set, plan, { epoch, startBatch }), close: async () => {} };
}

async function* named(fn: string, made: AsyncIterable<Batch>): AsyncGenerator<Batch> {
  try {
    yield* made;
  } catch (error) {
    calledAs(fn, () => {
      throw error;
    });
  }
}

/** @throws TypeError or RangeError for a number of threads that is not a whole one from 0 to 64, or 0 for files */
export function checkWorkers(fn: string, set: ImageSet | FileSet, workers: number): void {
  const least = "files" in set ? 1 : 0;
  const rule = inRange({ from: least, to: 64, whole: true });
  checkValue(fn, "workers", workers, least === 1 ? { ...rule, what: `${rule.what} for a set of files` } : rule);
}
