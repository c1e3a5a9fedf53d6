import { blank, clip8, type Raster } from "./raster.js";

/**
 * Turns the hue, in Pillow's byte arithmetic; a grey image stays as it is.
 * @param turn −0.5 to 0.5 of the whole circle
 *
 * Source: torchvision's adjust_hue on a Pillow image.
 */
export function hue(image: Raster, turn: number): Raster {
  if (image.channels === 1) return { ...image, data: image.data.slice() };
  const result = blank(image);
  const shift = Math.trunc(turn * 255);
  for (let at = 0; at < image.data.length; at += 3) {
    const [h, s, v] = toHsv(image.data[at]!, image.data[at + 1]!, image.data[at + 2]!);
    result.data.set(toRgb((h + shift) & 255, s, v), at);
  }
  return result;
}

type Triple = readonly [number, number, number];

/** Source: Pillow's Convert.c, after Python's colorsys; in float32 but for the hue's last steps. */
function toHsv(red: number, green: number, blue: number): Triple {
  const value = Math.max(red, green, blue);
  const least = Math.min(red, green, blue);
  if (value === least) return [0, 0, value];
  const range = value - least;
  const [r, g, b] = [red, green, blue].map((channel) => Math.fround((value - channel) / range)) as [
    number,
    number,
    number,
  ];
  const sixths = Math.fround(red === value ? b - g : green === value ? 2 + r - b : 4 + g - r);
  const turned = Math.fround((sixths / 6 + 1) % 1);
  return [clip8(Math.trunc(turned * 255)), clip8(Math.trunc(Math.fround(range / value) * 255)), value];
}

function toRgb(h: number, s: number, v: number): Triple {
  if (s === 0) return [v, v, v];
  const sixth = Math.floor((h * 6) / 255);
  const rest = Math.fround((h * 6) / 255 - sixth);
  const strength = Math.fround(s / 255);
  const p = round(v * (1 - strength));
  const q = round(v * (1 - strength * rest));
  const t = round(v * (1 - strength * (1 - rest)));
  const faces: readonly Triple[] = [
    [v, t, p],
    [q, v, p],
    [p, v, t],
    [p, q, v],
    [t, p, v],
    [v, p, q],
  ];
  return faces[sixth % 6]!;
}

/** As C rounds what is not negative: a half up. */
function round(value: number): number {
  return clip8(Math.floor(value + 0.5));
}
