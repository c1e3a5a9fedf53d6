import * as tf from "@tensorflow/tfjs";
import { canFuse, fused, later } from "../compile/fused.js";
import { activeTracer } from "../compile/tracer.js";
import { biasAddGrad } from "./bias-add.js";
import { moves } from "./conv-as-product.js";
import { range, toomCook, type Matrix } from "./toom-cook.js";

/** Side of the squares of pixels that come out at once. */
const TILE = 4;
/** Side of the squares that go in: a tile and its neighbours under a kernel of 3 × 3. */
const PATCH = TILE + 2;
/**
 * Points at which the polynomials of Toom and Cook are evaluated, beside infinity. With these the result is off by
 * about twice what float32 products summed one after the other are (0.9 and 1.5 millionths of its root mean square for
 * 64 and 256 channels), and half as much as with 0, ±1, ±2. TensorFlow's own convolution sums one after the other on
 * AVX-512; on AVX2 it sums in parts, and is four to eight times as exact as this.
 */
const POINTS = [0, 3 / 4, -3 / 4, 3 / 2, -3 / 2];

/**
 * How rows of patches, kernels and tiles go over into the points' space: [PATCH, PATCH], [PATCH, 3] and [PATCH, TILE].
 */
const { patchRows, kernelRows, tileRows } = toomCook(POINTS, TILE);

/**
 * Fewest tiles, channels, and products of both with the filters from which on tiles are worth it: bringing the kernel
 * over takes time in every step, XLA's programs theirs in the first.
 */
const FEWEST_TILES = 64;
const FEWEST_CHANNELS = 64;
/** Both gradients gain more than the forward pass by itself does. */
const LEAST_WORK = { withGradients: 2 ** 21, alone: 2 ** 23 };

/**
 * Whether a convolution is faster in tiles: of stride 1 with a kernel of 3 × 3 that keeps the images' size, of whole
 * tiles, many of them, and many channels; larger ones where no gradient is taken. In a compiled function for a CPU
 * only, and not where its products take bfloat16, which is too coarse for what is added and taken away again.
 */
export function isBetterInTiles(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: number | [number, number],
  padding: "same" | "valid",
): boolean {
  const [batch, height, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, , filters] = kernel.shape;
  const isWhole = height % TILE === 0 && width % TILE === 0;
  const tiles = (batch * height * width) / TILE ** 2;
  const least = tf.engine().state.gradientDepth > 0 ? LEAST_WORK.withGradients : LEAST_WORK.alone;
  const isLarge =
    tiles >= FEWEST_TILES && Math.min(channels, filters) >= FEWEST_CHANNELS && tiles * channels * filters >= least;
  return (
    kernelHeight === 3 &&
    kernelWidth === 3 &&
    padding === "same" &&
    !moves(strides) &&
    isWhole &&
    isLarge &&
    canFuse() &&
    !activeTracer()!.options.isMixed
  );
}

/**
 * A convolution of stride 1 with a kernel of 3 × 3 whose images keep their size, by Winograd's minimal filtering: 4 × 4
 * pixels come out of 6 × 6 products where the definition takes 12 × 12, and the sums over channels are matrix products.
 * Both gradients go the same way.
 *
 * @param x [B, H, W, C], H and W multiples of 4
 * @param kernel [3, 3, C, filters]
 * @param bias [filters], or none
 * @returns [B, H, W, filters]
 * Source: Lavin & Gray 2016, §4; that the points decide how exact it is: Barabasz et al. 2020. These were found by
 * trying.
 */
export function convolveInTiles(x: tf.Tensor4D, kernel: tf.Tensor4D, bias?: tf.Tensor): tf.Tensor4D {
  const size = x.shape.slice(0, 3) as unknown as Images;
  const convolve = tf.customGrad((...args: unknown[]) => {
    const save = args.at(-1) as tf.GradSaveFunc;
    const [x, kernel, bias] = args.slice(0, -1) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor?];
    save([x, kernel]);
    const gradFunc = (dy: tf.Tensor, [x, kernel]: tf.Tensor[]) => [
      convolved(dy as tf.Tensor4D, kernel as tf.Tensor4D, turned, size, tf.zeros([kernel!.shape[2]!])),
      // The images' patches are made anew: kept from the forward pass, they are more than twice as large as the images.
      kernelGradient(patchesOf(later(x as tf.Tensor4D, dy)), tilesOf(dy)),
      ...(bias ? [biasAddGrad({ dy }, {})[0]!] : []),
    ];
    return { value: convolved(x, kernel, (same) => same, size, bias ?? tf.zeros([kernel.shape[3]!])), gradFunc };
  });
  return convolve(...[x, kernel, ...(bias ? [bias] : [])]) as tf.Tensor4D;
}

type Images = readonly [batch: number, height: number, width: number];

/** The patches of images in the points' space: PATCH² tensors [tiles, C]. */
function patchesOf(x: tf.Tensor4D): tf.Tensor[] {
  return patchPoints(
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
  );
}

const patchPoints = inPoints("winogradPatch", patchRows, PATCH);
/** The gradient of tiles in the points' space: PATCH² tensors [tiles, filters]. */
const tilesOf = inPoints("winogradTile", tileRows, TILE);

/**
 * Squares of `places` × `places` pixels in the points' space. Rows and columns in one pass each: in one for both, the
 * first would be computed anew for every result of the second.
 */
