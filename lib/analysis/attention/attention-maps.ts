import {
  aCount,
  aNatural,
  anImageShape,
  checkArguments,
  checkOptions,
  checkValue,
  either,
  listOf,
  oneOf,
  optional,
} from "../../checks.js";
import { percentText, shownAs } from "../../shown.js";
import type { AttentionWeights } from "./attention-weights.js";
import { someWeights } from "./some-weights.js";
import type { TokenGrid } from "./token-places.js";

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

/** How a transformer's tokens lie on its image [H, W, C]. */
export interface TokenPlaces {
  /** "patches": squares of the image; "image-rows": stretches of its numbers, channel after channel. */
  readonly form: "patches" | "image-rows";
  /** Side of a patch in pixels; a row holds C·patchSize² numbers. */
  readonly patchSize: number;
  /** [H, W, C] */
  readonly imageShape: readonly [number, number, number];
}

/** What {@link attentionMap} takes. The places are for a model whose own are not found: all three or none. */
export interface AttentionMapOptions extends Partial<TokenPlaces> {
  /** The head alone, from 0. Default: the mean over the heads. */
  readonly head?: number;
  /**
   * Who looks: the class token; all of the image's own tokens, or pixels, in the mean; or the one at [row, column] of
   * their grid. Default: the class token where there is one, else the mean.
   */
  readonly from?: "class-token" | "mean" | readonly [number, number];
}

const RULES = {
  head: optional(aNatural),
  from: optional(either(oneOf(["class-token", "mean"]), listOf(aNatural, 2))),
  form: optional(oneOf(["patches", "image-rows"])),
  patchSize: optional(aCount),
  imageShape: optional(anImageShape),
};

/**
 * Where attention lies on one image: of a head or of all, from the class token, from one place, or from all. The class
 * token is left out as a place that is looked at, the rest divided by its sum; all 0 where nothing is left.
 *
 * @param image which of the batch, from 0
 * @throws RangeError for an image, a head or a place that is not there, and for places that do not fit the weights;
 *   TypeError for an argument of another kind
 */
export function attentionMap(
  weights: AttentionWeights,
  image: number,
  options: AttentionMapOptions = {},
): AttentionMap {
  checkArguments("attentionMap", { weights, image }, { weights: someWeights, image: aNatural });
  return mapFor("attentionMap", weights, image, options);
}

/** {@link attentionMap} under the name of the public function that was called. */
export function mapFor(
  fn: string,
  weights: AttentionWeights,
  image: number,
  options: AttentionMapOptions,
): AttentionMap {
  checkOptions(fn, options, RULES);
  const [batch, heads] = weights.shape;
  const { head } = options;
  if (image >= batch) throw new RangeError(`${fn}: image must be 0 to ${batch - 1}, got ${image}`);
  if (head !== undefined && head >= heads) throw new RangeError(`${fn}: head must be 0 to ${heads - 1}, got ${head}`);
  if (weights.grid) {
    const [rows, columns] = weights.grid.keys;
    const seen = meanOf(weights, image, head, queriesOf(fn, weights, weights.grid.queries, 0, options.from));
    return asMap({ layer: weights.layer, rows, columns, values: normalized(seen) });
  }
  const tokens = placesIn(fn, weights, options);
  const { rows, columns, numPrefixTokens } = tokens;
  const grid = tokens.form === "patches" ? ([rows, columns] as const) : undefined;
  const seen = meanOf(weights, image, head, queriesOf(fn, weights, grid, numPrefixTokens, options.from));
  return asMap({ layer: weights.layer, rows, columns, values: onImage(seen.subarray(numPrefixTokens), tokens) });
}

