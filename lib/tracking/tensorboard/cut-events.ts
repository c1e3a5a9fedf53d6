/** Of a run that goes on: what its files have of steps that are done again. */
import { closeSync, fstatSync, ftruncateSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

/** Bytes of a record up to its event's step: its length and that one's checksum, the time, the step. */
const HEAD = 12 + 9 + 1 + 10;
const [LENGTH, CHECKSUM] = [8, 4];
/** What an event of ours begins with: the time as a double, the step as a varint. */
const [TIME, STEP] = [0x09, 0x10];

/**
 * Cuts each event file of a run where its first event of a later step is, or a torn one. TensorBoard's data server has
 * no other way to forget a number that does not come again.
 *
 * @param step the last that counts
 */
export function cutEvents(folder: string, step: number): void {
  for (const name of readdirSync(folder).filter((each) => each.includes("tfevents"))) {
    const file = openSync(join(folder, name), "r+");
    try {
      const { size } = fstatSync(file);
      const end = wholeUpTo(file, size, step);
      if (end < size) ftruncateSync(file, end);
    } finally {
      closeSync(file);
    }
  }
}

/** Where the events up to a step end; the file's size where it is not one of ours. */
function wholeUpTo(file: number, size: number, step: number): number {
  const head = Buffer.alloc(HEAD);
  let at = 0;
  while (at < size) {
    const read = readSync(file, head, 0, HEAD, at);
    if (read < LENGTH) return at;
    const next = at + LENGTH + CHECKSUM + Number(head.readBigUInt64LE(0)) + CHECKSUM;
    if (next > size) return at;
    if (head[12] !== TIME || head[21] !== STEP) return size;
    if (varint(head, 22) > step) return at;
    at = next;
  }
  return at;
}

function varint(bytes: Uint8Array, from: number): number {
  let value = 0;
  for (let i = from, scale = 1; i < bytes.length; i++, scale *= 128) {
    value += (bytes[i]! & 127) * scale;
    if (bytes[i]! < 128) break;
  }
  return value;
}
