import { setImmediate } from "node:timers/promises"; // a kernel lets no other timer of an interrupted cell fire
import { tf } from "../../backend/index.js";
import {
  aboveZero,
  aCount,
  aNumber,
  aTensor,
  checkValue,
  either,
  optional,
  perChannel,
  withFields,
  type Rule,
  type Rules,
} from "../../checks.js";
import { cellSignal } from "../../host.js";
import { notedUse } from "../../layers/noted-use.js";
import { anImageShape } from "../../rules.js";
import { tagOf } from "../../value-text.js";

/** Pixels as a dataset's split in memory holds them: `cifar.test`, or what `datasets.subset` gives. */
export interface PixelSet {
  /** uint8 [N, H, W, C], 0 to 255. */
  readonly images: Uint8Array;
  /** [H, W, C] */
  readonly imageShape: readonly [number, number, number];
  /** Mean of the pixels scaled to 0 to 1: one number, or one a channel. */
  readonly mean?: number | readonly number[];
  /** Their standard deviation, above 0, likewise. */
  readonly std?: number | readonly number[];
}

/** Images as a model takes them, normalized [B, H, W, C] float32, which stay the caller's; or a set in memory. */
export type Images = tf.Tensor | PixelSet;

/** How images go through a model. */
export interface PassOptions {
  /** Images at a time, 1 or more. Default 100. */
  readonly batchSize?: number;
  /**
   * Of a set's pixels in 0 to 1: one number, or one a channel. Default what is noted with the model, by `fit`,
   * `loadCheckpoint` or `loadWeights`; else the set's own. A tensor is normalized already.
   */
  readonly mean?: number | readonly number[];
  /** Standard deviation of a set's pixels in 0 to 1, above 0, likewise. */
  readonly std?: number | readonly number[];
}

const aPixelSet = withFields(
  "a set of images (cifar.test, say)",
  {
    images: {
      what: "a Uint8Array of pixels, 0 to 255",
      holds: (value) => tagOf(value) === "Uint8Array",
    },
    imageShape: anImageShape,
    mean: optional(perChannel(aNumber)),
    std: optional(perChannel(aboveZero)),
  },
  "images",
);

/** Of an argument that takes {@link Images}. */
export const someImages: Rule = {
  ...either(aTensor, aPixelSet),
  what: "normalized images, a tensor [B, H, W, C], or a set of images in memory",
  hint: (value) =>
    typeof value === "object" && value !== null && "files" in value
      ? "; datasets.loadImages(set) reads a set of files into memory"
      : "",
};

/** Of {@link PassOptions}. */
export const PASS_RULES: Rules = {
  batchSize: optional(aCount),
  mean: optional(perChannel(aNumber)),
  std: optional(perChannel(aboveZero)),
};

/** Images that have been checked against a model. */
export interface ImageSource {
  /** How many there are. */
  readonly count: number;
  /** Gives `body` batch after batch, of which it disposes. */
  each(body: (batch: tf.Tensor, first: number) => Promise<void>): Promise<void>;
}

/**
 * @throws TypeError where the model takes something else than one image of the shape
 * @throws RangeError for no image, or where a set's mean and std are not known
 */
export function imageSource(
  fn: string,
  model: tf.LayersModel,
  images: Images,
  options: PassOptions & { readonly fallbackSize?: number; readonly anyOutputs?: boolean } = {},
): ImageSource {
  const isTensor = aTensor.holds(images);
  const shape = isTensor ? (images as tf.Tensor).shape.slice(1) : (images as PixelSet).imageShape;
  checkPorts(fn, model, options.anyOutputs ?? false);
  checkFits(fn, model, shape, isTensor ? (images as tf.Tensor).dtype : undefined);
  const { batchSize = options.fallbackSize ?? 100 } = options;
  const count = isTensor
    ? (images as tf.Tensor).shape[0]!
    : (images as PixelSet).images.length / shape.reduce((all, size) => all * size, 1);
  if (count === 0) throw new RangeError(`${fn}: images must hold one image or more, got none`);
  if (count % 1 !== 0)
    throw new TypeError(`${fn}: images must hold N × ${shape.join(" × ")} pixels, got ${count} times that`);
  const batch = isTensor
    ? slicer(images as tf.Tensor)
    : normalizer(fn, images as PixelSet, [options, notedUse(model), images as PixelSet]);
  return {
    count,
    async each(body) {
      for (let first = 0; first < count; first += batchSize) {
        cellSignal()?.throwIfAborted();
        const part = batch(first, Math.min(batchSize, count - first));
        try {
          await body(part, first);
        } finally {
          part.dispose();
        }
        await setImmediate();
      }
    },
  };
}

