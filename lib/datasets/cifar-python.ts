import type { MemberSink } from "../files/archive.js";
import { IMAGE_BYTES, setImage, setLabel, type CifarArrays, type CifarLayout } from "./cifar-layout.js";
import { NdArray, readPickle } from "./pickle.js";

/** An image's pixels, its file name and its labels. */
const MAX_RECORD_BYTES = IMAGE_BYTES + 100;

/** Memory for one file of so many images; files are read one after another, so that one is enough for all. */
export function pythonScratch(images: number): Uint8Array {
  return new Uint8Array(images * MAX_RECORD_BYTES);
}

/** Reads a file of the python layout: a pickled dict of "data" uint8 [N, 3072] and a list of labels of each kind. */
export function pythonReader(
  layout: CifarLayout,
  target: CifarArrays,
  sizeBytes: number,
  scratch: Uint8Array,
): { readonly sink: MemberSink; finish(): void } {
  if (sizeBytes > scratch.length)
    throw new RangeError(`${layout.fn}: a batch must have at most ${scratch.length} bytes, got ${sizeBytes}`);
  const bytes = scratch.subarray(0, sizeBytes);
  let filled = 0;
  const sink = (chunk: Uint8Array): void => {
    bytes.set(chunk, filled);
    filled += chunk.length;
    if (filled === sizeBytes) unpack(layout, bytes, target); // now, as the next file overwrites it
  };
  return { sink, finish() {} };
}

function unpack(layout: CifarLayout, bytes: Uint8Array, target: CifarArrays): void {
  const { fn } = layout;
  const count = target.labels[0]!.length;
  const batch = readPickle(bytes);
  const data = batch instanceof Map ? batch.get("data") : undefined;
  if (!(data instanceof NdArray) || data.shape.join() !== `${count},${IMAGE_BYTES}` || data.dtype !== "u1") {
    throw new RangeError(
      `${fn}: "data" must be uint8 [${count}, ${IMAGE_BYTES}], got ` +
        `${data instanceof NdArray ? `${data.dtype} [${data.shape.join(", ")}]` : typeof data}`,
    );
  }
  for (let i = 0; i < count; i++) setImage(target, i, data.bytes, i * IMAGE_BYTES);
  layout.labels.forEach(({ key }, kind) => {
    const labels = batch instanceof Map ? batch.get(key) : undefined;
    if (!Array.isArray(labels) || labels.length !== count) {
      throw new RangeError(
        `${fn}: "${key}" must be a list of ${count}, got ${Array.isArray(labels) ? labels.length : typeof labels}`,
      );
    }
    for (let i = 0; i < count; i++) setLabel(layout, target, kind, i, labels[i] as number);
  });
}
