/** A worker thread that makes batches. It loads no TensorFlow. */
import { parentPort, workerData } from "node:worker_threads";
import { BatchFiller, rasterAt, type BatchArrays } from "../batch-filler.js";
import { decodeFile } from "./decode.js";
import type { Answer, Order, WorkerStart } from "./messages.js";

const { plan, source, slots } = workerData as WorkerStart;
const filler = new BatchFiller(plan);
const labels = new Int32Array(source.labels);
const images = source.kind === "memory" ? new Uint8Array(source.images) : undefined;

async function make({ epoch, batch, slot }: Order): Promise<number> {
  const shared = slots[slot]!;
  const arrays: BatchArrays = {
    pixels: new Float32Array(shared.pixels),
    labels: new Int32Array(shared.labels),
    targets: new Float32Array(shared.targets),
  };
  const indices = filler.indices(epoch, batch);
  for (let at = 0; at < indices.length; at++) {
    const index = indices[at]!;
    const image =
      source.kind === "memory"
        ? rasterAt(images!, plan.imageShape, index)
        : await decodeFile(source.files[index]!, plan.imageShape[2]);
    filler.place(arrays, at, epoch, index, image, labels[index]!);
  }
  filler.finish(arrays, indices.length, epoch, batch);
  return indices.length;
}

parentPort!.on("message", async (order: Order) => {
  let answer: Answer;
  try {
    answer = { order, length: await make(order) };
  } catch (error) {
    const { name, message } = error as Error;
    answer = { order, error: { name, message } };
  }
  parentPort!.postMessage(answer);
});
