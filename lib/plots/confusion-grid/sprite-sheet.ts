import { putOnWhite } from "../../png.js";
import { pictureAt, reduced, type ImageBatch, type Picture } from "../image-batch.js";

/** Images beside each other in one picture. */
export interface SpriteSheet {
  /** Which images of the batch, in the order in which they stand, row by row. */
  readonly indices: readonly number[];
  /** The same images, of one size each. */
  readonly tiles: readonly Picture[];
  /** Images in a row. */
  readonly columns: number;
  /** A WebP file. */
  readonly dataUri: string;
}

const PREFIX = "data:image/webp;base64,";
/** Up to so many pixels a side every image is kept as it is; more only where there are few images. */
const SMALL = 32;
const LARGEST = 128;
/** Pixels of a sheet for which the size of its images is chosen. */
const PIXELS = 3000 * SMALL ** 2;
/** WebP's quality: the least at which a small image is still recognized, and what no eye tells from the original. */
const [LEAST, BEST] = [12, 90];
/** Images by which the quality is chosen. */
const SAMPLE = 256;
/** Encoding takes twice as long at 4, for 2 % fewer bytes. */
const EFFORT = 2;

/**
 * The images in one picture of at most `maxBytes` as a data URI, in the best quality that fits. Where not even the
 * least does, the last images are left out; a single one is reduced.
 */
export async function spriteSheet(
  where: string,
  batch: ImageBatch,
  indices: readonly number[],
  maxBytes: number,
): Promise<SpriteSheet> {
  const most = Math.max(SMALL, Math.min(LARGEST, Math.floor(Math.sqrt(PIXELS / indices.length))));
  let tiles = indices.map((index) => reduced(onWhite(pictureAt(where, batch, index)), most));
  const room = Math.floor((maxBytes - PREFIX.length) / 4) * 3;
  let quality = await qualityFor(tiles, room);
  for (;;) {
    const file = await encoded(tiles, quality);
    if (file.length <= room) {
      const dataUri = `${PREFIX}${file.toString("base64")}`;
      return { indices: indices.slice(0, tiles.length), tiles, columns: columnsOf(tiles.length), dataUri };
    }
    if (quality > LEAST) quality = Math.max(LEAST, quality - 4);
    else if (tiles.length > 1)
      tiles = tiles.slice(0, Math.max(1, Math.floor((tiles.length * room * 0.95) / file.length)));
    else tiles = tiles.map((tile) => reduced(tile, Math.floor(Math.max(tile.width, tile.height) / 2)));
  }
}

/** The best quality at which some of the images promise that all fit. */
async function qualityFor(tiles: readonly Picture[], room: number): Promise<number> {
  const every = Math.ceil(tiles.length / SAMPLE);
  const some = tiles.filter((_, i) => i % every === 0);
  const share = (room * some.length) / tiles.length;
  let [low, high] = [LEAST, BEST];
  while (low < high) {
    const quality = Math.ceil((low + high) / 2);
    if ((await encoded(some, quality)).length <= share) low = quality;
    else high = quality - 1;
  }
  return low;
}

async function encoded(tiles: readonly Picture[], quality: number): Promise<Buffer> {
  const { default: sharp } = await import("sharp");
  const columns = columnsOf(tiles.length);
  const { width, height } = tiles[0]!;
  const [wide, high] = [columns * width, Math.ceil(tiles.length / columns) * height];
  const rgb = new Uint8Array(wide * high * 3);
  tiles.forEach((tile, i) => putTile(rgb, wide, tile, (i % columns) * width, Math.floor(i / columns) * height));
  return sharp(rgb, { raw: { width: wide, height: high, channels: 3 } })
    .webp({ quality, effort: EFFORT })
    .toBuffer();
}

/** Writes an opaque picture into a larger one of red, green and blue, `wide` pixels wide. */
export function putTile(rgb: Uint8Array, wide: number, tile: Picture, left: number, top: number): void {
  for (let y = 0; y < tile.height; y++) {
    let to = ((top + y) * wide + left) * 3;
    let from = y * tile.width * 4;
    for (let x = 0; x < tile.width; x++, from += 4) {
      rgb[to++] = tile.rgba[from]!;
      rgb[to++] = tile.rgba[from + 1]!;
      rgb[to++] = tile.rgba[from + 2]!;
    }
  }
}

function columnsOf(tiles: number): number {
  return Math.ceil(Math.sqrt(tiles));
}

function onWhite(picture: Picture): Picture {
  putOnWhite(picture.rgba);
  return picture;
}
