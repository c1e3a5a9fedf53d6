import type { tf } from "../backend/index.js";
import { shown, tagOf } from "../checks.js";
import { checkRaster, type Raster } from "./augment/raster.js";

/** Rows of pixels [H][W][C], or [H][W] of a grey image. */
export type NestedPixels = readonly (readonly (readonly number[])[])[] | readonly (readonly number[])[];

/** A typed array of pixels. */
export type PixelArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** Images as a user has them. */
export type ImagesLike = PixelArray | tf.Tensor | readonly (PixelArray | tf.Tensor | Raster | NestedPixels)[];

type Shape = readonly [number, number, number];

/** Values in a row, and the shape that they say they have. */
interface Values {
  readonly values: ArrayLike<unknown>;
  readonly shape: readonly number[] | undefined;
}

/**
 * @param imageShape as given
 * @returns uint8 [N, H, W, C]; a Uint8Array's own bytes, not copied
 * @throws TypeError or RangeError where they are no images of one shape, or not whole numbers from 0 to 255
 */
export function pixelsOf(
  images: ImagesLike,
  imageShape: Shape | undefined,
): { readonly bytes: Uint8Array; readonly imageShape: Shape } {
  if (Array.isArray(images) && images.length > 0 && typeof images[0] !== "number")
    return ofEach(images as readonly unknown[], imageShape);
  const { values, shape } = valuesOf(images, "images");
  if (shape !== undefined && shape.length < 3)
    throw new TypeError(`fromArrays: images must be a tensor [N, H, W, C] or [N, H, W], got [${shape.join(", ")}]`);
  const own = agreed(shape?.slice(1), imageShape, "images");
  const size = own[0] * own[1] * own[2];
  if (values.length % size !== 0)
    throw new RangeError(
      `fromArrays: images must hold a whole number of images of [${own.join(", ")}], ${size} values each, ` +
        `got ${values.length} values`,
    );
  return { bytes: bytesOf(values, "images"), imageShape: own };
}

function ofEach(images: readonly unknown[], imageShape: Shape | undefined) {
  let own = imageShape;
  let bytes: Uint8Array | undefined;
  images.forEach((image, i) => {
    const name = `images[${i}]`;
    const { values, shape } = valuesOf(image, name);
    own = agreed(shape, own, name);
    const size = own[0] * own[1] * own[2];
    if (values.length !== size)
      throw new RangeError(
        `fromArrays: ${name} must have ${size} values, as [${own.join(", ")}] is, got ${values.length}`,
      );
    bytes ??= new Uint8Array(images.length * size);
    bytes.set(bytesOf(values, name), i * size);
  });
  return { bytes: bytes!, imageShape: own! };
}

/** The shape of the images, which what was given first, or `imageShape`, says. */
function agreed(found: readonly number[] | undefined, known: Shape | undefined, name: string): Shape {
  const shape = found?.length === 2 ? [...found, 1] : found;
  if (shape === undefined && known === undefined)
    throw new TypeError(`fromArrays: imageShape must be given for images without a shape of their own, got none`);
  if (shape !== undefined && (shape.length !== 3 || shape.some((side) => side === 0)))
    throw new TypeError(`fromArrays: ${name} must be [H, W, C] or [H, W], got [${shape.join(", ")}]`);
  if (shape !== undefined && known !== undefined && shape.join() !== known.join())
    throw new RangeError(
      `fromArrays: ${name} must be [${known.join(", ")}], as the others or imageShape, got [${shape.join(", ")}]; ` +
        "files of several sizes imageFolder resizes",
    );
  return (shape ?? known) as Shape;
}

function valuesOf(image: unknown, name: string): Values {
  if (typeof image === "object" && image !== null) {
    if ("dataSync" in image) return { values: (image as tf.Tensor).dataSync(), shape: (image as tf.Tensor).shape };
    if ("data" in image) {
      checkRaster("fromArrays", image as Raster, name);
      const { data, height, width, channels } = image as Raster;
      return { values: data, shape: [height, width, channels] };
    }
    if (ArrayBuffer.isView(image) && !(image instanceof DataView))
      return { values: image as unknown as ArrayLike<number>, shape: undefined };
    if (Array.isArray(image)) return nested(image, name);
  }
  throw new TypeError(`fromArrays: ${name} must be pixels in an array or a tensor, got ${shown(image)}`);
}

/** The sides of nested arrays, each of which must be as long as the first beside it. */
function nested(image: readonly unknown[], name: string): Values {
  const shape: number[] = [];
  for (let at: unknown = image; Array.isArray(at); at = at[0]) shape.push(at.length);
  let level: readonly unknown[] = image;
  for (const side of shape.slice(1)) {
    const uneven = level.find((row) => !Array.isArray(row) || row.length !== side);
    if (uneven !== undefined)
      throw new RangeError(
        `fromArrays: rows of ${name} must all have ${side} items, ` +
          `got ${Array.isArray(uneven) ? uneven.length : shown(uneven)}`,
      );
    level = level.flat(1);
  }
  return { values: level, shape: shape.length === 1 ? undefined : shape };
}

function bytesOf(values: ArrayLike<unknown>, name: string): Uint8Array {
  if (tagOf(values) === "Uint8Array") return values as Uint8Array;
  let whole = true;
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "number" || !(value >= 0 && value <= 255))
      throw new RangeError(`fromArrays: ${name} must have values from 0 to 255, got ${shown(value)}`);
    whole &&= Number.isInteger(value);
    most = Math.max(most, value);
  }
  // floats of 0 and 1 alone are an image of black and white from 0 to 1
  if (!whole || (tagOf(values).startsWith("Float") && most === 1))
    throw new RangeError(
      `fromArrays: ${name} must have whole values from 0 to 255, ` +
        `got ${whole ? "floats" : "fractions"} up to ${most}; ` +
        (most <= 1 ? "multiply values from 0 to 1 by 255 and round them" : "round them"),
    );
  return Uint8Array.from(values as ArrayLike<number>);
}
