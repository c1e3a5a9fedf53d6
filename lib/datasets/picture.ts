import { pngBundle, type RgbaRaster } from "../png.js";
import type { MimeBundle } from "../shown.js";
import { inChannels, type Raster } from "./augment/raster.js";
import { resize } from "./augment/resize.js";

/** Least side of a picture on a page, in pixels: smaller images are enlarged by whole pixels. */
const LEAST_SIDE = 128;
const COLUMNS = 32;
const MOST_ROWS = 24;

/** How an image of 1 or 3 channels is shown, with a text below. */
export function drawing(image: Raster, text: string, leastSide = LEAST_SIDE): MimeBundle {
  return pngBundle(asRgba(image, leastSide), text);
}

/** An image of 1 or 3 channels for a page, a small one with each pixel as a square of several. */
function asRgba(image: Raster, leastSide: number): RgbaRaster {
  const { data, height, width } = inChannels(image, 3);
  const times = Math.max(1, Math.floor(leastSide / Math.max(height, width)));
  const rgba = new Uint8Array(4 * height * width * times * times).fill(255);
  for (let y = 0, to = 0; y < height * times; y++) {
    for (let x = 0; x < width * times; x++, to += 4) {
      const from = 3 * (Math.floor(y / times) * width + Math.floor(x / times));
      rgba.set(data.subarray(from, from + 3), to);
    }
  }
  return { width: width * times, height: height * times, rgba };
}

/** An image in characters for a terminal of 24-bit colors: each is a half block, two pixels one above the other. */
export function terminalPicture(image: Raster): string {
  const scale = Math.min(COLUMNS / image.width, (2 * MOST_ROWS) / image.height);
  const [height, width] = [image.height, image.width].map((side) => Math.max(1, Math.round(side * scale)));
  const { data } = resize(inChannels(image, 3), height!, width!);
  const color = (row: number, column: number): string =>
    data.subarray(3 * (row * width! + column), 3 * (row * width! + column) + 3).join(";");
  const lines: string[] = [];
  for (let row = 0; row < height!; row += 2) {
    const blocks = Array.from({ length: width! }, (_, column) => {
      const below = row + 1 < height! ? `\x1b[48;2;${color(row + 1, column)}m` : "";
      return `\x1b[38;2;${color(row, column)}m${below}▀`;
    });
    lines.push(`${blocks.join("")}\x1b[0m`);
  }
  return lines.join("\n");
}
