import type { Raster } from "../augment/raster.js";
import { BrokenRule } from "./broken-rule.js";

/** Where a channel lies in a pixel's bits. */
interface Mask {
  readonly shift: number;
  readonly most: number;
}

interface Header {
  readonly width: number;
  readonly height: number;
  /** Whether the first row is the topmost. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly paletteAt: number;
  readonly paletteStride: number;
  readonly pixelsAt: number;
  /** Red, green and blue, for 16 bits and more. */
  readonly masks: readonly Mask[];
}

const BIT_FIELDS = [3, 6];

/**
 * Decodes a Windows bitmap: 1, 4 or 8 bits with a palette; 16, 24 or 32 bits with or without masks. A fourth channel is
 * left out, as Pillow's convert("RGB") leaves it out.
 * @returns uint8 [H, W, 3]
 * @throws Error for a header that is none, more than `maxPixels`, pixels that are cut off, and run-length compression
 */
export function decodeBmp(bytes: Uint8Array, maxPixels: number): Raster {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  const { width, height, topDown, bits, pixelsAt } = header;
  if (width * height > maxPixels) throw new Error(`more than ${maxPixels} pixels (${width} × ${height})`);
  const stride = 4 * Math.ceil((width * bits) / 32);
  if (pixelsAt + stride * height > bytes.length) throw new Error("a BMP that is cut off");
  const colour = bits <= 8 ? byPalette(view, header) : byMasks(header.masks);
  const data = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = pixelsAt + stride * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) colour(data, to, pixelAt(view, row, x, bits));
  }
  return { data, height, width, channels: 3 };
}

function readHeader(view: DataView): Header {
  if (view.byteLength < 26) throw new Error("a BMP that is cut off");
  const size = view.getUint32(14, true);
  const old = size === 12; // OS/2's: sides of 16 bits, colours of 3 bytes
  if (!old && (size < 40 || view.byteLength < 14 + size)) throw new Error("a BMP without a header");
  const height = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? 0 : view.getUint32(30, true);
  if (width < 1 || height === 0) throw new Error(`a BMP of ${width} × ${height} pixels`);
  if (![1, 4, 8, 16, 24, 32].includes(bits))
    throw new BrokenRule("a BMP must have 1, 4, 8, 16, 24 or 32 bits a pixel", `${bits}`);
  const fields = BIT_FIELDS.includes(compression) && (bits === 16 || bits === 32);
  if (compression !== 0 && !fields) throw new BrokenRule("a BMP must not be compressed", `compression ${compression}`);
  const masksAt = 54; // within the later headers, behind the first
  if (fields && view.byteLength < masksAt + 12) throw new Error("a BMP that is cut off");
  return {
    width,
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    paletteAt: 14 + size,
    paletteStride: old ? 3 : 4,
    pixelsAt: view.getUint32(10, true),
    masks: fields ? [0, 4, 8].map((at) => toMask(view.getUint32(masksAt + at, true))) : plainMasks(bits),
  };
}

function plainMasks(bits: number): Mask[] {
  return (bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff]).map(toMask);
}

function toMask(mask: number): Mask {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { shift, most: mask >>> shift };
}

function pixelAt(view: DataView, row: number, x: number, bits: number): number {
  if (bits === 32) return view.getUint32(row + 4 * x, true);
  if (bits === 24) return view.getUint16(row + 3 * x, true) | (view.getUint8(row + 3 * x + 2) << 16);
  if (bits === 16) return view.getUint16(row + 2 * x, true);
  const perByte = 8 / bits;
  const byte = view.getUint8(row + Math.floor(x / perByte));
  return (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1);
}

type Place = (data: Uint8Array, at: number, pixel: number) => void;

function byPalette(view: DataView, { paletteAt, paletteStride, pixelsAt }: Header): Place {
  const end = Math.min(pixelsAt, view.byteLength);
  return (data, at, pixel) => {
    const from = paletteAt + paletteStride * pixel;
    if (from + 3 > end) throw new Error(`a BMP whose palette lacks colour ${pixel}`);
    for (let c = 0; c < 3; c++) data[at + c] = view.getUint8(from + 2 - c); // blue comes first
  };
}

function byMasks(masks: readonly Mask[]): Place {
  return (data, at, pixel) => {
    for (let c = 0; c < 3; c++) {
      const { shift, most } = masks[c]!;
      const value = (pixel >>> shift) & most;
      data[at + c] = most === 255 || most === 0 ? value : Math.floor((255 * value) / most);
    }
  };
}
