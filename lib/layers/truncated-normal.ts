import { tf } from "../backend/index.js";
import { ConfiguredInitializer } from "./configured-initializer.js";

export interface TruncatedNormalConfig {
  readonly mean: number;
  /** Standard deviation of the normal distribution before it is cut off, above 0. */
  readonly std: number;
  /** Where it is cut off, as numbers, not as deviations. */
  readonly lower: number;
  readonly upper: number;
  /** Any whole number but 0. */
  readonly seed: number;
}

/** Numbers of N(mean, std²) that lie between lower and upper. Source: PyTorch's `trunc_normal_`. */
export class TruncatedNormal extends ConfiguredInitializer<TruncatedNormalConfig> {
  /** Its name in a saved model. */
  static readonly className = "TruncatedNormalBetween";

  override apply(shape: tf.Shape): tf.Tensor {
    const sizes = shape as number[];
    const values = new Float32Array(sizes.reduce((product, size) => product * size, 1));
    const draws = between(this.config);
    for (let i = 0; i < values.length; i++) values[i] = draws.next().value;
    return tf.tensor(values, sizes);
  }
}
tf.serialization.registerClass(TruncatedNormal);

/**
 * Endlessly: normal numbers, or even ones where the interval is narrow or far from the mean; those that do not fit are
 * drawn again.
 */
function* between({ mean, std, lower, upper, seed }: TruncatedNormalConfig): Generator<number, never, undefined> {
  const [low, high] = [(lower - mean) / std, (upper - mean) / std];
  const nearest = Math.max(low, Math.min(0, high)); // where the density is highest
  const normal = Math.abs(nearest) < 1 && high - low > 1;
  // Beyond REACH / nearest the density is e^−REACH of the highest, and no number will be drawn from there.
  const reach = Math.min(high - low, REACH / Math.max(1, Math.abs(nearest)));
  const first = nearest === high ? high - reach : low;
  for (const [place, chance] of pairs(seed, normal)) {
    const value = normal ? place : first + reach * place;
    const fits = normal ? value >= low && value <= high : chance < Math.exp((nearest ** 2 - value ** 2) / 2);
    if (fits) yield Math.min(upper, Math.max(lower, mean + std * value));
  }
  throw new Error("unreachable");
}

const REACH = 40;
const BLOCK = 4096;

/** Endlessly: a normal number, or an even one from 0 to 1, and an even one from 0 to 1. */
function* pairs(seed: number, normal: boolean): Generator<readonly [number, number], void, undefined> {
  for (let block = 0; ; block++) {
    const own = seed + 2 * block * 0x9e3779b1; // a stream of its own for each block; tfjs takes any number as a seed
    const [places, chances] = tf.tidy(
      () =>
        [
          (normal
            ? tf.randomNormal([BLOCK], 0, 1, "float32", own)
            : tf.randomUniform([BLOCK], 0, 1, "float32", own)
          ).dataSync(),
          tf.randomUniform([BLOCK], 0, 1, "float32", own + 1).dataSync(),
        ] as const,
    );
    for (let i = 0; i < BLOCK; i++) yield [places[i]!, chances[i]!];
  }
}
