import { inflateSync } from "node:zlib";
import { encodePng, putOnWhite, type RgbaRaster } from "../../png.js";
import type { PdfObject } from "./document.js";

/** A PNG file's parts that a PDF takes as they are. */
interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly hasOpacity: boolean;
  /** Its rows, each with its filter, deflated. */
  readonly rows: Uint8Array;
}

/** A picture in a PDF, of a PNG or a JPEG file. */
export function imageObject(file: Uint8Array): PdfObject {
  return file[0] === 0xff ? ofJpeg(file) : ofPng(file);
}

/** A JPEG file, as it is. */
function ofJpeg(jpeg: Uint8Array): PdfObject {
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  let at = 2;
  while (!isFrame(view.getUint8(at + 1))) at += 2 + view.getUint16(at + 2);
  const colors = view.getUint8(at + 9) === 1 ? "DeviceGray" : "DeviceRGB";
  return {
    entries:
      `/Type/XObject/Subtype/Image/Width ${view.getUint16(at + 7)}/Height ${view.getUint16(at + 5)}` +
      `/ColorSpace/${colors}/BitsPerComponent 8`,
    bytes: jpeg,
    packed: "DCTDecode",
  };
}

/** Whether a marker begins a frame, which says its size. Source: ITU-T T.81, table B.1. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** A PNG's own compressed rows where it is opaque, and on white where it is not. */
function ofPng(png: Uint8Array): PdfObject {
  let parts = readPng(png);
  if (parts.hasOpacity) parts = readPng(encodePng(onWhite(parts)));
  return {
    entries:
      `/Type/XObject/Subtype/Image/Width ${parts.width}/Height ${parts.height}/ColorSpace/DeviceRGB` +
      `/BitsPerComponent 8/DecodeParms<</Predictor 15/Colors 3/Columns ${parts.width}>>`,
    bytes: parts.rows,
    packed: "FlateDecode",
  };
}

function readPng(png: Uint8Array): PngParts {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const rows: Uint8Array[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    const type = Buffer.from(png.subarray(at + 4, at + 8)).toString("latin1");
    if (type === "IDAT") rows.push(png.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    hasOpacity: png[25] === 6,
    rows: Buffer.concat(rows),
  };
}

/** Pixels of red, green, blue and opacity over a white page. */
function onWhite({ width, height, rows }: PngParts): RgbaRaster {
  const bytes = inflateSync(rows);
  const stride = width * 4;
  const rgba = new Uint8Array(height * stride);
  for (let y = 0; y < height; y++) {
    const filter = bytes[y * (stride + 1)]!; // none, left or up, which is all that this library's PNGs have
    for (let i = 0; i < stride; i++) {
      const left = filter === 1 && i >= 4 ? rgba[y * stride + i - 4]! : 0;
      const up = filter === 2 && y > 0 ? rgba[(y - 1) * stride + i]! : 0;
      rgba[y * stride + i] = bytes[y * (stride + 1) + 1 + i]! + left + up;
    }
  }
  putOnWhite(rgba);
  return { width, height, rgba };
}
