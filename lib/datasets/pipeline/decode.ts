import { readFile } from "node:fs/promises";
import { inChannels, type Raster } from "../augment/raster.js";
import { anyNumber, aText, checkArguments, someBytes } from "../../checks.js";

/** A file that is no image that can be read, or a larger one than is allowed. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** Most pixels that are decoded: 20,000 × 20,000 is refused, a photograph of 100 megapixels is not. */
const MAX_PIXELS = 120_000_000;

const startsWith =
  (text: string, at = 0) =>
  (bytes: Uint8Array): boolean =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .subarray(at, at + text.length)
      .toString("latin1") === text;

/**
 * How files of pixels begin. What else libvips can read (SVG, PDF) are programs that draw: they can name other files
 * and grow without end.
 */
const SIGNATURES: readonly ((bytes: Uint8Array) => boolean)[] = [
  startsWith("\xff\xd8\xff"),
  startsWith("\x89PNG\r\n\x1a\n"),
  startsWith("WEBP", 8),
  startsWith("GIF8"),
  startsWith("II*\0"),
  startsWith("MM\0*"),
  startsWith("II+\0"),
  startsWith("MM\0+"),
  startsWith("ftypavif", 4),
  startsWith("ftypavis", 4),
  startsWith("ftypmif1", 4),
];

/**
 * Decodes an image by its content, whatever it is called: JPEG, PNG, WebP, GIF's first frame, TIFF, AVIF. Turned
 * upright by its EXIF orientation; CMYK, palettes and 16 bits become RGB bytes; what is transparent lies on black; grey
 * is repeated in three channels, and colour becomes ITU-R 601's luma, as Pillow's, where one is asked for.
 * @param bytes the file's
 * @param name what an error calls it
 * @param channels 1 or 3
 * @returns uint8 [H, W, C]
 * @throws RangeError for another number of channels
 * @throws ImageError, naming the file, when it is damaged, cut off, no image, or has more than 120 million pixels
 */
export async function decodeImage(bytes: Uint8Array, name: string, channels: number): Promise<Raster> {
  checkArguments("decodeImage", { bytes, name, channels }, { bytes: someBytes, name: aText, channels: anyNumber });
  if (channels !== 1 && channels !== 3) throw new RangeError(`decodeImage: channels must be 1 or 3, got ${channels}`);
  if (bytes.length === 0) throw new ImageError(`decodeImage: must be an image, got an empty file (${name})`);
  if (!SIGNATURES.some((holds) => holds(bytes)))
    throw new ImageError(`decodeImage: must be a JPEG, PNG, WebP, GIF, TIFF or AVIF image, got other bytes (${name})`);
  const { default: sharp } = await import("sharp"); // loads libvips, only where images are decoded
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" })
      .rotate()
      .flatten({ background: "black" });
    const { data, info } = await image
      .toColourspace("srgb")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 && info.channels !== 3) throw new Error(`${info.channels} channels`);
    return inChannels({ data, height: info.height, width: info.width, channels: info.channels }, channels);
  } catch (error) {
    throw new ImageError(
      `decodeImage: must be a whole image of at most ${MAX_PIXELS} pixels, got: ` +
        `${(error as Error).message.trim().replaceAll("\n", "; ")} (${name})`,
      { cause: error },
    );
  }
}

/** As decodeImage(), of a file. @throws ImageError also when it cannot be read */
export async function decodeFile(file: string, channels: number): Promise<Raster> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { message } = error as Error; // of a folder it does not say which
    throw new ImageError(`decodeImage: ${message}${message.includes(file) ? "" : ` (${file})`}`, { cause: error });
  }
  return decodeImage(bytes, file, channels);
}