/** The places that were given, or those that were found in the model. */
function placesIn(
  fn: string,
  weights: AttentionWeights,
  { form, patchSize, imageShape }: AttentionMapOptions,
): TokenGrid {
  const keys = weights.shape[3];
  if (form === undefined && patchSize === undefined && imageShape === undefined && weights.tokens)
    return weights.tokens;
  if (form === undefined || patchSize === undefined || imageShape === undefined)
    throw new RangeError(
      `${fn}: form, patchSize and imageShape must say how the ${keys} tokens of ${weights.layer} lie on the ` +
        `image, got ${form === undefined ? "no form" : form}, ${patchSize ?? "no patchSize"}, ` +
        `${imageShape ? `[${imageShape.join(", ")}]` : "no imageShape"}`,
    );
  const [height, width] = imageShape;
  const isGrid = form === "patches";
  const [rows, columns] = isGrid ? [height / patchSize, width / patchSize] : [height, width];
  const count = (height * width) / patchSize ** 2;
  const numPrefixTokens = keys - count;
  if (![0, 1].includes(numPrefixTokens))
    throw new RangeError(
      `${fn}: form, patchSize and imageShape must make ${keys - 1} tokens, or ${keys} where there is no class ` +
        `token, got ${count} of ${form}`,
    );
  return { form, rows, columns, numPrefixTokens, imageShape };
}

/**
 * Which queries are looked through: their numbers.
 *
 * @param grid of the image's own; undefined where they have no place
 */
function queriesOf(
  fn: string,
  { layer, shape }: AttentionWeights,
  grid: readonly [number, number] | undefined,
  numPrefixTokens: number,
  from: AttentionMapOptions["from"],
): readonly number[] {
  const count = shape[2];
  if (from === "class-token" && numPrefixTokens === 0)
    throw new RangeError(`${fn}: from must be "mean" or a place, as ${layer} has no class token, got ${from}`);
  if (typeof from === "object") return [placeAt(fn, grid, numPrefixTokens, count, from)];
  if (from !== "mean" && numPrefixTokens > 0) return [0];
  const first = count > numPrefixTokens ? numPrefixTokens : 0; // a pooling's one query is no token
  return Array.from({ length: count - first }, (_, i) => first + i);
}

function placeAt(
  fn: string,
  grid: readonly [number, number] | undefined,
  first: number,
  count: number,
  [row, column]: readonly [number, number],
): number {
  const [rows, columns] = count === 1 ? [1, 1] : (grid ?? [0, 0]);
  if (row >= rows || column >= columns)
    throw new RangeError(`${fn}: from must be a place of ${rows} × ${columns}, got [${row}, ${column}]`);
  return first + row * columns + column;
}

/** The mean over some queries, and over the heads where none is named: [keys]. */
function meanOf(
  { shape: [, heads, queries, keys], values }: AttentionWeights,
  image: number,
  head: number | undefined,
  from: readonly number[],
): Float32Array {
  const seen = new Float32Array(keys);
  const among = head === undefined ? Array.from({ length: heads }, (_, i) => i) : [head];
  const share = 1 / (among.length * from.length);
  for (const each of among) {
    for (const query of from) {
      const row = ((image * heads + each) * queries + query) * keys;
      for (let key = 0; key < keys; key++) seen[key]! += values[row + key]! * share;
    }
  }
  return seen;
}

/** A share for each place of the image. */
function onImage(shares: Float32Array, { form, rows, columns, imageShape }: TokenGrid): Float32Array {
  if (form === "patches") return normalized(shares);
  const values = new Float32Array(rows * columns);
  const numbers = imageShape.reduce((all, size) => all * size, 1);
  const rowLength = numbers / shares.length;
  for (let i = 0; i < numbers; i++) values[i % values.length]! += shares[Math.floor(i / rowLength)]! / rowLength;
  return normalized(values);
}

function normalized(values: Float32Array): Float32Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return total === 0 ? values : values.map((value) => value / total);
}

function asMap(map: AttentionMap): AttentionMap {
  return shownAs(map, ({ layer, rows, columns, values }) => {
    const most = values.reduce((best, value) => Math.max(best, value), 0); // NaN where one is
    const at = values.indexOf(most);
    const place = `row ${Math.floor(at / columns)}, column ${at % columns}`;
    const nothing = Number.isNaN(most) ? "not all of them numbers" : "none of them looked at";
    return {
      "text/plain": `${layer}: a map of ${rows} × ${columns} places, ${
        most > 0 ? `most attention (${percentText(most)}) at ${place}` : nothing
      }`,
    };
  });
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
