import { tf } from "../backend/index.js";
import { tidyValues } from "../backend/tidy-values.js";
import { ConfiguredInitializer } from "./configured-initializer.js";

export interface OrthogonalConfig {
  /** What the orthogonal matrix is multiplied by, above 0. */
  readonly gain: number;
  /** Any whole number but 0. */
  readonly seed: number;
}

/**
 * A random matrix with orthonormal columns, or rows where they are fewer, drawn evenly among all of them: a weight
 * [..., in, out] taken as the matrix of all axes but the last by the last.
 * Source: Saxe et al. 2014, as PyTorch's `orthogonal_`. Differs: tfjs' own has its matrix decomposed by a loop of
 * operations, minutes for a dense layer of 9,216 inputs; this is a loop over numbers in float64.
 */
export class OrthogonalMatrix extends ConfiguredInitializer<OrthogonalConfig> {
  /** Its name in a saved model. */
  static readonly className = "OrthogonalMatrix";

  override apply(shape: tf.Shape): tf.Tensor {
    const { gain, seed } = this.config;
    const sizes = shape as number[];
    if (sizes.length < 2)
      throw new RangeError(`orthogonal: a weight must have two axes or more, got [${sizes.join(", ")}]`);
    const columns = sizes.at(-1)!;
    const rows = sizes.slice(0, -1).reduce((product, size) => product * size, 1);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const drawn = tidyValues(() => tf.randomNormal([count, length], 0, 1, "float32", seed));
    const vectors = orthonormal(Float64Array.from(drawn), count, length);
    const values = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        values[row * columns + column] =
          gain * vectors[rows > columns ? column * length + row : row * length + column]!;
      }
    }
    return tf.tensor(values, sizes);
  }
}
tf.serialization.registerClass(OrthogonalMatrix);

/**
 * Makes the vectors [count, length] orthonormal in place, by Gram and Schmidt's method run twice: of a QR
 * decomposition with a positive diagonal, the Q, which is what makes the drawing even (Mezzadri 2007).
 */
function orthonormal(vectors: Float64Array, count: number, length: number): Float64Array {
  for (let i = 0; i < count; i++) {
    const own = vectors.subarray(i * length, (i + 1) * length);
    for (let times = 0; times < 2; times++) {
      for (let j = 0; j < i; j++) {
        const other = vectors.subarray(j * length, (j + 1) * length);
        const share = dot(own, other);
        for (let at = 0; at < length; at++) own[at]! -= share * other[at]!;
      }
    }
    const norm = Math.sqrt(dot(own, own));
    for (let at = 0; at < length; at++) own[at]! /= norm;
  }
  return vectors;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