/** @throws TypeError for a model of several inputs, or, unless they do not matter, of several outputs */
function checkPorts(fn: string, { inputs, outputs }: tf.LayersModel, anyOutputs: boolean): void {
  if (inputs.length !== 1 && anyOutputs) throw new TypeError(`${fn}: model must have one input, got ${inputs.length}`);
  if (inputs.length !== 1 || (outputs.length !== 1 && !anyOutputs))
    throw new TypeError(`${fn}: model must have one input and one output, got ${inputs.length} and ${outputs.length}`);
}

/** @throws TypeError where a model takes something else than images of the shape [H, W, C] */
function checkFits(fn: string, model: tf.LayersModel, shape: readonly number[], dtype: string | undefined): void {
  const text = (sizes: readonly (number | null)[]) => sizes.map((size) => size ?? "?").join(", ");
  const wanted = model.inputs[0]!.shape.slice(1);
  if (wanted.length !== shape.length || wanted.some((size, i) => size !== null && size !== shape[i]))
    throw new TypeError(`${fn}: images must be [B, ${text(wanted)}], got [B, ${text(shape)}]`);
  if (dtype !== undefined && dtype !== "float32")
    throw new TypeError(`${fn}: images must be float32, normalized as in training, got ${dtype}`);
}

function slicer(images: tf.Tensor): (first: number, length: number) => tf.Tensor {
  const rest = images.shape.slice(1);
  const zeros = rest.map(() => 0);
  return (first, length) => tf.slice(images, [first, ...zeros], [length, ...rest]);
}

function normalizer(
  fn: string,
  { images, imageShape }: PixelSet,
  known: readonly (Pick<PassOptions, "mean" | "std"> | undefined)[],
): (first: number, length: number) => tf.Tensor {
  const channels = imageShape[2];
  const mean = known.find((each) => each?.mean !== undefined)?.mean;
  const std = known.find((each) => each?.std !== undefined)?.std;
  if (mean === undefined || std === undefined) {
    const missing = mean === undefined ? "mean" : "std";
    throw new RangeError(
      `${fn}: mean and std must be known from fit, loadWeights or the set, or be given, got no ${missing}`,
    );
  }
  checkValue(fn, "mean", mean, perChannel(aNumber, channels));
  checkValue(fn, "std", std, perChannel(aboveZero, channels));
  const [means, stds] = [mean, std].map((value) => (typeof value === "number" ? Array(channels).fill(value) : value));
  const size = imageShape[0] * imageShape[1] * channels;
  return (first, length) => {
    const values = new Float32Array(length * size);
    for (let i = 0; i < values.length; i++) {
      const channel = i % channels;
      values[i] = (images[first * size + i]! / 255 - means![channel]) / stds![channel];
    }
    return tf.tensor4d(values, [length, ...imageShape]);
  };
}

/** Numbers that are held at most: 1 GiB of float32. */
const MOST_NUMBERS = 2 ** 28;

/**
 * @param first what the first batch gave
 * @throws RangeError where what all images give would not be held
 */
export function checkNumbers(fn: string, count: number, first: readonly tf.Tensor[]): void {
  const all = first.reduce((sum, { size, shape }) => sum + (count * size) / shape[0]!, 0);
  if (all <= MOST_NUMBERS) return;
  const most = `${Math.floor((count * MOST_NUMBERS) / all)} of these layers`;
  throw new RangeError(`${fn}: images must be at most ${most}, 2^28 numbers, got ${count}`);
}
