import type { MemberSink } from "../files/archive.js";
import { IMAGE_BYTES, setImage, setLabel, type CifarArrays, type CifarLayout } from "./cifar-layout.js";

/**
 * Reads a file of the binary layout as it arrives: records of one byte a label and 3,072 pixel bytes, a
 * plane a channel. `finish` is called at its end.
 */
export function binaryReader(layout: CifarLayout, target: CifarArrays): { readonly sink: MemberSink; finish(): void } {
  const { fn, labels } = layout;
  const records = target.labels[0]!.length;
  const recordBytes = labels.length + IMAGE_BYTES;
  const record = new Uint8Array(recordBytes);
  let filled = 0;
  let count = 0;
  const take = (bytes: Uint8Array, at: number): void => {
    if (count >= records) throw new RangeError(`${fn}: a batch must hold ${records} records, got more`);
    for (let kind = 0; kind < labels.length; kind++) setLabel(layout, target, kind, count, bytes[at + kind]!);
    setImage(target, count++, bytes, at + labels.length);
  };
  const sink = (chunk: Uint8Array): void => {
    let at = 0;
    while (at < chunk.length) {
      if (filled === 0 && chunk.length - at >= recordBytes) {
        take(chunk, at);
        at += recordBytes;
        continue;
      }
      const part = chunk.subarray(at, at + recordBytes - filled);
      record.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === recordBytes) {
        take(record, 0);
        filled = 0;
      }
    }
  };
  const finish = (): void => {
    if (count !== records || filled !== 0) {
      throw new RangeError(
        `${fn}: a batch must hold ${records} records of ${recordBytes} bytes, got ${count} and ${filled} bytes`,
      );
    }
  };
  return { sink, finish };
}
