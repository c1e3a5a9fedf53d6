import type { Random } from "../random.js";
import { between } from "./erase.js";
import { roundHalfEven, type Raster } from "./raster.js";
import { crop, resize } from "./resize.js";

/** torchvision's RandomResizedCrop, {} for its bounds. */
export interface RandomResizedCrop {
  /** Bounds of the window's share of the area, above 0 to 1. Default [0.08, 1]. */
  readonly scale?: readonly [number, number];
  /** Bounds of width over height, above 0. Default [3/4, 4/3]. */
  readonly ratio?: readonly [number, number];
}

/**
 * A window of random size, shape and place, resized to `height` × `width`. After ten tries in vain, the largest
 * middle window of a shape within the bounds.
 *
 * Source: Szegedy et al. 2015, "Going Deeper with Convolutions", §6; as torchvision's RandomResizedCrop, bilinear.
 */
export function randomResizedCrop(
  image: Raster,
  height: number,
  width: number,
  options: RandomResizedCrop,
  random: Random,
): Raster {
  const { scale = [0.08, 1], ratio = [3 / 4, 4 / 3] } = options;
  for (let tries = 0; tries < 10; tries++) {
    const area = image.height * image.width * between(scale, random);
    const shape = Math.exp(between([Math.log(ratio[0]), Math.log(ratio[1])], random));
    const w = roundHalfEven(Math.sqrt(area * shape));
    const h = roundHalfEven(Math.sqrt(area / shape));
    if (w < 1 || h < 1 || w > image.width || h > image.height) continue;
    const top = random.integer(image.height - h + 1);
    return resize(crop(image, top, random.integer(image.width - w + 1), h, w), height, width);
  }
  const shape = image.width / image.height;
  const h = shape < ratio[0] ? Math.max(1, roundHalfEven(image.width / ratio[0])) : image.height;
  const w = shape > ratio[1] ? Math.max(1, roundHalfEven(image.height * ratio[1])) : image.width;
  return resize(
    crop(image, Math.floor((image.height - h) / 2), Math.floor((image.width - w) / 2), h, w),
    height,
    width,
  );
}

/** What lies around an image: black, or the image mirrored at its edge pixels, which are not repeated. */
export type PaddingMode = "constant" | "reflect";

/** How {@link paddedCrop} cuts. */
export interface PaddedCrop {
  /** Pixels on every side, 0 or more; below the shorter side. */
  readonly padding: number;
  readonly mode: PaddingMode;
  /** Whether the window is mirrored left to right, or "random": half of them. */
  readonly flip: boolean | "random";
}

/**
 * A window of the image's own size out of the image with pixels around it, mirrored left to right or not.
 *
 * Source: He et al. 2016, "Deep Residual Learning for Image Recognition", §4.2 (4 pixels, flip); the modes are
 * torchvision's RandomCrop's.
 */
export function paddedCrop(image: Raster, { padding, mode, flip }: PaddedCrop, random: Random): Raster {
  const { data, height, width, channels } = image;
  const down = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const right = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const mirrored = flip === "random" ? random.integer(2) === 1 : flip;
  const result = new Uint8Array(data.length);
  const place = mode === "reflect" ? reflected : (at: number) => at;
  for (let y = 0; y < height; y++) {
    const fromY = place(y + down, height);
    if (fromY < 0 || fromY >= height) continue;
    for (let x = 0; x < width; x++) {
      const fromX = place((mirrored ? width - 1 - x : x) + right, width);
      if (fromX < 0 || fromX >= width) continue;
      const to = (y * width + x) * channels;
      const from = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) result[to + c] = data[from + c]!;
    }
  }
  return { data: result, height, width, channels };
}

/** A place up to size − 1 outside of 0 to size − 1, mirrored into it at the first or the last. */
function reflected(at: number, size: number): number {
  if (at < 0) return -at;
  return at < size ? at : 2 * (size - 1) - at;
}
