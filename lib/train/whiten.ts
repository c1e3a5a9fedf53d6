import { leadingEigenvectors, type Eigenpairs } from "../analysis/features/leading-eigenvectors.js";
import { tf } from "../backend/index.js";
import { aboveZero, aCount, aModel, aText, checkArguments, checkOptions, optional } from "../checks.js";
import { batchesOf } from "../datasets/batches.js";
import type { ImageSet } from "../datasets/types.js";
import { modelUse } from "../models/model-use.js";
import { freeze } from "../models/weights/freeze.js";
import { namedWeights } from "../models/weights/named-weights.js";
import { aTrainingSet } from "./called-elsewhere.js";
import { aliasesOf, NORMALIZED_RULES } from "./fit-rules.js";
import { planFor } from "./inputs.js";
import { mustKnow } from "./normalized.js";

/** What {@link whiten} takes. */
export interface WhitenOptions {
  /** The convolution's name. Default "whiten". */
  readonly layer?: string;
  /** How many of the set's images it looks at, the first of them; fewer where it has fewer. Default 5,000. */
  readonly count?: number;
  /** Added to each variance, above 0: directions of less are not blown up. Default 5e-4. */
  readonly epsilon?: number;
  /** Mean of pixels in 0 to 1 that images are normalized by. Default what is noted with the model, else the set's. */
  readonly mean?: number | readonly number[];
  /** Their standard deviation, above 0, likewise. */
  readonly std?: number | readonly number[];
}

/** What {@link whiten} found. */
export interface Whitening {
  /** Variances of the patches along the filters, falling [n]: of a patch of n numbers. */
  readonly variances: readonly number[];
  /** How many patches it saw. */
  readonly patches: number;
}

const RULES = {
  layer: optional(aText),
  count: optional(aCount),
  epsilon: optional(aboveZero),
  ...NORMALIZED_RULES,
};

/**
 * Makes a convolution whiten its input, and freezes its kernel: the filters are the eigenvectors of the second moments
 * of the images' patches, each over the root of its variance + epsilon, and then the same with the other sign. On such
 * patches the first half of the outputs has the second moments variance / (variance + epsilon) by itself, and 0 with
 * each other. The bias trains on.
 *
 * @param model whose convolution has 2 · n filters, stride 1 and no padding, n being the numbers of a patch
 * @param set in memory, of the images that the model is to be trained on
 * @returns the variances, falling
 * @throws TypeError or RangeError for a model without such a convolution, a set that does not fit it, and options that
 *   are out of their range
 * @example train.whiten(models.createModel("airbench94"), cifar.train)
 * Source: Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU", §3.1, after Page 2019.
 */
export function whiten(model: tf.LayersModel, set: ImageSet, options: WhitenOptions = {}): Whitening {
  checkArguments("whiten", { model, set }, { model: aModel, set: aTrainingSet });
  checkOptions("whiten", options, RULES, [], aliasesOf(RULES));
  if (!("images" in set))
    throw new TypeError("whiten: set must lie in memory, got a set of files; datasets.loadImages makes one of it");
  const { layer = "whiten", count = 5000, epsilon = 5e-4 } = options;
  const known = [options, modelUse(model), set];
  const { mean, std } = mustKnow("whiten", known, "fit, loadCheckpoint, loadWeights or the set");
  const plan = planFor("whiten", model, set, { batchSize: 100, mean, std });
  const kernel = kernelOf(model, layer);
  const [height, width, channels, filters] = kernel.shape as [number, number, number, number];
  const length = height * width * channels;
  if (channels !== set.imageShape[2] || filters !== 2 * length)
    throw new RangeError(
      `whiten: layer must have ${2 * height * width * set.imageShape[2]} filters over ${set.imageShape[2]} channels, ` +
        `twice the numbers of a patch, got ${layer} with ${filters} over ${channels}`,
    );
  const images = Math.min(count, set.labels.length);
  const seen = { ...set, images: set.images.subarray(0, (images * set.images.length) / set.labels.length) };
  const passes = batchesOf({ ...seen, labels: set.labels.subarray(0, images) }, { ...plan, count: images });
  const { moments, patches } = momentsOf(passes, [height, width, channels]);
  const pairs = leadingEigenvectors(moments, length);
  tf.tidy(() => {
    kernel.write(tf.tensor(filtersOf(pairs, epsilon), kernel.shape as number[]));
  });
  freeze(model, `${layer}/kernel`);
  return { variances: pairs.values, patches };
}

function kernelOf(model: tf.LayersModel, layer: string): tf.LayerVariable {
  const found = namedWeights(model).find(({ name }) => name === `${layer}/kernel`);
  if (found?.variable.shape.length === 4) return found.variable;
  const convolutions = model.layers.filter(({ weights }) => weights[0]?.shape.length === 4).map(({ name }) => name);
  throw new RangeError(`whiten: layer must be one of ${convolutions.join(", ") || "no convolution"}, got ${layer}`);
}

/** The mean of x · xᵀ over all patches x of the images, in float64. */
function momentsOf(
  passes: Iterable<{ readonly images: tf.Tensor4D; readonly labels: tf.Tensor }>,
  [height, width, channels]: readonly [number, number, number],
): { readonly moments: Float64Array[]; readonly patches: number } {
  const length = height * width * channels;
  const moments = Array.from({ length }, () => new Float64Array(length));
  let patches = 0;
  for (const batch of passes) {
    const [products, seen] = tf.tidy(() => {
      const rows = patchesOf(batch.images, height, width); // [patches, length]
      return [tf.matMul(rows, rows, true).dataSync(), rows.shape[0]!] as const;
    });
    tf.dispose([batch.images, batch.labels]);
    patches += seen;
    products.forEach((value, i) => (moments[Math.floor(i / length)]![i % length]! += value));
  }
  return { moments: moments.map((row) => row.map((sum) => sum / patches)), patches };
}

/** Each window of the images as a row, in the order of a kernel [height, width, in]. */
function patchesOf(images: tf.Tensor4D, height: number, width: number): tf.Tensor2D {
  const [batch, rows, columns, channels] = images.shape;
  const size = [batch, rows - height + 1, columns - width + 1, channels] as [number, number, number, number];
  const shifted = Array.from({ length: height * width }, (_, i) =>
    tf.slice(images, [0, Math.floor(i / width), i % width, 0], size),
  );
  return tf.reshape(tf.concat(shifted, 3), [-1, height * width * channels]) as tf.Tensor2D;
}

/** The kernel [n, 2n] of the filters: eigenvectors whose largest number is above 0, then their opposites. */
function filtersOf({ values, vectors }: Eigenpairs, epsilon: number): Float32Array {
  const length = values.length;
  const kernel = new Float32Array(2 * length * length);
  for (const [filter, vector] of vectors.entries()) {
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const scale = Math.sign(largest) / Math.sqrt(Math.max(0, values[filter]!) + epsilon);
    vector.forEach((value, i) => {
      kernel[2 * length * i + filter] = value * scale;
      kernel[2 * length * i + length + filter] = -value * scale;
    });
  }
  return kernel;
}
