import { setImmediate } from "node:timers/promises"; // a kernel lets no other timer of an interrupted cell fire
import {
  aboveZero,
  aCount,
  anInteger,
  checkArguments,
  checkOptions,
  inRange,
  notNegative,
  optional,
} from "../../checks.js";
import { cellSignal } from "../../host.js";
import { shownAs } from "../../shown.js";
import { matrixOf, someRows, type Matrix, type MatrixLike } from "./matrix.js";

/** What {@link umap} takes. */
export interface UmapOptions {
  /** Numbers of each point, 1 or more. Default 2. */
  readonly components?: number;
  /** Neighbors whose distances are kept, 2 or more and below N: few show the detail, many the whole. Default 15. */
  readonly neighbors?: number;
  /** How near points may come, 0 to `spread`. Default 0.1. */
  readonly minDist?: number;
  /** How far apart they lie, above 0. Default 1. */
  readonly spread?: number;
  /** Passes over the neighbors. Default: 500 for up to 2,500 rows, down to 200 for more than 7,500. */
  readonly epochs?: number;
  /** Any integer: the same one gives the same points. Default 0. */
  readonly seed?: number;
}

/** As umap-learn calls them. */
const ALIASES = {
  nComponents: "components",
  nNeighbors: "neighbors",
  nEpochs: "epochs",
  randomState: "seed",
};

/** Epochs between two looks at the outer world. */
const EPOCHS_AT_ONCE = 10;

/**
 * UMAP: points whose near neighbors are those of the rows, by the package umap-js, with its random start instead of
 * umap-learn's spectral one. Distances between far groups say little, and other seeds place them elsewhere.
 *
 * @param rows [N, D]: what `embed` gives, or what `pca` leaves of it
 * @returns [N, components], which `classPoints` makes a scatter's series of
 * @throws RangeError for fewer rows than neighbors, or rows that are not finite; TypeError for rows of several lengths
 * Source: McInnes et al. 2018.
 */
export async function umap(rows: MatrixLike, options: UmapOptions = {}): Promise<Matrix> {
  checkArguments("umap", { rows }, { rows: someRows });
  checkOptions(
    "umap",
    options,
    {
      components: optional(aCount),
      neighbors: optional(inRange({ from: 2, whole: true })),
      minDist: optional(notNegative),
      spread: optional(aboveZero),
      epochs: optional(aCount),
      seed: optional(anInteger),
    },
    [],
    ALIASES,
  );
  const { components = 2, neighbors = 15, minDist = 0.1, spread = 1, epochs, seed = 0 } = options;
  const { values, n, d } = matrixOf("umap", "rows", rows);
  if (neighbors >= n)
    throw new RangeError(`umap: neighbors must be below the number of rows, ${n}, got neighbors=${neighbors}`);
  if (minDist > spread) throw new RangeError(`umap: minDist must be at most spread, ${spread}, got minDist=${minDist}`);
  const { UMAP } = await import("umap-js");
  const run = new UMAP({
    nComponents: components,
    nNeighbors: neighbors,
    minDist,
    spread,
    random: randomOf(seed),
    ...(epochs !== undefined && { nEpochs: epochs }),
  });
  const total = run.initializeFit(Array.from({ length: n }, (_, i) => [...values.subarray(i * d, (i + 1) * d)]));
  for (let epoch = 0; epoch < total; epoch++) {
    run.step();
    if (epoch % EPOCHS_AT_ONCE > 0) continue;
    cellSignal()?.throwIfAborted();
    await setImmediate();
  }
  const points: Matrix = { shape: [n, components], values: Float64Array.from(run.getEmbedding().flat()) };
  return shownAs(points, () => ({ "text/plain": `UMAP of ${n} rows of ${d} numbers, seed ${seed}: ${n} points` }));
}

/**
 * Numbers from 0 to below 1 for a package that takes a function of them, by the generator mulberry32.
 */
function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
