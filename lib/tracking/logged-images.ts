import { aCount, aList, anImageShape, aTitle, checkArguments, checkOptions, optional, withFields } from "../checks.js";
import type { LoggedImage } from "./run-log.js";

/** Images as a split of a dataset holds them, or as floats. */
export interface LoggedBatch {
  /**
   * Pixels [N, H, W, C], C 1 (gray), 3 (red, green, blue) or 4 (and opacity): of a Float32Array 0 to 1, else 0 to 255.
   * What is beyond is cut.
   */
  readonly images: ArrayLike<number>;
  /** [H, W, C] */
  readonly imageShape: readonly number[];
}

/** What {@link loggedImages} takes. */
export interface LoggedImagesOptions {
  /** Images at most, the first. Default 16. */
  readonly count?: number;
}

const aBatch = withFields("a batch, { images, imageShape }", { images: aList, imageShape: anImageShape });

/**
 * A batch of images as a run takes them: NAME/0, NAME/1 and so on.
 *
 * @throws TypeError for a shape that is no [H, W, C] or does not fit the pixels, RangeError for an option out of range
 * @example run.images(tracking.loggedImages("wrong", { images: await tensor.data(), imageShape: [32, 32, 3] }))
 */
export function loggedImages(
  name: string,
  batch: LoggedBatch,
  options: LoggedImagesOptions = {},
): Record<string, LoggedImage> {
  checkArguments("loggedImages", { name, batch }, { name: aTitle, batch: aBatch });
  checkOptions("loggedImages", options, { count: optional(aCount) });
  const { images, imageShape } = batch;
  const [height, width, channels] = imageShape as readonly [number, number, number];
  const size = height * width * channels;
  if (![1, 3, 4].includes(channels) || images.length === 0 || images.length % size !== 0)
    throw new TypeError(
      `loggedImages: batch.images must hold N × [${imageShape.join(", ")}] values with 1, 3 or 4 channels, ` +
        `got ${images.length}`,
    );
  const scale = images instanceof Float32Array ? 255 : 1;
  const count = Math.min(options.count ?? 16, images.length / size);
  const found = Array.from({ length: count }, (_, n) => {
    const data = Uint8ClampedArray.from({ length: size }, (__, i) => scale * images[n * size + i]!);
    return [`${name}/${n}`, { data: new Uint8Array(data.buffer), height, width, channels }] as const;
  });
  return Object.fromEntries(found);
}
