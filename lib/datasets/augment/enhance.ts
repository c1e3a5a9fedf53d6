import { blank, luma, type Raster } from "./raster.js";

/**
 * degenerate + factor · (image − degenerate), in Pillow's float32 arithmetic, cut to 0 to 255 and to whole numbers.
 * Source: Pillow's ImageEnhance and Image.blend.
 */
function blend(degenerate: Raster, image: Raster, factor: number): Raster {
  const result = blank(image);
  const share = Math.fround(factor);
  for (let i = 0; i < result.data.length; i++) {
    const from = degenerate.data[i]!;
    const value = Math.fround(from + Math.fround(share * (image.data[i]! - from)));
    result.data[i] = value <= 0 ? 0 : value >= 255 ? 255 : value; // a byte array drops the fraction
  }
  return result;
}

/** Towards black: 0 is black, 1 the image itself. @param factor 0 or more */
export function brightness(image: Raster, factor: number): Raster {
  return blend(blank(image), image, factor);
}

/** Towards the mean luma: 0 is plain grey, 1 the image itself. @param factor 0 or more */
export function contrast(image: Raster, factor: number): Raster {
  const grey = luma(image);
  let sum = 0;
  for (const value of grey) sum += value;
  return blend(blank(image, Math.trunc(sum / grey.length + 0.5)), image, factor);
}

/** Towards grey: 0 is black and white, 1 the image itself. Also called saturation. @param factor 0 or more */
export function color(image: Raster, factor: number): Raster {
  if (image.channels === 1) return { ...image, data: image.data.slice() };
  const degenerate = blank(image);
  luma(image).forEach((value, i) => degenerate.data.fill(value, 3 * i, 3 * i + 3));
  return blend(degenerate, image, factor);
}

/** Away from the smoothed image: 0 is smoothed, 1 the image itself, 2 sharpened. @param factor 0 or more */
export function sharpness(image: Raster, factor: number): Raster {
  return blend(smooth(image), image, factor);
}

/**
 * Each pixel five times and its eight neighbours once, over 13; the border stays. Source: Pillow's ImageFilter.SMOOTH.
 */
function smooth(image: Raster): Raster {
  const { data, height, width, channels } = image;
  const result: Raster = { ...image, data: data.slice() };
  const row = width * channels;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * row + channels; at < (y + 1) * row - channels; at++) {
      let sum = 4 * data[at]!;
      for (let line = at - row; line <= at + row; line += row)
        sum += data[line - channels]! + data[line]! + data[line + channels]!;
      result.data[at] = Math.floor(sum / 13 + 0.5);
    }
  }
  return result;
}
