import type { MemberSink } from "./archive.js";
import { BATCH_IMAGES, IMAGE_BYTES, setImage, setLabel, type SplitArrays } from "./cifar10-arrays.js";
import { NdArray, readPickle } from "./pickle.js";

/** The batch files of the python layout. */
export const PYTHON_MEMBER: RegExp = /^cifar-10-batches-py\/(?:data_batch_([1-5])|test_batch)$/;

/** Pixels, and 10,000 file names and labels beside them. */
const MAX_BYTES = BATCH_IMAGES * IMAGE_BYTES + 1_000_000;

/** Memory for one batch file; files are read one after another, so that one is enough for all. */
export function pythonScratch(): Uint8Array {
  return new Uint8Array(MAX_BYTES);
}

/** Reads a batch file of the python layout: a pickled dict of "data" uint8 [10000, 3072] and "labels". */
export function pythonReader(target: SplitArrays, sizeBytes: number, scratch: Uint8Array): { readonly sink: MemberSink; finish(): void } {
  if (sizeBytes > MAX_BYTES) throw new RangeError(`cifar10: a batch must have at most ${MAX_BYTES} bytes, got ${sizeBytes}`);
  const bytes = scratch.subarray(0, sizeBytes);
  let filled = 0;
  const sink = (chunk: Uint8Array): void => {
    bytes.set(chunk, filled);
    filled += chunk.length;
    if (filled === sizeBytes) unpack(bytes, target); // now, as the next file overwrites it
  };
  return { sink, finish() {} };
}

function unpack(bytes: Uint8Array, target: SplitArrays): void {
  const batch = readPickle(bytes);
  const data = batch instanceof Map ? batch.get("data") : undefined;
  const labels = batch instanceof Map ? batch.get("labels") : undefined;
  if (!(data instanceof NdArray) || data.shape.join() !== `${BATCH_IMAGES},${IMAGE_BYTES}` || data.dtype !== "u1") {
    throw new RangeError(`cifar10: "data" must be uint8 [${BATCH_IMAGES}, ${IMAGE_BYTES}], got ${data instanceof NdArray ? `${data.dtype} [${data.shape.join(", ")}]` : typeof data}`);
  }
  if (!Array.isArray(labels) || labels.length !== BATCH_IMAGES) {
    throw new RangeError(`cifar10: "labels" must be a list of ${BATCH_IMAGES}, got ${Array.isArray(labels) ? labels.length : typeof labels}`);
  }
  for (let i = 0; i < BATCH_IMAGES; i++) {
    setLabel(target, i, labels[i] as number);
    setImage(target, i, data.bytes, i * IMAGE_BYTES);
  }
}
