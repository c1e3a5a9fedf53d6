import { type MemberSink } from "./archive.js";
import { BATCH_IMAGES, IMAGE_BYTES, setImage, setLabel, type SplitArrays } from "./cifar10-arrays.js";

const RECORD_BYTES = 1 + IMAGE_BYTES;

/** The batch files of the binary layout. */
export const BINARY_MEMBER: RegExp = /^cifar-10-batches-bin\/(?:data_batch_([1-5])|test_batch)\.bin$/;

/**
 * Reads a batch file of the binary layout as it arrives: records of a label byte and 3,072 pixel bytes,
 * a plane a channel. `finish` is called at its end.
 */
export function binaryReader(target: SplitArrays): { readonly sink: MemberSink; finish(): void } {
  const record = new Uint8Array(RECORD_BYTES);
  let filled = 0;
  let count = 0;
  const take = (bytes: Uint8Array, at: number): void => {
    if (count >= BATCH_IMAGES) throw new RangeError(`cifar10: a batch must hold ${BATCH_IMAGES} records, got more`);
    setLabel(target, count, bytes[at]!);
    setImage(target, count++, bytes, at + 1);
  };
  const sink = (chunk: Uint8Array): void => {
    let at = 0;
    while (at < chunk.length) {
      if (filled === 0 && chunk.length - at >= RECORD_BYTES) {
        take(chunk, at);
        at += RECORD_BYTES;
        continue;
      }
      const part = chunk.subarray(at, at + RECORD_BYTES - filled);
      record.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === RECORD_BYTES) {
        take(record, 0);
        filled = 0;
      }
    }
  };
  const finish = (): void => {
    if (count !== BATCH_IMAGES || filled !== 0) {
      throw new RangeError(`cifar10: a batch must hold ${BATCH_IMAGES} records of ${RECORD_BYTES} bytes, got ${count} and ${filled} bytes`);
    }
  };
  return { sink, finish };
}
