const [COMPRESSION, PHOTOMETRIC] = [259, 262];
const [YCBCR, OLD_JPEG, JPEG] = [6, 6, 7];

/**
 * Whether a TIFF's first page holds YCbCr that is not compressed as JPEG, which libvips would take for RGB. A file
 * whose first page cannot be found is left to libvips.
 */
export function isPlainYCbCr(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49; // "I"
  const big = view.getUint16(2, little) === 43; // BigTIFF: offsets of 8 bytes
  try {
    const offset = (at: number): number => (big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little));
    const page = offset(big ? 8 : 4);
    const count = big ? offset(page) : view.getUint16(page, little);
    const first = page + (big ? 8 : 2);
    const [entryBytes, valueAt] = big ? [20, 12] : [12, 8];
    const tags = new Map<number, number>();
    for (let at = first; at < first + entryBytes * count; at += entryBytes) {
      tags.set(view.getUint16(at, little), view.getUint16(at + valueAt, little));
    }
    const compression = tags.get(COMPRESSION) ?? 1;
    return tags.get(PHOTOMETRIC) === YCBCR && compression !== OLD_JPEG && compression !== JPEG;
  } catch (error) {
    if (error instanceof RangeError) return false; // behind the file's end
    throw error;
  }
}