function inPoints(name: string, weights: Matrix, places: number): (x: tf.Tensor) => tf.Tensor[] {
  const rows = fused(`${name}Rows`, (x) => combineAll(weights, everyTile(x!, 1, places)));
  const columns = fused(`${name}Columns`, (...given) =>
    given.flatMap((row) => combineAll(weights, everyTile(row, 2, places))).map(asRows),
  );
  return (x) => columns(...rows(x));
}

/**
 * A kernel [3, 3, C, K] in the points' space: PATCH² tensors [C, K]. One product, as its 9 taps lie one behind the
 * other.
 */
function pointsOf(kernel: tf.Tensor): tf.Tensor[] {
  const [, , channels, filters] = kernel.shape as [number, number, number, number];
  const points = tf.matMul(tapsToPoints(), tf.reshape(kernel, [9, channels * filters]) as tf.Tensor2D);
  return tf.unstack(tf.reshape(points, [PATCH * PATCH, channels, filters]));
}

/** What each of 9 taps counts in each of PATCH² points. */
function tapsToPoints(): tf.Tensor2D {
  return tf.tensor2d(
    kernelRows.flatMap((row) =>
      kernelRows.map((column) => row.flatMap((weight) => column.map((other) => weight * other))),
    ),
  );
}

/** The kernel whose convolution is the gradient by the images: turned by half, from filters to channels. */
function turned(kernel: tf.Tensor4D): tf.Tensor {
  return tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
}

/** The images that come out of others and of what `prepared` makes of a kernel. */
function convolved(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  prepared: (kernel: tf.Tensor4D) => tf.Tensor,
  [batch, height, width]: Images,
  bias: tf.Tensor,
): tf.Tensor {
  const patches = patchesOf(x);
  const weights = pointsOf(prepared(later(kernel, patches[0]!))); // all kernels' could be made when a step begins
  const products = patches.map((patch, point) => tf.matMul(patch as tf.Tensor2D, weights[point] as tf.Tensor2D));
  const [tilesHigh, tilesWide] = [height / TILE, width / TILE];
  const name = [batch, tilesHigh, tilesWide].join("_");
  const rows = fused("winogradOutputRows", (...given) =>
    range(TILE).flatMap((row) =>
      range(PATCH).map((column) =>
        combine(
          outputRow(row),
          range(PATCH).map((point) => given[PATCH * point + column]!),
        ),
      ),
    ),
  )(...products);
  const [images] = fused(`winogradOutput_${name}`, (...given) => {
    const filters = given[0]!.shape[1]!;
    const wide = range(TILE).map((row) => {
      const pixels = range(TILE).map((column) =>
        tf.add(combine(outputRow(column), given.slice(PATCH * row, PATCH * (row + 1))), given.at(-1)!),
      );
      return tf.reshape(
        tf.concat(
          pixels.map((pixel) => tf.reshape(pixel, [batch, tilesHigh, tilesWide, 1, filters])),
          3,
        ),
        [batch, tilesHigh, 1, width, filters],
      );
    });
    return [tf.reshape(tf.concat(wide, 2), [batch, height, width, filters])];
  })(...rows, bias);
  return images!;
}

/** What each point counts in one row of a tile. */
function outputRow(row: number): number[] {
  return tileRows.map((weights) => weights[row]!);
}

/** The gradient by the kernel, [3, 3, C, K]. */
function kernelGradient(patches: readonly tf.Tensor[], tiles: readonly tf.Tensor[]): tf.Tensor {
  const points = tf.stack(
    patches.map((patch, point) => tf.matMul(patch as tf.Tensor2D, tiles[point] as tf.Tensor2D, true, false)),
  );
  const [, channels, filters] = points.shape as [number, number, number];
  const taps = tf.matMul(
    tapsToPoints(),
    tf.reshape(points, [PATCH * PATCH, channels * filters]) as tf.Tensor2D,
    true,
    false,
  );
  return tf.reshape(taps, [3, 3, channels, filters]);
}

/** Of rows (axis 1) or columns (axis 2), those at one place of all patches, or tiles: `places` tensors. */
function everyTile(x: tf.Tensor, axis: 1 | 2, places: number): tf.Tensor[] {
  const count = Math.floor(x.shape[axis]! / TILE);
  return range(places).map((place) => {
    const [begin, end, strides] = [[0, 0, 0, 0], [...x.shape], [1, 1, 1, 1]];
    [begin[axis], end[axis], strides[axis]] = [place, place + TILE * (count - 1) + 1, TILE];
    return tf.stridedSlice(x, begin, end, strides);
  });
}

/** [B, tiles high, tiles wide, C] → [tiles, C] */
function asRows(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, x.shape.at(-1)!]);
}

function combineAll(rows: Matrix, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  return rows.map((weights) => combine(weights, tensors));
}

/** The weighted sum, in which a weight of 0 costs nothing, and one of 1 no product. */
function combine(weights: readonly number[], tensors: readonly tf.Tensor[]): tf.Tensor {
  const terms = weights.flatMap((weight, i) =>
    weight === 0 ? [] : [weight === 1 ? tensors[i]! : tf.mul(tensors[i]!, weight)],
  );
  return terms.reduce((sum, term) => tf.add(sum, term));
}
