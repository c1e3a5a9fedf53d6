import { aCount, checkValue, oneOf, someBytes, withFields, type Rule } from "../../checks.js";

/** One image: uint8 [H, W, C], channel fastest. Every function on it returns a new one. */
export interface Raster {
  /** Pixels, row by row, channel fastest. */
  readonly data: Uint8Array;
  /** Pixels down. */
  readonly height: number;
  /** Pixels across. */
  readonly width: number;
  /** 1 or 3. */
  readonly channels: number;
}

/** What an image must be; that its data are as many as its sides say, `checkRaster` sees. */
const aRaster: Rule = withFields(
  "an image: its data, height, width and channels (as decodeImage gives)",
  { data: someBytes, height: aCount, width: aCount, channels: oneOf([1, 3]) },
  "data",
);

/**
 * Checks an image that came from outside.
 * @param name what the caller's argument is called
 * @throws TypeError where it is no image or its data are no bytes, RangeError where its sides are not 1 or more, its
 *   channels not 1 or 3, or its data of another length
 */
export function checkRaster(fn: string, image: Raster, name = "image"): void {
  checkValue(fn, name, image, aRaster);
  const size = image.height * image.width * image.channels;
  if (image.data.length !== size)
    throw new RangeError(`${fn}: ${name}.data must hold ${size} bytes, got ${image.data.length}`);
}

/** An image of the same sides, filled with zeros or with one value a channel. */
export function blank({ height, width, channels }: Raster, fill: readonly number[] | number = 0): Raster {
  const data = new Uint8Array(height * width * channels);
  if (typeof fill === "number") data.fill(fill);
  else for (let i = 0; i < data.length; i++) data[i] = fill[i % channels]!;
  return { data, height, width, channels };
}

/** What a channel's value becomes, for each channel. @param tables one of 256 values for all channels, or one each */
export function mapValues(image: Raster, tables: readonly Uint8Array[]): Raster {
  const result = blank(image);
  const { channels } = image;
  for (let i = 0; i < image.data.length; i++)
    result.data[i] = tables[tables.length === 1 ? 0 : i % channels]![image.data[i]!]!;
  return result;
}

/** How often each value occurs in each channel. @returns [C] of [256] */
export function histograms({ data, channels }: Raster): Uint32Array[] {
  const counts = Array.from({ length: channels }, () => new Uint32Array(256));
  for (let i = 0; i < data.length; i++) counts[i % channels]![data[i]!]! += 1;
  return counts;
}

/** ITU-R 601's luma in Pillow's fixed-point arithmetic. @returns [H · W] */
export function luma({ data, channels }: Raster): Uint8Array {
  if (channels === 1) return data;
  const grey = new Uint8Array(data.length / 3);
  for (let i = 0, at = 0; i < grey.length; i++, at += 3) {
    grey[i] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return grey;
}

/** The same image in 1 or 3 channels: grey repeated, or colour's luma. */
export function inChannels(image: Raster, channels: number): Raster {
  if (image.channels === channels) return image;
  const { height, width } = image;
  if (channels === 1) return { data: luma(image), height, width, channels };
  const data = new Uint8Array(3 * image.data.length);
  image.data.forEach((value, i) => data.fill(value, 3 * i, 3 * i + 3));
  return { data, height, width, channels };
}

export function clip8(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** As Python and numpy round: a half to the even neighbour. */
export function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}
