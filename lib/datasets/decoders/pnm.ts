import type { Raster } from "../augment/raster.js";

interface Header {
  /** 1 to 6, as in "P6". */
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  /** The value that is white. */
  readonly most: number;
  /** Where the pixels begin. */
  readonly at: number;
}

/**
 * Decodes a portable bitmap, greymap or pixmap (PBM, PGM, PPM), its pixels in binary or as text. Values are scaled to 0
 * to 255 and rounded.
 * @returns uint8 [H, W, 1 or 3]
 * @throws Error for a header that is none, more than `maxPixels`, and pixels that are cut off
 */
export function decodePnm(bytes: Uint8Array, maxPixels: number): Raster {
  const { kind, width, height, most, at } = readHeader(bytes);
  if (width * height > maxPixels) throw new Error(`more than ${maxPixels} pixels (${width} × ${height})`);
  const channels = kind % 3 === 0 ? 3 : 1;
  const count = width * height * channels;
  const rest = bytes.subarray(at);
  const values =
    kind === 4
      ? bitsOf(rest, width, height)
      : kind < 4
        ? numbersOf(rest, count, kind === 1)
        : binary(rest, count, most);
  if (values.length < count) throw new Error("a PNM that is cut off");
  const data = new Uint8Array(count);
  for (let i = 0; i < count; i++) data[i] = toByte(values[i]!, kind, most);
  return { data, height, width, channels };
}

function toByte(value: number, kind: number, most: number): number {
  if (kind === 1 || kind === 4) return value === 0 ? 255 : 0; // ones are ink
  if (most === 255) return value;
  return Math.min(255, Math.round((255 * value) / most));
}

function readHeader(bytes: Uint8Array): Header {
  const kind = bytes[1]! - 48;
  const numbers: number[] = [];
  let at = 2;
  while (numbers.length < (kind === 1 || kind === 4 ? 2 : 3)) {
    while (at < bytes.length && isSpace(bytes[at]!)) at++;
    if (bytes[at] === 0x23) at = lineEnd(bytes, at); // "#"
    else {
      let value = 0;
      const from = at;
      for (; at < bytes.length && isDigit(bytes[at]!) && at - from < 9; at++) value = 10 * value + bytes[at]! - 48;
      if (at === from) throw new Error("a PNM without a header");
      numbers.push(value);
    }
  }
  const [width, height, most = 1] = numbers as [number, number, number?];
  if (width === 0 || height === 0) throw new Error(`a PNM of ${width} × ${height} pixels`);
  if (most < 1 || most > 65_535) throw new Error(`a PNM whose largest value is ${most}`);
  return { kind, width, height, most, at: at + 1 }; // one space ends the header
}

function binary(bytes: Uint8Array, count: number, most: number): ArrayLike<number> {
  if (most < 256) return bytes;
  const values = new Uint16Array(Math.min(count, bytes.length >> 1));
  for (let i = 0; i < values.length; i++) values[i] = (bytes[2 * i]! << 8) | bytes[2 * i + 1]!;
  return values;
}

function bitsOf(bytes: Uint8Array, width: number, height: number): ArrayLike<number> {
  const stride = Math.ceil(width / 8);
  if (bytes.length < stride * height) return [];
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return (bytes[stride * Math.floor(i / width) + (x >> 3)]! >> (7 - (x & 7))) & 1;
  });
}

/** Numbers of text, separated by spaces; or single digits, which may stand together. */
function numbersOf(bytes: Uint8Array, count: number, digits: boolean): ArrayLike<number> {
  if (count > bytes.length) return []; // before so many are made room for
  const values = new Uint16Array(count);
  let found = 0;
  for (let at = 0; at < bytes.length && found < count;) {
    if (isSpace(bytes[at]!)) at++;
    else if (bytes[at] === 0x23) at = lineEnd(bytes, at);
    else if (!isDigit(bytes[at]!)) throw new Error("a PNM with other text than numbers");
    else {
      let value = 0;
      do value = Math.min(65_535, 10 * value + bytes[at++]! - 48);
      while (!digits && at < bytes.length && isDigit(bytes[at]!));
      values[found++] = value;
    }
  }
  return values.subarray(0, found);
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(0x0a, from);
  return end < 0 ? bytes.length : end + 1;
}
