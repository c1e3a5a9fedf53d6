import { ArchiveError, readGzip } from "../files/archive.js";
import type { LocalArchive } from "../files/archive-spec.js";

/**
 * Reads a gzipped IDX file of bytes: two zeros, the type 8 (uint8), the number of sides, each side as a
 * big-endian 32-bit number, then the values, the last side fastest.
 * @param shape the sides that the file must have
 * @returns uint8 values in the file's order
 * @throws ArchiveError when it is no such file or has other sides
 * @throws DigestError when its bytes are not the expected ones
 *
 * Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits", file formats.
 */
export async function readIdx(
  archive: Pick<LocalArchive, "path" | "digest">,
  shape: readonly number[],
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const { path, digest } = archive;
  const expected = header(shape);
  const values = new Uint8Array(shape.reduce((product, side) => product * side, 1));
  const start = new Uint8Array(expected.length);
  let at = 0; // in the unpacked file
  await readGzip(path, { digest, maxBytes: start.length + values.length, signal }, (chunk) => {
    const inHeader = Math.min(chunk.length, Math.max(0, start.length - at));
    start.set(chunk.subarray(0, inHeader), Math.min(at, start.length));
    values.set(chunk.subarray(inHeader), Math.max(0, at + inHeader - start.length));
    at += chunk.length;
  });
  if (at < start.length || start.some((byte, i) => byte !== expected[i])) {
    throw new ArchiveError(
      `readIdx: must be uint8 [${shape.join(", ")}], got the header ` +
        `${Buffer.from(start.subarray(0, at)).toString("hex")} (${path})`,
    );
  }
  if (at !== start.length + values.length) {
    throw new ArchiveError(`readIdx: must hold ${values.length} values, got ${at - start.length} (${path})`);
  }
  return values;
}

function header(shape: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  view.setUint8(2, 8);
  view.setUint8(3, shape.length);
  shape.forEach((side, axis) => view.setUint32(4 + 4 * axis, side));
  return new Uint8Array(view.buffer);
}
