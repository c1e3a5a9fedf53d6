import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { tf } from "../backend/index.js";
import { anySet, calledAs, shown } from "../checks.js";
import { inChannels, type Raster } from "../datasets/augment/raster.js";
import { decodeFile, decodeImage } from "../datasets/pipeline/decode.js";

/**
 * An image in one of its forms: a file's path or file: URL; a file's bytes; pixels, uint8 [H, W, C]; or a tensor
 * [H, W, C] or [1, H, W, C] with tfjs' convention for pixels: int32 from 0 to 255, float32 from 0 to 1.
 */
export type ImageLike = string | URL | Uint8Array | Raster | tf.Tensor;

/** An image's pixels, and what it is called. */
export interface NamedImage {
  readonly name: string;
  readonly raster: Raster;
}

/**
 * @param channels 1 or 3, the model's: grey is repeated, colour becomes luma, what is transparent lies on black
 * @throws TypeError for what is no image, RangeError for pixels out of their range, ImageError for a file that cannot
 *   be read
 */
export async function readImage(fn: string, image: ImageLike, channels: number): Promise<NamedImage> {
  if (channels !== 1 && channels !== 3)
    throw new RangeError(`${fn}: the model must take images of 1 or 3 channels, got ${channels}`);
  if (image instanceof URL && image.protocol !== "file:")
    throw new TypeError(`${fn}: an address must be of a file, got ${image.href}`);
  if (typeof image === "string" || image instanceof URL) {
    const path = typeof image === "string" ? image : fileURLToPath(image);
    return { name: basename(path), raster: await calledAs(fn, () => decodeFile(path, channels)) };
  }
  if (image instanceof Uint8Array)
    return { name: "image", raster: await calledAs(fn, () => decodeImage(image, "the bytes given", channels)) };
  if (image instanceof tf.Tensor) return { name: "tensor", raster: inChannels(await fromTensor(fn, image), channels) };
  if (typeof image === "object" && image !== null && "data" in image) {
    checkRaster(fn, image);
    const { name = "pixels" } = image as Raster & { readonly name?: string }; // imageAt's have one
    return { name, raster: inChannels(image, channels) };
  }
  throw new TypeError(`${fn}: an image must be a path, a file's bytes, pixels or a tensor, got ${kindOf(image)}`);
}

/** "null", "a set of 20 images …", and what takes several images. */
function kindOf(image: unknown): string {
  if (anySet.holds(image))
    return `${shown(image)}; evaluate(model, set) takes a set, datasets.imageAt one of its images`;
  if (Array.isArray(image)) return "an array; predict takes one image at a time, and evaluate(model, set) many";
  return image === null ? "null" : typeof image;
}

async function fromTensor(fn: string, tensor: tf.Tensor): Promise<Raster> {
  const shape = tensor.rank === 4 && tensor.shape[0] === 1 ? tensor.shape.slice(1) : tensor.shape;
  const [height, width, channels] = shape as [number, number, number];
  if (shape.length !== 3 || (channels !== 1 && channels !== 3) || height === 0 || width === 0) {
    throw new TypeError(
      `${fn}: a tensor must be [H, W, C] or [1, H, W, C] with 1 or 3 channels, got [${tensor.shape.join(", ")}]`,
    );
  }
  const highest = { int32: 255, float32: 1 }[tensor.dtype as string];
  if (highest === undefined)
    throw new TypeError(`${fn}: a tensor must be int32, 0 to 255, or float32, 0 to 1, got ${tensor.dtype}`);
  const values = await tensor.data();
  const wrong = values.find((value) => !(value >= 0 && value <= highest));
  if (wrong !== undefined)
    throw new RangeError(
      `${fn}: values of ${tensor.dtype} must be 0 to ${highest}, got ${wrong}` +
        (highest === 1 ? "; datasets.imageTensor is normalized already: give datasets.imageAt(set, index)" : ""),
    );
  return { data: Uint8Array.from(values, (value) => Math.round((value * 255) / highest)), height, width, channels };
}

function checkRaster(fn: string, { data, height, width, channels }: Raster): void {
  const sizes =
    [height, width].every((size) => Number.isInteger(size) && size > 0) && (channels === 1 || channels === 3);
  if (!(data instanceof Uint8Array) || !sizes || data.length !== height * width * channels) {
    throw new TypeError(
      `${fn}: pixels must be uint8 [height, width, channels] with 1 or 3 channels, got ${data?.length} ` +
        `numbers for ${height} × ${width} × ${channels}`,
    );
  }
}
