import { crc32, deflateSync } from "node:zlib";
import { escapeHtml } from "./escape-html.js";
import type { MimeBundle } from "./shown.js";

/** Pixels of red, green, blue and opacity, row by row. */
export interface RgbaRaster {
  readonly width: number;
  readonly height: number;
  /** uint8 [height, width, 4] */
  readonly rgba: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/**
 * A PNG file of 8 bits a channel, opacity kept only where some pixel is not opaque.
 * Source: PNG specification, third edition (W3C 2025).
 */
export function encodePng({ width, height, rgba }: RgbaRaster): Uint8Array {
  const opaque = !rgba.some((value, i) => i % 4 === 3 && value !== 255);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, opaque ? 2 : 6);
  const rows = filtered(opaque ? withoutOpacity(rgba) : rgba, width * (opaque ? 3 : 4), opaque ? 3 : 4);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows, { level: 6 })),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

export function pngDataUri(raster: RgbaRaster): string {
  return `data:image/png;base64,${Buffer.from(encodePng(raster)).toString("base64")}`;
}

/**
 * An image as a page shows it, with a text below that is said to screen readers too; and as a file of its own, for
 * LaTeX.
 *
 * @param style of the image in the page, CSS
 */
export function pngBundle(raster: RgbaRaster, text: string, style?: string): MimeBundle {
  const png = pngDataUri(raster);
  const said = escapeHtml(text);
  const image = `<img alt="${said}"${style === undefined ? "" : ` style="${style}"`} src="${png}">`;
  const caption = `<figcaption style="white-space:pre-wrap">${said}</figcaption>`;
  return {
    "text/html": `<figure style="margin:0">${image}${caption}</figure>`,
    "image/png": png.replace(/^data:image\/png;base64,/, ""),
  };
}

/** Puts pixels of red, green, blue and opacity on white, in place. */
export function putOnWhite(rgba: Uint8Array): void {
  for (let at = 0; at < rgba.length; at += 4) {
    const opacity = rgba[at + 3]! / 255;
    if (opacity === 1) continue;
    for (let part = 0; part < 3; part++) rgba[at + part] = Math.round(255 + (rgba[at + part]! - 255) * opacity);
    rgba[at + 3] = 255;
  }
}

function withoutOpacity(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from]!;
    rgb[to + 1] = rgba[from + 1]!;
    rgb[to + 2] = rgba[from + 2]!;
  }
  return rgb;
}

/** Each row with the filter, none, sub or up, whose bytes are least in sum, as the specification advises. */
function filtered(bytes: Uint8Array, stride: number, pixel: number): Uint8Array {
  const rows = bytes.length / stride;
  const out = new Uint8Array(rows * (stride + 1));
  const tried = [0, 1, 2].map(() => new Uint8Array(stride));
  for (let row = 0; row < rows; row++) {
    const sums = [0, 0, 0];
    for (let i = 0; i < stride; i++) {
      const at = row * stride + i;
      const value = bytes[at]!;
      const differences = [
        value,
        value - (i < pixel ? 0 : bytes[at - pixel]!),
        value - (row === 0 ? 0 : bytes[at - stride]!),
      ];
      for (let kind = 0; kind < 3; kind++) {
        const byte = differences[kind]! & 255;
        tried[kind]![i] = byte;
        sums[kind]! += byte < 128 ? byte : 256 - byte;
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    out[row * (stride + 1)] = best;
    out.set(tried[best]!, row * (stride + 1) + 1);
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}
