import { aList, type Rules } from "../checks.js";

/** Images as figures take them: as a dataset's split holds them. */
export interface ImageBatch {
  /** uint8 pixels [N, H, W, C], 0 to 255; C is 1 (gray), 3 (red, green, blue) or 4 (and opacity). */
  readonly images: ArrayLike<number>;
  /** [H, W, C] */
  readonly imageShape: readonly number[];
}

/** The rules of a batch, but for what its shape says of its pixels: {@link checkImages}. */
export const IMAGES: Rules = { images: aList, imageShape: aList };

/** What else a set of images has: a figure is drawn of a whole set, too. */
export const SET_FIELDS: readonly string[] = ["name", "split", "labels", "classNames", "provenance", "mean", "std"];

/** One image as red, green, blue and opacity. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** uint8 [H, W, 4] */
  readonly rgba: Uint8Array;
}

/**
 * @returns how many images a batch holds
 * @throws TypeError for a shape that is not [H, W, C] or pixels that are not that many
 * @throws RangeError for no image
 */
export function checkImages(where: string, { images, imageShape }: ImageBatch): number {
  const [height, width, channels] = imageShape;
  if (
    imageShape.length !== 3 ||
    !imageShape.every((size) => Number.isInteger(size) && size > 0) ||
    ![1, 3, 4].includes(channels!)
  ) {
    throw new TypeError(`${where}: imageShape must be [H, W, C] with C 1, 3 or 4, got [${imageShape.join(", ")}]`);
  }
  const size = height! * width! * channels!;
  if (images.length === 0) throw new RangeError(`${where}: images must hold one image or more, got none`);
  if (images.length % size !== 0)
    throw new TypeError(`${where}: images must hold N × ${imageShape.join(" × ")} values, got ${images.length}`);
  return images.length / size;
}

/** Image `index` of a batch. @throws RangeError for a value that is no whole number from 0 to 255 */
export function pictureAt(where: string, { images, imageShape }: ImageBatch, index: number): Picture {
  const [height, width, channels] = imageShape as readonly [number, number, number];
  const rgba = new Uint8Array(height * width * 4);
  const from = index * height * width * channels;
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let part = 0; part < 4; part++) {
      const value = part === 3 && channels !== 4 ? 255 : images[from + pixel * channels + (channels === 1 ? 0 : part)]!;
      if (!(value >= 0 && value <= 255 && Number.isInteger(value)))
        throw new RangeError(`${where}: a pixel must be a whole number from 0 to 255, got ${value} in image ${index}`);
      rgba[pixel * 4 + part] = value;
    }
  }
  return { width, height, rgba };
}

/** A picture of at most `most` pixels a side, each the mean of those it stands for. */
export function reduced(picture: Picture, most: number): Picture {
  const factor = Math.ceil(Math.max(picture.width, picture.height) / most);
  if (factor <= 1) return picture;
  const [width, height] = [Math.ceil(picture.width / factor), Math.ceil(picture.height / factor)];
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sums = [0, 0, 0, 0];
      let count = 0;
      for (let fromY = y * factor; fromY < Math.min(picture.height, (y + 1) * factor); fromY++) {
        for (let fromX = x * factor; fromX < Math.min(picture.width, (x + 1) * factor); fromX++, count++) {
          for (let part = 0; part < 4; part++) sums[part]! += picture.rgba[(fromY * picture.width + fromX) * 4 + part]!;
        }
      }
      for (let part = 0; part < 4; part++) rgba[(y * width + x) * 4 + part] = Math.round(sums[part]! / count);
    }
  }
  return { width, height, rgba };
}
