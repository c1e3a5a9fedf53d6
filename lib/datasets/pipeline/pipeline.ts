import { availableParallelism } from "node:os";
import { checkOptions, inRange, optional, type Rules } from "../../checks.js";
import { toTensors, type Batch } from "../batches.js";
import { arrayLengths, mostImages } from "../batch-filler.js";
import {
  BATCH_ALIASES,
  BATCH_OPTIONS,
  batchCount,
  checkStart,
  planBatches,
  type BatchOptions,
  type BatchPlan,
} from "../batch-options.js";
import type { FileSet, ImageSet } from "../types.js";
import type { Slot, Source } from "./messages.js";
import { WorkerPool } from "./pool.js";

/** How batches are made in worker threads, ahead of their use. */
export interface PipelineOptions extends Omit<BatchOptions, "epoch" | "startBatch"> {
  /**
   * Threads that make batches, 1 to 64. They change the speed, never the batches. Default 2, or 1 on a machine of one
   * core.
   */
  readonly workers?: number;
  /** Most batches that are made ahead or being made, 1 or more: the memory's bound. Default twice the workers. */
  readonly prefetch?: number;
}

/** Worker threads that make batches of a set ahead of their use. */
export interface Pipeline {
  /** Batches of one epoch. */
  readonly batchCount: number;
  /**
   * One pass, from batch `startBatch`: the same batches as `batches()` gives. One at a time. The caller owns the
   * tensors of every batch.
   * @throws RangeError for an epoch or a batch out of its range
   * @throws ImageError naming the file, when one cannot be decoded
   * @throws Error when another pass is under way, a worker ends, or the pipeline is closed
   */
  epoch(epoch?: number, startBatch?: number): AsyncGenerator<Batch, void, undefined>;
  /** Ends the workers. */
  close(): Promise<void>;
}

const RULES: Rules = {
  workers: optional(inRange({ from: 1, to: 64, whole: true })),
  prefetch: optional(inRange({ from: 1, to: 1024, whole: true })),
};
/** An epoch and its first batch are asked for one by one. */
const OPTIONS = BATCH_OPTIONS.filter((name) => name !== "epoch" && name !== "startBatch");

/**
 * Starts worker threads that make the batches of a set over shared memory. They end with `close()`, or with the
 * process. Images in memory are shared with them; a set that does not lie in shared memory is copied there once.
 * Files are decoded by them, and of each image the largest middle window of the set's shape is cut and resized,
 * or a random one with `augment.randomResizedCrop`.
 * @throws TypeError or RangeError for an option of another kind or out of its range, and for a set whose images, labels
 *   and classes do not fit one another
 * @example
 * const data = datasets.pipeline(await datasets.imageFolder("photos"), { batchSize: 32, shuffle: true });
 * for await (const batch of data.epoch(0)) tf.dispose(batch);
 * await data.close();
 */
export function pipeline(set: ImageSet | FileSet, options: PipelineOptions = {}): Pipeline {
  checkOptions("pipeline", options, RULES, OPTIONS, BATCH_ALIASES);
  const plan = planBatches(set, options, "pipeline");
  const { workers = Math.min(2, availableParallelism()), prefetch = 2 * workers } = options;
  return openPipeline(set, plan, { workers, prefetch });
}

/** {@link pipeline} by a plan that `planBatches` has checked with this set. */
export function openPipeline(
  set: ImageSet | FileSet,
  plan: BatchPlan,
  { workers, prefetch = 2 * workers }: { readonly workers: number; readonly prefetch?: number },
): Pipeline {
  const source = sourceOf(set);
  const lengths = arrayLengths(plan, mostImages(plan));
  const slots = Array.from({ length: prefetch }, (): Slot => ({
    pixels: new SharedArrayBuffer(4 * lengths.pixels),
    labels: new SharedArrayBuffer(4 * lengths.labels),
    targets: new SharedArrayBuffer(4 * lengths.targets),
  }));
  const total = batchCount(plan.count, plan);
  const pool = new WorkerPool({ plan, source, slots }, workers);

  async function* epoch(epoch = 0, startBatch = 0): AsyncGenerator<Batch, void, undefined> {
    checkStart(plan, { epoch, startBatch }, "pipeline");
    const run = pool.begin();
    try {
      let ordered = startBatch;
      for (let batch = startBatch; batch < total; batch++) {
        // The slot of a batch is free again when the batch `prefetch` before it has been handed out.
        for (; ordered < total && ordered < batch + prefetch; ordered++)
          run.order({ epoch, batch: ordered, slot: ordered % prefetch });
        const length = await run.take(batch);
        const { pixels, labels, targets } = slots[batch % prefetch]!;
        const own = arrayLengths(plan, length);
        yield toTensors(
          plan,
          {
            pixels: new Float32Array(pixels, 0, own.pixels).slice(), // its own: the slot is filled anew
            labels: new Int32Array(labels, 0, own.labels).slice(),
            targets: new Float32Array(targets, 0, own.targets).slice(),
          },
          length,
        );
      }
    } finally {
      await run.end();
    }
  }
  return { batchCount: total, epoch, close: () => pool.close() };
}

function sourceOf(set: ImageSet | FileSet): Source {
  const labels = shared(set.labels);
  return "files" in set
    ? { kind: "files", files: set.files, labels }
    : { kind: "memory", images: shared(set.images), labels };
}

const copies = new WeakMap<Uint8Array | Int32Array, SharedArrayBuffer>();

/** The array's bytes in shared memory; those of a set are copied once, however many pipelines there are. */
function shared(array: Uint8Array | Int32Array): SharedArrayBuffer {
  const whole = array.byteOffset === 0 && array.byteLength === array.buffer.byteLength;
  if (array.buffer instanceof SharedArrayBuffer && whole) return array.buffer;
  let copy = copies.get(array);
  if (!copy) {
    copy = new SharedArrayBuffer(array.byteLength);
    new Uint8Array(copy).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    copies.set(array, copy);
  }
  return copy;
}
