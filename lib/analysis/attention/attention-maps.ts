import {
  aCount,
  aList,
  aNatural,
  anImageShape,
  checkArguments,
  checkValue,
  fields,
  oneOf,
  optional,
  withFields,
} from "../../checks.js";
import type { AttentionWeights } from "./attention-weights.js";

/** How much an image's places are attended to: sums to 1 over the map. */
export interface AttentionMap {
  /** The layer's name. */
  readonly layer: string;
  /** Places down the image. */
  readonly rows: number;
  /** Places across the image. */
  readonly columns: number;
  /** Row by row [rows · columns]. */
  readonly values: Float32Array;
}

const someWeights = withFields("what attentionWeights gives of a layer", { shape: aList, values: aList });
const someTokens = fields("{ form, patchSize, imageShape }", {
  form: oneOf(["patches", "image-rows"]),
  patchSize: aCount,
  imageShape: anImageShape,
});

/**
 * Where attention lies on one image. For "pixels": the mean over all querying pixels, on the grid of the pooled ones.
 * For "tokens": from the class token (token 0) to the others, the mean over the heads, its share on itself left out.
 *
 * @param image which of the batch
 * @param tokens how the tokens lie on the image: a grid of square patches, or rows of the channels-first image, where
 *   a token lies on `rowLength` numbers of one channel and the channels are added; needed for "tokens"
 * @throws RangeError for an image that is not there, or tokens that do not fit the weights; TypeError for an argument
 *   of another kind
 */
export function attentionMap(weights: AttentionWeights, image: number, tokens?: TokenPlaces): AttentionMap {
  checkArguments(
    "attentionMap",
    { weights, image, tokens },
    { weights: someWeights, image: aNatural, tokens: optional(someTokens) },
  );
  const [batch, heads, queries, keys] = weights.shape;
  if (image >= batch) throw new RangeError(`attentionMap: image must be 0 to ${batch - 1}, got ${image}`);
  const size = heads * queries * keys;
  const values = weights.values.subarray(image * size, (image + 1) * size);
  if (weights.grid) {
    const [rows, columns] = weights.grid.keys;
    return { layer: weights.layer, rows, columns, values: normalized(meanRow(values, keys)) };
  }
  const fromClassToken = new Float32Array(keys);
  for (let head = 0; head < heads; head++) {
    for (let key = 0; key < keys; key++) fromClassToken[key]! += values[head * queries * keys + key]! / heads;
  }
  if (!tokens)
    throw new RangeError(
      `attentionMap: tokens must say how the ${keys - 1} tokens of ${weights.layer} lie on the image, got none`,
    );
  return { layer: weights.layer, ...place(fromClassToken.subarray(1), tokens) };
}

/** How a transformer's tokens lie on its image [H, W, C]. */
export interface TokenPlaces {
  /** "patches": squares of the image; "image-rows": stretches of its numbers, channel after channel. */
  readonly form: "patches" | "image-rows";
  /** Side of a patch in pixels; a row holds C·patchSize² numbers. */
  readonly patchSize: number;
  /** [H, W, C] */
  readonly imageShape: readonly [number, number, number];
}

function place(shares: Float32Array, places: TokenPlaces): Omit<AttentionMap, "layer"> {
  const { form, patchSize, imageShape } = places;
  const [height, width, channels] = imageShape;
  const [rows, columns] = form === "patches" ? [height / patchSize, width / patchSize] : [height, width];
  const tokens = form === "patches" ? rows * columns : (height * width) / patchSize ** 2;
  if (tokens !== shares.length)
    throw new RangeError(`attentionMap: tokens must be ${shares.length} places, got ${tokens} of ${form}`);
  if (form === "patches") return { rows, columns, values: normalized(shares) };
  const values = new Float32Array(rows * columns);
  const rowLength = channels * patchSize ** 2;
  for (let i = 0; i < tokens * rowLength; i++)
    values[i % (height * width)]! += shares[Math.floor(i / rowLength)]! / rowLength;
  return { rows, columns, values: normalized(values) };
}

function meanRow(values: Float32Array, keys: number): Float32Array {
  const mean = new Float32Array(keys);
  const rows = values.length / keys;
  for (let i = 0; i < values.length; i++) mean[i % keys]! += values[i]! / rows;
  return mean;
}

function normalized(values: Float32Array): Float32Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

/**
 * How widely a layer looks: exp(entropy) of each query's probabilities over the number of keys, the mean over queries,
 * heads and images. 1 where attention is uniform, 1 / keys where each query looks at one place.
 * @throws TypeError for what is no layer's weights
 */
export function attentionSpread(weights: AttentionWeights): number {
  checkValue("attentionSpread", "weights", weights, someWeights);
  const { shape, values } = weights;
  const keys = shape[3];
  let total = 0;
  for (let row = 0; row < values.length; row += keys) {
    let entropy = 0;
    for (let i = row; i < row + keys; i++) if (values[i]! > 0) entropy -= values[i]! * Math.log(values[i]!);
    total += Math.exp(entropy) / keys;
  }
  return total / (values.length / keys);
}
