/** A tensor that is an image shows itself as one, where a notebook shows it. */
import * as tf from "@tensorflow/tfjs";
import { pngBundle, type RgbaRaster } from "../png.js";
import { DISPLAY, sizesText, type MimeBundle } from "../shown.js";

/** Sides of what is taken for an image: smaller it is a table, larger more than a page holds. */
const SIDE = { least: 8, most: 2048 };

/**
 * Gives the method that a notebook asks to tensors that are images, [H, W, 1 or 3], int32 of 0 to 255 or float32 of 0
 * to 1; others have none, and are shown as ever.
 */
export function showImages(): void {
  Object.defineProperty(tf.Tensor.prototype, DISPLAY, {
    get(this: tf.Tensor) {
      const image = imageOf(this);
      return image && (() => image);
    },
    configurable: true,
  });
}

/** Undefined for what is no image. */
function imageOf(tensor: tf.Tensor): MimeBundle | undefined {
  const { shape, dtype, isDisposed } = tensor;
  const [height = 0, width = 0, channels] = shape;
  const isSized = Math.min(height, width) >= SIDE.least && Math.max(height, width) <= SIDE.most;
  if (shape.length !== 3 || !isSized || (channels !== 1 && channels !== 3) || isDisposed) return undefined;
  if (dtype !== "int32" && dtype !== "float32") return undefined;
  const values = valuesOf(tensor);
  const most = dtype === "int32" ? 255 : 1;
  if (values === undefined || !values.every((value) => value >= 0 && value <= most)) return undefined;
  const raster = rasterOf(values, { height, width, channels, most });
  return {
    ...pngBundle(raster, `${dtype} ${sizesText(shape)}`, "image-rendering:pixelated;min-width:128px"),
    "text/plain": String(tensor),
  };
}

/** Undefined while they are not to be had, as the text says. */
function valuesOf(tensor: tf.Tensor): Float32Array | Int32Array | undefined {
  try {
    return tensor.dataSync<"float32" | "int32">();
  } catch {
    return undefined;
  }
}

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** The value of white. */
  readonly most: number;
}

function rasterOf(values: Float32Array | Int32Array, { height, width, channels, most }: Layout): RgbaRaster {
  const rgba = new Uint8Array(4 * height * width).fill(255);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let part = 0; part < 3; part++) {
      const value = values[channels * pixel + (channels === 1 ? 0 : part)]!;
      rgba[4 * pixel + part] = Math.round((255 * value) / most);
    }
  }
  return { height, width, rgba };
}
