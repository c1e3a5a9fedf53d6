import type { tf } from "../../backend/index.js";
import { aCount, aNatural, checkArguments, checkFields, listOf, optional, tagOf, type Rule } from "../../checks.js";

/** The image's grid of tokens, and how many others come before them. */
export interface TokenGrid {
  /** Tokens down the image. */
  readonly height: number;
  /** Tokens across the image. */
  readonly width: number;
  /** Class tokens. */
  readonly prefix: number;
}

const floats: Rule = { what: "a Float32Array", holds: (value) => tagOf(value) === "Float32Array" };

/**
 * Positional embeddings for another grid: bicubic, antialiased where the grid shrinks; the prefix stays as it is.
 *
 * @param values [1, prefix + N, D] of a square grid, or of `old`
 * @returns [1, prefix + N', D]
 * @throws RangeError where the old tokens make no square, or values are fewer or more
 * Source: timm's `resample_abs_pos_embed`, with PyTorch's antialiased bicubic kernel (a = −0.5; Keys 1981, eq. 4).
 */
export function resamplePositions(
  values: Float32Array,
  oldTokens: number,
  size: number,
  grid: TokenGrid,
  old?: readonly [number, number],
): Float32Array {
  checkArguments(
    "resamplePositions",
    { values, oldTokens, size, old },
    { values: floats, oldTokens: aCount, size: aCount, old: optional(listOf(aCount)) },
  );
  checkFields("resamplePositions", "grid", grid, { height: aCount, width: aCount, prefix: aNatural });
  if (values.length !== oldTokens * size)
    throw new RangeError(`resamplePositions: values must be ${oldTokens} × ${size} numbers, got ${values.length}`);
  const { height, width, prefix } = grid;
  const side = Math.round(Math.sqrt(oldTokens - prefix));
  const [oldHeight, oldWidth] = old ?? [side, side];
  if (oldHeight * oldWidth !== oldTokens - prefix || oldTokens <= prefix) {
    throw new RangeError(
      "resamplePositions: the tokens must make a square " +
        `grid${prefix > 0 ? ` behind ${prefix} other` : ""}, got ${oldTokens}`,
    );
  }
  const places = values.subarray(prefix * size);
  const wide = resampleAxis(places, oldHeight, oldWidth, width, size);
  const tall = resampleAxis(wide, 1, oldHeight, height, width * size);
  const result = new Float32Array((prefix + height * width) * size);
  result.set(values.subarray(0, prefix * size));
  result.set(tall, prefix * size);
  return result;
}

/** [outer, from, inner] → [outer, to, inner]. */
function resampleAxis(
  values: Float32Array | Float64Array,
  outer: number,
  from: number,
  to: number,
  inner: number,
): Float64Array {
  const result = new Float64Array(outer * to * inner);
  const places = filter(from, to);
  for (let o = 0; o < outer; o++) {
    for (const [at, { first, weights }] of places.entries()) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (const [j, weight] of weights.entries()) sum += weight * values[(o * from + first + j) * inner + i]!;
        result[(o * to + at) * inner + i] = sum;
      }
    }
  }
  return result;
}

/** For each new place: the first old place, and the weights from there on, 1 together. */
function filter(from: number, to: number): { readonly first: number; readonly weights: readonly number[] }[] {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const last = Math.min(from, Math.trunc(centre + 2 * stretch + 0.5));
    const shares = Array.from({ length: last - first }, (_, i) => cubic((i + first - centre + 0.5) / stretch));
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { first, weights: shares.map((share) => share / total) };
  });
}

function cubic(distance: number): number {
  const [x, a] = [Math.abs(distance), -0.5];
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0;
}

/**
 * The grid that a positional embedding's tokens come from, by the last feature map or patches before it; undefined
 * where none is found.
 */
export function gridBefore(position: tf.layers.Layer): TokenGrid | undefined {
  let prefix = 0;
  for (let layer = position.inboundNodes[0]?.inboundLayers[0]; layer; layer = layer.inboundNodes[0]?.inboundLayers[0]) {
    if (layer.getClassName() === "ClassToken") prefix++;
    const map = layer.inboundNodes[0]?.inputShapes[0] as tf.Shape | undefined;
    const [, height, width] = map ?? [];
    if (map?.length !== 4 || !height || !width) continue;
    const side = layer.getClassName() === "Patches" ? (layer.getConfig() as { patchSize: number }).patchSize : 1;
    return { height: height / side, width: width / side, prefix };
  }
  return undefined;
}
