import { aCount, aList, aNatural, checkArguments, checkValue, someOf, withFields } from "../../checks.js";
import { shownAs } from "../../shown.js";
import { matrixOf, someRows, type MatrixLike } from "../features/matrix.js";
import type { TokenGrid } from "./token-places.js";

/** Rows of numbers. */
export type Rows = ArrayLike<ArrayLike<number>>;

/**
 * How alike each two rows are: a·b / (|a|·|b|), −1 to 1; NaN for a row of zeros, which has no direction.
 *
 * @param rows [N, D]: positional embeddings, features of images (what `embed` gives), filters
 * @returns [N, N]
 * @throws TypeError for rows of unlike lengths
 */
export function cosineSimilarity(rows: MatrixLike): Float64Array[] {
  checkArguments("cosineSimilarity", { rows }, { rows: someRows });
  const values = checkedRows("cosineSimilarity", "rows", rowsOf(rows));
  const lengths = values.map((row) => Math.sqrt(dot(row, row)));
  const similarity = values.map(() => new Float64Array(values.length));
  for (const [i, a] of values.entries()) {
    for (let j = i; j < values.length; j++) {
      const cosine = Math.min(1, Math.max(-1, dot(a, values[j]!) / (lengths[i]! * lengths[j]!)));
      similarity[i]![j] = similarity[j]![i] = cosine;
    }
  }
  return asMatrix(similarity, "cosine similarities of each two");
}

/** A matrix's rows, where it is one. @throws TypeError for one of other sizes than it says */
function rowsOf(rows: MatrixLike): Rows {
  if (!("shape" in rows)) return rows; // an array has values too
  const { values, n, d } = matrixOf("cosineSimilarity", "rows", rows);
  return Array.from({ length: n }, (_, i) => values.subarray(i * d, (i + 1) * d));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** Which of a matrix's rows are the places of a grid. */
export interface GridPlaces {
  /** Rows of the grid. */
  readonly rows: number;
  /** Columns of the grid. */
  readonly columns: number;
  /** Rows of the matrix before those of the grid: 1 with a class token. */
  readonly numPrefixTokens: number;
}

const somePlaces = withFields("{ rows, columns, numPrefixTokens }, as positionalEmbeddings gives them in tokens", {
  rows: aCount,
  columns: aCount,
  numPrefixTokens: aNatural,
});

/**
 * A matrix between the tokens of a grid as a grid of little maps, one for each token: how alike it is to each other, or
 * how much it looks at each. Between the maps lies one cell of NaN, which `plots.heatmap` leaves empty.
 *
 * @param matrix [N, N]: what `cosineSimilarity` gives, or one head's attention
 * @param places of the grid, rows · columns + numPrefixTokens = N; the prefix tokens are left out
 * @returns [rows·(rows + 1) − 1, columns·(columns + 1) − 1]
 * @throws RangeError for places that do not fit the matrix; TypeError for rows of unlike lengths
 * Source: Dosovitskiy et al. 2021, fig. 7, in the middle.
 */
export function gridOfGrids(matrix: Rows, places: GridPlaces): Float64Array[] {
  const values = checkedRows("gridOfGrids", "matrix", matrix);
  checkValue("gridOfGrids", "places", places, somePlaces);
  if ((places as Partial<TokenGrid>).form === "image-rows")
    throw new RangeError("gridOfGrids: places must be of patches, got tokens that are stretches of the image's rows");
  const { rows, columns, numPrefixTokens } = places;
  const tokens = rows * columns + numPrefixTokens;
  if (values.length !== tokens || values[0]!.length !== tokens)
    throw new RangeError(
      `gridOfGrids: matrix must be ${tokens} × ${tokens}, as places has ${rows} × ${columns} and ${numPrefixTokens} ` +
        `more, got ${values.length} × ${values[0]!.length}`,
    );
  const [height, width] = [rows * (rows + 1) - 1, columns * (columns + 1) - 1];
  const cells = Array.from({ length: height }, (_, y) =>
    Float64Array.from({ length: width }, (__, x) => {
      const [v, u] = [y % (rows + 1), x % (columns + 1)];
      if (v === rows || u === columns) return Number.NaN;
      const token = Math.floor(y / (rows + 1)) * columns + Math.floor(x / (columns + 1));
      return values[numPrefixTokens + token]![numPrefixTokens + v * columns + u]!;
    }),
  );
  return asMatrix(cells, `cells of ${rows} × ${columns} maps`);
}

/** A matrix; a notebook shows its size and its ends. */
function asMatrix(rows: Float64Array[], what: string): Float64Array[] {
  return shownAs(rows, () => {
    const [least, most] = ends(rows);
    const size = `${rows.length} × ${rows[0]!.length}`;
    return { "text/plain": `${size} ${what}, ${least.toPrecision(3)} to ${most.toPrecision(3)}` };
  });
}

/** The least number and the greatest. */
function ends(rows: readonly Float64Array[]): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return [least, most];
}

function checkedRows(fn: string, name: string, rows: Rows): ArrayLike<number>[] {
  checkArguments(fn, { [name]: rows }, { [name]: someOf(aList) });
  const values = Array.from(rows);
  const other = values.find((row) => row.length !== values[0]!.length);
  if (other !== undefined)
    throw new TypeError(`${fn}: ${name} must be of one length, got ${values[0]!.length} and ${other.length}`);
  return values;
}
