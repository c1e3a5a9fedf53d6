const [COMPRESSION, PHOTOMETRIC, EXTRA_SAMPLES] = [259, 262, 338];
const YCBCR = 6;
const JPEG: readonly number[] = [6, 7];
const ALPHA: readonly number[] = [1, 2]; // multiplied into the colours, or not

/** What libvips does not say of a TIFF. */
export interface TiffTraits {
  /** YCbCr that is not compressed as JPEG: libvips takes it for RGB. */
  readonly plainYCbCr: boolean;
  /** Whether a channel behind grey or RGB is said to be transparency; else it may be anything, near infrared say. */
  readonly hasAlpha: boolean;
}

/** Reads a TIFF's first page; of one that cannot be read nothing is said, which is left to libvips. */
export function tiffTraits(bytes: Uint8Array): TiffTraits {
  const tags = firstPage(bytes);
  const isJpeg = JPEG.includes(tags.get(COMPRESSION) ?? 1);
  return {
    plainYCbCr: tags.get(PHOTOMETRIC) === YCBCR && !isJpeg,
    hasAlpha: ALPHA.includes(tags.get(EXTRA_SAMPLES) ?? 0),
  };
}

/** The first number of each tag whose numbers have 16 bits. */
function firstPage(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49; // "I"
  const tags = new Map<number, number>();
  try {
    const big = view.getUint16(2, little) === 43; // BigTIFF: offsets of 8 bytes
    const offset = (at: number): number => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
    const page = offset(big ? 8 : 4);
    const count = big ? offset(page) : view.getUint16(page, little);
    const first = page + (big ? 8 : 2);
    const [entryBytes, valueAt] = big ? [20, 12] : [12, 8];
    for (let at = first; at < first + entryBytes * count; at += entryBytes) {
      tags.set(view.getUint16(at, little), view.getUint16(at + valueAt, little));
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // behind the file's end
  }
  return tags;
}
