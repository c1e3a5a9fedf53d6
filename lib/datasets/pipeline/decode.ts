import { readFile } from "node:fs/promises";
import { inChannels, type Raster } from "../augment/raster.js";
import { aText, checkArguments, oneOf, someBytes } from "../../checks.js";
import { BrokenRule } from "../decoders/broken-rule.js";
import { decodeBmp } from "../decoders/bmp.js";
import { decodeByVips } from "../decoders/by-vips.js";
import { KINDS, otherKind, pictureKind, type PictureKind } from "../decoders/kinds.js";
import { decodePnm } from "../decoders/pnm.js";

/** A file that is no image that can be read, or a larger one than is allowed. */
export class ImageError extends Error {
  /** By which it is told from other errors. */
  override readonly name = "ImageError";
}

/** Most pixels that are decoded: 20,000 × 20,000 is refused, a photograph of 100 megapixels is not. */
const MAX_PIXELS = 120_000_000;

/**
 * Decodes an image by its content, whatever it is called: JPEG, PNG, WebP, TIFF's first page, GIF's first frame, AVIF,
 * BMP and PNM (PBM, PGM, PPM). Palettes become RGB; grey is repeated in three channels, and colour becomes ITU-R 601's
 * luma, as Pillow's, where one is asked for. RGB values are those of Pillow's `open(file).convert("RGB")`, which
 * torchvision and timm read images by: a colour profile is not applied, so that a photograph in Display P3 or Adobe RGB
 * looks paler than on a screen, and CMYK is (255 − ink) · (255 − black) / 255 without one.
 *
 * Differs from Pillow: the image is turned upright by its EXIF orientation; what is transparent lies on black, where
 * Pillow drops the alpha channel (any other fourth channel of a TIFF is dropped here too); of 16 bits of grey the upper
 * eight are taken, where Pillow clips at 255.
 * @param bytes the file's
 * @param name what an error calls it
 * @param channels 1 or 3
 * @returns uint8 [H, W, C]
 * @throws RangeError for another number of channels
 * @throws ImageError, naming the file, when it is damaged, cut off, no image, has more than 120 million pixels, or
 * holds numbers of which it is not said what black and white are: floating-point, signed, or of 32 bits (TIFF)
 */
export async function decodeImage(bytes: Uint8Array, name: string, channels: number): Promise<Raster> {
  checkArguments("decodeImage", { bytes, name, channels }, { bytes: someBytes, name: aText, channels: oneOf([1, 3]) });
  if (bytes.length === 0) throw new ImageError(`decodeImage: must be an image, got an empty file (${name})`);
  const kind = pictureKind(bytes);
  if (!kind) throw new ImageError(`decodeImage: must be a ${KINDS} image, got ${otherKind(bytes)} (${name})`);
  try {
    return inChannels(await decodeAs(kind, bytes), channels);
  } catch (error) {
    const said = (error as Error).message.trim().replaceAll("\n", "; ");
    const rule = error instanceof BrokenRule ? "" : `must be a whole image of at most ${MAX_PIXELS} pixels, got: `;
    throw new ImageError(`decodeImage: ${rule}${said} (${name})`, { cause: error });
  }
}

async function decodeAs(kind: PictureKind, bytes: Uint8Array): Promise<Raster> {
  if (kind === "BMP") return decodeBmp(bytes, MAX_PIXELS);
  if (kind === "PNM") return decodePnm(bytes, MAX_PIXELS);
  return decodeByVips(bytes, kind, MAX_PIXELS);
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
