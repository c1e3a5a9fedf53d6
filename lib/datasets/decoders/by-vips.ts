import type { Sharp } from "sharp";
import type { Raster } from "../augment/raster.js";
import { BrokenRule } from "./broken-rule.js";
import { tiffTraits } from "./tiff.js";

/** What a channel's values may be besides 8 or 16 bits without a sign: of none is it said what black and white are. */
const DEPTHS: Readonly<Record<string, string>> = {
  char: "signed numbers of 8 bits",
  short: "signed numbers of 16 bits",
  int: "signed numbers of 32 bits",
  uint: "numbers of 32 bits",
  float: "floating-point numbers",
  double: "floating-point numbers",
  complex: "complex numbers",
  dpcomplex: "complex numbers",
};

/** How many channels a colour has where they are not three. */
const COLOURS: Readonly<Record<string, number>> = { "b-w": 1, grey16: 1, cmyk: 4 };

/**
 * Decodes by libvips, colour profiles left out. Transparency is laid on black; a TIFF's fourth channel that is not said
 * to be transparency is left out. CMYK becomes RGB by Pillow's rule, (255 − ink) · (255 − black) / 255.
 * @returns uint8 [H, W, 1 or 3]
 * @throws Error for what libvips cannot read whole, and for values whose range is not known
 */
export async function decodeByVips(bytes: Uint8Array, kind: string, maxPixels: number): Promise<Raster> {
  const { default: sharp } = await import("sharp"); // loads libvips, only where images are decoded
  const source = sharp(bytes, { limitInputPixels: maxPixels, failOn: "error", ignoreIcc: true }).rotate();
  const { cmyk, hasAlpha } = await traitsOf(source, bytes, kind);
  if (cmyk) {
    const { data, info } = await pixels(source.pipelineColourspace("cmyk").toColourspace("cmyk"));
    return { data: withoutInks(data, info.channels), height: info.height, width: info.width, channels: 3 };
  }
  const opaque = hasAlpha ? source.flatten({ background: "black" }) : source.removeAlpha();
  const { data, info } = await pixels(opaque.toColourspace("srgb"));
  const { height, width, channels } = info;
  if (channels !== 1 && channels !== 3) throw new Error(`${channels} channels`);
  return { data, height, width, channels };
}

function pixels(image: Sharp) {
  return image.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
}

/** What is asked before an image is decoded: only JPEG and TIFF hold CMYK, and only TIFF other values than bytes. */
async function traitsOf(
  source: Sharp,
  bytes: Uint8Array,
  kind: string,
): Promise<{ readonly cmyk: boolean; readonly hasAlpha: boolean }> {
  if (kind === "JPEG") return { cmyk: jpegComponents(bytes) === 4, hasAlpha: false };
  if (kind !== "TIFF") return { cmyk: false, hasAlpha: true };
  const { plainYCbCr, hasAlpha } = tiffTraits(bytes);
  if (plainYCbCr) throw new BrokenRule("YCbCr must be compressed as JPEG", "it as it is: save it as RGB");
  const { space, depth, channels } = await source.metadata();
  const numbers = DEPTHS[depth];
  if (numbers) throw new BrokenRule("values must be of 8 or 16 bits without a sign, from black to white", numbers);
  if (channels > (COLOURS[space] ?? 3) + 1)
    throw new BrokenRule("channels must be its colours' and at most one more", `${channels} channels`);
  return { cmyk: space === "cmyk", hasAlpha };
}

/** How many components a JPEG's frame header names; undefined where it has none. */
function jpegComponents(bytes: Uint8Array): number | undefined {
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) at++; // fill
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return bytes[at + 9];
    else at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
  }
  return undefined;
}

/** CMYK to RGB by Pillow's arithmetic: products of 8 bits over 255, rounded. */
function withoutInks(cmyk: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / channels) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += channels) {
    const light = 255 - cmyk[from + 3]!;
    for (let c = 0; c < 3; c++) rgb[to++] = light - over255(cmyk[from + c]! * light);
  }
  return rgb;
}

function over255(product: number): number {
  const rounded = product + 128;
  return ((rounded >> 8) + rounded) >> 8;
}
