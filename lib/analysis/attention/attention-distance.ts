import { checkArguments, someOf } from "../../checks.js";
import { DISPLAY, shownAs } from "../../shown.js";
import { table } from "../../table.js";
import type { AttentionWeights } from "./attention-weights.js";
import { someWeights } from "./some-weights.js";

/** How far a layer's heads look. */
export interface AttentionDistance {
  /** The layer's name. */
  readonly layer: string;
  /** Mean distance in pixels, head by head. */
  readonly heads: readonly number[];
  /** Their mean, in pixels. */
  readonly mean: number;
  /** What it would be if each query looked at all places alike, in pixels. */
  readonly uniform: number;
}

/**
 * Mean attention distance of each head, in pixels of the image: from the middle of the querying place to the middles of
 * the places that it looks at, weighted by their probabilities; the mean over queries and images. Class tokens are left
 * out: as queries, and as keys, each row being divided by the sum of what is left. A pooled pixel's middle is that of
 * the pixels that it was pooled from.
 *
 * @param weights of one layer or more, as `attentionWeights` gives them; a sequence pooling's are passed over, as its
 *   query has no place
 * @throws RangeError for tokens that have no place on the image: study 3's image rows, or places that were not found in
 *   the model; TypeError for an argument of another kind
 * Source: Dosovitskiy et al. 2021, §4.5, fig. 7 and appendix D.7. Differs from Keras' example, where what goes to the
 *   class token counts as distance 0.
 */
export function attentionDistance(weights: readonly AttentionWeights[]): AttentionDistance[] {
  checkArguments("attentionDistance", { weights }, { weights: someOf(someWeights) });
  const found = weights.filter(({ kind }) => kind !== "pooling").map(distanceOf);
  return shownAs(found, (distances) => {
    const most = Math.max(0, ...distances.map(({ heads }) => heads.length));
    const px = (value: number | undefined): string => (value === undefined ? "" : value.toFixed(1));
    const rows = distances.map(({ layer, heads, mean, uniform }) => [
      layer,
      ...Array.from({ length: most }, (_, i) => px(heads[i])),
      px(mean),
      px(uniform),
    ]);
    const names = Array.from({ length: most }, (_, i) => `head ${i}`);
    return table(["layer", ...names, "mean", "if uniform"], rows, "Mean attention distance in pixels")[DISPLAY]();
  });
}

function distanceOf(weights: AttentionWeights): AttentionDistance {
  const [batch, heads, queries, keys] = weights.shape;
  const { from, to, first } = placesOf(weights);
  const distances = from.map(([y, x]) => Float64Array.from(to, ([v, u]) => Math.hypot(v - y, u - x)));
  const sums = new Float64Array(heads);
  for (let row = 0; row < batch * heads * queries; row++) {
    const query = (row % queries) - first;
    if (query < 0) continue;
    sums[Math.floor(row / queries) % heads]! += weighted(weights.values, row * keys + first, distances[query]!);
  }
  const perHead = Array.from(sums, (sum) => sum / (batch * from.length));
  const uniform = distances.reduce((sum, row) => sum + meanOf(row), 0) / from.length;
  return { layer: weights.layer, heads: perHead, mean: meanOf(perHead), uniform };
}

/** The mean of distances, weighted by the probabilities that begin at a place. */
function weighted(values: Float32Array, at: number, distances: Float64Array): number {
  let [sum, total] = [0, 0];
  for (let key = 0; key < distances.length; key++) {
    sum += values[at + key]! * distances[key]!;
    total += values[at + key]!;
  }
  return total === 0 ? 0 : sum / total;
}

type Place = readonly [y: number, x: number];

/** Middles in pixels of those who look and of what they look at, and how many tokens stand before these. */
function placesOf({ layer, tokens, grid, shape }: AttentionWeights): {
  readonly from: readonly Place[];
  readonly to: readonly Place[];
  readonly first: number;
} {
  const refuse = (what: string): never => {
    throw new RangeError(`attentionDistance: weights must be of tokens that have places on the image, got ${what}`);
  };
  if (grid) {
    const { queries, keys, imageShape = [...queries, 1] } = grid;
    const step = [imageShape[0] / queries[0], imageShape[1] / queries[1]] as const;
    // Two by two pixels are pooled; of an odd number the last is left out.
    return { from: middles(queries, step), to: middles(keys, [2 * step[0], 2 * step[1]]), first: 0 };
  }
  if (tokens === undefined)
    return refuse(`${layer}, of whose ${shape[3]} tokens the model does not say where they lie`);
  if (tokens.form === "image-rows")
    return refuse(`${layer}, whose tokens are stretches of the image's rows, channel after channel`);
  const { rows, columns, imageShape, numPrefixTokens } = tokens;
  const places = middles([rows, columns], [imageShape[0] / rows, imageShape[1] / columns]);
  return { from: places, to: places, first: numPrefixTokens };
}

function middles([rows, columns]: readonly [number, number], [down, across]: readonly [number, number]): Place[] {
  return Array.from({ length: rows * columns }, (_, i) => [
    (Math.floor(i / columns) + 0.5) * down,
    ((i % columns) + 0.5) * across,
  ]);
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
