import { blank, type Raster } from "./raster.js";

/** Where a target pixel (x, y) is read: (a·x + b·y + c, d·x + e·y + f), pixel centres at halves. */
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** How a turned or moved image is read between its pixels and beyond its border. */
export interface Resampling {
  /** Default "nearest". */
  readonly resample?: "nearest" | "bilinear" | "bicubic";
  /** What is seen where the image ends: one number, or one a channel. Default 0. */
  readonly fill?: number | readonly number[];
}

/** Source: Pillow's Image.transform with Transform.AFFINE, to the same size. */
function affine(image: Raster, matrix: Matrix, { resample = "nearest", fill = 0 }: Resampling = {}): Raster {
  const result = blank(image, fill);
  if (resample === "nearest") nearest(image, result, matrix);
  else interpolate(image, result, matrix, resample === "bilinear" ? 2 : 4);
  return result;
}

/** x is read at x + level · y. @param level −1 to 1 */
export function shearX(image: Raster, level: number, resampling?: Resampling): Raster {
  return affine(image, [1, level, 0, 0, 1, 0], resampling);
}

/** y is read at y + level · x. */
export function shearY(image: Raster, level: number, resampling?: Resampling): Raster {
  return affine(image, [1, 0, 0, level, 1, 0], resampling);
}

/** x is read at x + pixels. */
export function translateX(image: Raster, pixels: number, resampling?: Resampling): Raster {
  return affine(image, [1, 0, pixels, 0, 1, 0], resampling);
}

/** y is read at y + pixels. */
export function translateY(image: Raster, pixels: number, resampling?: Resampling): Raster {
  return affine(image, [1, 0, 0, 0, 1, pixels], resampling);
}

/**
 * Turns counter-clockwise about the middle. @param degrees not a whole quarter turn other than 0. Source: Pillow's
 * Image.rotate.
 */
export function rotate(image: Raster, degrees: number, resampling?: Resampling): Raster {
  if (degrees % 360 === 0) return { ...image, data: image.data.slice() };
  const angle = (-(((degrees % 360) + 360) % 360) * Math.PI) / 180;
  const cos = Number(Math.cos(angle).toFixed(15));
  const sin = Number(Math.sin(angle).toFixed(15));
  const [middleX, middleY] = [image.width / 2, image.height / 2];
  const c = cos * -middleX + sin * -middleY + middleX;
  const f = -sin * -middleX + cos * -middleY + middleY;
  return affine(image, [cos, sin, c, -sin, cos, f], resampling);
}

/** In 16.16 fixed point, or in steps where the axes do not turn, as Pillow does. */
function nearest({ data, height, width, channels }: Raster, result: Raster, [a, b, c, d, e, f]: Matrix): void {
  const straight = b === 0 && d === 0;
  const fixed = (value: number): number => (straight ? value : Math.floor(value * 65536 + 0.5));
  const one = straight ? 1 : 65536;
  const [stepX, stepY] = [fixed(a), fixed(d)];
  let [startX, startY] = [fixed(c + a * 0.5 + b * 0.5), fixed(f + d * 0.5 + e * 0.5)];
  for (let y = 0, to = 0; y < height; y++, startX += fixed(b), startY += fixed(e)) {
    let [atX, atY] = [startX, startY];
    for (let x = 0; x < width; x++, to += channels, atX += stepX, atY += stepY) {
      const fromX = Math.floor(atX / one);
      const fromY = Math.floor(atY / one);
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
      const from = (fromY * width + fromX) * channels;
      for (let channel = 0; channel < channels; channel++) result.data[to + channel] = data[from + channel]!;
    }
  }
}

/** From 2 × 2 or 4 × 4 pixels, those beyond the border as the border's; a fraction is dropped. */
function interpolate(
  { data, height, width, channels }: Raster,
  result: Raster,
  [a, b, c, d, e, f]: Matrix,
  taps: 2 | 4,
): void {
  const before = taps / 2 - 1;
  const along = new Float64Array(taps);
  const lines = new Float64Array(taps);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      const atX = a * (x + 0.5) + b * (y + 0.5) + c;
      const atY = d * (x + 0.5) + e * (y + 0.5) + f;
      if (atX < 0 || atX >= width || atY < 0 || atY >= height) continue;
      const [left, top] = [Math.floor(atX - 0.5), Math.floor(atY - 0.5)];
      const [shareX, shareY] = [atX - 0.5 - left, atY - 0.5 - top];
      for (let channel = 0; channel < channels; channel++) {
        for (let line = 0; line < taps; line++) {
          const row = inside(top - before + line, height) * width;
          for (let tap = 0; tap < taps; tap++)
            along[tap] = data[(row + inside(left - before + tap, width)) * channels + channel]!;
          lines[line] = between(along, shareX);
        }
        const value = between(lines, shareY);
        result.data[to + channel] = value <= 0 ? 0 : value >= 255 ? 255 : value;
      }
    }
  }
}

function inside(index: number, size: number): number {
  return index < 0 ? 0 : index < size ? index : size - 1;
}

/** Between the middle two of these, linear or cubic (a = −1). */
function between(values: Float64Array, share: number): number {
  if (values.length === 2) return values[0]! + (values[1]! - values[0]!) * share;
  const [v1, v2, v3, v4] = values as unknown as [number, number, number, number];
  return v2 + share * (-v1 + v3 + share * (2 * (v1 - v2) + v3 - v4 + share * (-v1 + v2 - v3 + v4)));
}
