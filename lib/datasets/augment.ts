import type { Random } from "./random.js";

/** Random changes to a uint8 image, in this order: crop, then flip. */
export interface Augment {
  /** Pixels of black around the image, out of which a window of the image's own size is cut. Default 0. */
  readonly cropPadding?: number;
  /** Whether half of the images are mirrored left to right. Default false. */
  readonly horizontalFlip?: boolean;
}

/** @throws RangeError when an augmentation does not fit images of this shape */
export function checkAugment(augment: Augment, [height, width]: readonly [number, number, number]): void {
  const { cropPadding = 0 } = augment;
  if (!Number.isInteger(cropPadding) || cropPadding < 0 || cropPadding >= Math.min(height, width)) {
    throw new RangeError(
      `augment: cropPadding must be an integer from 0 to the image's side less 1, got ${cropPadding}, image ${height}×${width}`,
    );
  }
}

/**
 * Writes an augmented copy of one image [H, W, C] to `target`, which may not be the image itself.
 * Source: He et al. 2016, "Deep Residual Learning for Image Recognition", §4.2 (4 pixels, flip).
 */
export function augmentInto(
  target: Uint8Array,
  image: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
  augment: Augment,
  random: Random,
): void {
  const padding = augment.cropPadding ?? 0;
  const down = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const right = padding > 0 ? random.integer(2 * padding + 1) - padding : 0;
  const mirrored = augment.horizontalFlip === true && random.integer(2) === 1;
  for (let y = 0; y < height; y++) {
    const fromY = y + down;
    for (let x = 0; x < width; x++) {
      const fromX = (mirrored ? width - 1 - x : x) + right;
      const inside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
      const to = (y * width + x) * channels;
      const from = (fromY * width + fromX) * channels;
      for (let c = 0; c < channels; c++) target[to + c] = inside ? image[from + c]! : 0;
    }
  }
}
