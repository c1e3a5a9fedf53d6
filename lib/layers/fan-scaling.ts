import { tf } from "../backend/index.js";
import { ConfiguredInitializer } from "./configured-initializer.js";

/** What one output of a weight sums over, and how many outputs one input goes to. */
interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * How numbers are spread by a weight's shape, as plain data. The words are in camel case, which is how tfjs hands back
 * what it saved.
 */
export interface FanScalingConfig {
  /**
   * "truncatedNormal" is cut off at two deviations and scaled up again, as Keras does, so that its variance is the one
   * asked for.
   */
  readonly distribution: "uniform" | "normal" | "truncatedNormal";
  /** The variance is scale / fan. Above 0. */
  readonly scale: number;
  readonly mode: "fanIn" | "fanOut" | "fanAvg";
  /** Any whole number but 0. */
  readonly seed: number;
}

/** Standard deviation of N(0, 1) cut off at ±2. */
const TRUNCATED_DEVIATION = 0.879625661034239;

/** Numbers of mean 0 and variance scale / fan. */
export class FanScaling extends ConfiguredInitializer<FanScalingConfig> {
  /** Its name in a saved model. */
  static readonly className = "FanScaling";

  override apply(shape: tf.Shape, dtype?: tf.DataType): tf.Tensor {
    const { distribution, scale, mode, seed } = this.config;
    const { fanIn, fanOut } = fansOf(shape as number[]);
    const deviation = Math.sqrt(scale / { fanIn, fanOut, fanAvg: (fanIn + fanOut) / 2 }[mode]);
    const size = shape as number[];
    if (distribution === "uniform")
      return tf.randomUniform(size, -Math.sqrt(3) * deviation, Math.sqrt(3) * deviation, dtype as "float32", seed);
    if (distribution === "normal") return tf.randomNormal(size, 0, deviation, dtype as "float32", seed);
    return tf.truncatedNormal(size, 0, deviation / TRUNCATED_DEVIATION, dtype as "float32", seed);
  }
}
tf.serialization.registerClass(FanScaling);

/**
 * Fans of a weight in this library's layouts: dense [in, out], convolution [height, width, in, out].
 *
 * @throws RangeError for fewer than two axes, as PyTorch
 */
function fansOf(shape: readonly number[]): Fans {
  if (shape.length < 2) throw new RangeError(`fansOf: a weight must have two axes or more, got [${shape.join(", ")}]`);
  const field = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}
