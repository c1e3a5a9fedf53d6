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

/**
 * A window of the image's own size out of the image with `padding` black pixels around it, mirrored left to
 * right or not.
 *
 * Source: He et al. 2016, "Deep Residual Learning for Image Recognition", §4.2 (4 pixels, flip).
 */
export function paddedCrop(image: Raster, padding: number, flip: boolean, random: Random): Raster {
  const { data, height, width, channels } = image;
  const down = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const right = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const mirrored = flip && random.integer(2) === 1;
  const result = new Uint8Array(data.length);
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    for (let x = 0; x < width; x++) {
      const fromX = (mirrored ? width - 1 - x : x) + right;
      if (fromX < 0 || fromX >= width) continue;
      const to = (y * width + x) * channels;
      const from = ((y + down) * width + fromX) * channels;
      for (let c = 0; c < channels; c++) result[to + c] = data[from + c]!;
    }
  }
  return { data: result, height, width, channels };
}
