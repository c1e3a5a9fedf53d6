import { createRequire } from "node:module";
import { aboveZero, aRate, checkArguments, checkValue } from "../../checks.js";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { DType } from "../tensorflow-dtypes.js";
import { undone } from "../terminated.js";

/**
 * The distributions that are drawn from: uniform over [0, 1), standard normal, that within two deviations, and gamma of
 * scale 1.
 */
type Distribution = "Uniform" | "Normal" | "TruncatedNormal" | "Gamma";

/**
 * Where the random numbers of a compiled function come from. tfjs draws in JavaScript, which a trace would freeze;
 * here every draw is keyed by the function's seed, the number of the call, and the number of the draw within the call.
 *
 * @param draw the last of the three
 * @param alpha the gamma distribution's shape, above 0
 */
export type RandomStream = (
  distribution: Distribution,
  shape: readonly number[],
  draw: number,
  alpha?: number,
) => tf.Tensor;

/** TensorFlow's op for each. */
const STATELESS: Readonly<Record<Distribution, string>> = {
  Uniform: "StatelessRandomUniform",
  Normal: "StatelessRandomNormal",
  TruncatedNormal: "StatelessTruncatedNormal",
  Gamma: "StatelessRandomGammaV2",
};

/** Draws by TensorFlow's stateless ops. @param key int32 [2]: the function's seed and the number of the call */
export function tensorFlowStream(key: tf.Tensor): RandomStream {
  return (distribution, shape, draw, alpha) => {
    const backend = tf.backend() as NodeJSKernelBackend;
    const type = (name: string, value: number) => ({ name, type: backend.binding.TF_ATTR_TYPE, value });
    const types = [type("T", DType.INT32), type("Tseed", DType.INT32), type("dtype", DType.FLOAT)];
    const seed = tf.add(key, tf.tensor1d([draw, 0], "int32"));
    const inputs = [tf.tensor1d(shape as number[], "int32"), seed, ...(alpha === undefined ? [] : [tf.scalar(alpha)])];
    return backend.executeSingleOutput(STATELESS[distribution], types, inputs);
  };
}

/** Draws by tfjs' own generators, for backends without TensorFlow's. @param key as of {@link tensorFlowStream} */
export function javaScriptStream([seed, call]: readonly [number, number]): RandomStream {
  return (distribution, shape, draw, alpha) => {
    const own = mix(mix(seed, call), draw);
    if (distribution === "Gamma") return original.randomGamma(shape as [number, number], alpha!, 1, "float32", own);
    if (distribution === "Uniform") return original.randomUniform(shape as [number], 0, 1, "float32", own);
    return (distribution === "Normal" ? original.randomNormal : original.truncatedNormal)(
      shape as [number],
      0,
      1,
      "float32",
      own,
    );
  };
}

let current: { readonly stream: RandomStream; draws: number } | undefined;

/** Runs `body` with tfjs' random functions drawing from `stream`; elsewhere they draw as tfjs does. */
export function withStream<Result>(stream: RandomStream, body: () => Result): Result {
  const before = current;
  current = { stream, draws: 0 };
  return undone(() => void (current = before), body);
}

/**
 * Runs `body` and refuses every number that JavaScript draws meanwhile.
 *
 * @throws TypeError from within `Math.random`
 */
export function withoutJavaScriptRandom<Result>(body: () => Result): Result {
  const { random } = Math;
  Math.random = () => {
    throw new TypeError(
      "compile: a random number was drawn in JavaScript while the function was traced, and would be the " +
        "same in every call; " +
        "use tf.randomUniform, randomNormal, truncatedNormal, randomGamma, multinomial or dropout of this " +
        "library's tf, ops.permutation to shuffle, or pass the number in as a tensor",
    );
  };
  return undone(() => void (Math.random = random), body);
}

const original = {
  dropout: tf.dropout,
  multinomial: tf.multinomial,
  randomGamma: tf.randomGamma,
  randomNormal: tf.randomNormal,
  randomStandardNormal: tf.randomStandardNormal,
  randomUniform: tf.randomUniform,
  randomUniformInt: tf.randomUniformInt,
  truncatedNormal: tf.truncatedNormal,
};

/**
 * tfjs' function of the same name. Inside a compiled function it draws anew in every call.
 * Differs there: a given seed chooses the sequence; in tfjs it gives the same numbers every time.
 */
export const randomUniform: typeof tf.randomUniform = (shape, minval = 0, maxval = 1, dtype = "float32", seed?) => {
  if (!current) return original.randomUniform(shape, minval, maxval, dtype, seed);
  return tf.tidy(() => {
    const unit = draw("Uniform", shape, seed);
    const scaled = tf.add(tf.mul(unit, maxval - minval), minval);
    return (dtype === "float32" ? scaled : tf.cast(tf.cast(scaled, "int32"), dtype)) as ReturnType<
      typeof tf.randomUniform
    >;
  }) as never;
};

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const randomUniformInt: typeof tf.randomUniformInt = (shape, minval, maxval, seed?) =>
  current
    ? randomUniform(shape, minval, maxval, "int32", seed as number)
    : original.randomUniformInt(shape, minval, maxval, seed);

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const randomNormal: typeof tf.randomNormal = (shape, mean = 0, stdDev = 1, dtype = "float32", seed?) => {
  if (!current) return original.randomNormal(shape, mean, stdDev, dtype, seed);
  return normal("Normal", shape, mean, stdDev, dtype, seed) as never;
};

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const randomStandardNormal: typeof tf.randomStandardNormal = (shape, dtype = "float32", seed?) =>
  current ? randomNormal(shape, 0, 1, dtype, seed) : original.randomStandardNormal(shape, dtype, seed);

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const truncatedNormal: typeof tf.truncatedNormal = (shape, mean = 0, stdDev = 1, dtype = "float32", seed?) => {
  if (!current) return original.truncatedNormal(shape, mean, stdDev, dtype, seed);
  return normal("TruncatedNormal", shape, mean, stdDev, dtype, seed) as never;
};

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const dropout: typeof tf.dropout = (x, rate, noiseShape?, seed?) => {
  if (!current || rate === 0) return original.dropout(x, rate, noiseShape, seed);
  checkValue("dropout", "rate", rate, aRate);
  return tf.tidy(() => {
    const input = (x instanceof tf.Tensor ? x : tf.tensor(x)) as tf.Tensor;
    const shape = noiseShape?.map((size, axis) => size ?? input.shape[axis]!) ?? input.shape;
    // 1 with probability 1 − rate
    const kept = tf.floor(tf.add(randomUniform(shape, 0, 1, "float32", seed as number), 1 - rate));
    return tf.mul(input, tf.div(kept, 1 - rate));
  });
};

/** As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. */
export const randomGamma: typeof tf.randomGamma = (shape, alpha, beta = 1, dtype = "float32", seed?) => {
  if (!current) return original.randomGamma(shape, alpha, beta, dtype, seed);
  checkArguments("randomGamma", { alpha, beta }, { alpha: aboveZero, beta: aboveZero });
  return tf.tidy(() => {
    const scaled = tf.div(draw("Gamma", shape, seed, alpha), beta);
    return dtype === "int32" ? tf.cast(tf.round(scaled), "int32") : scaled;
  }) as never;
};

/**
 * As {@link randomUniform}: tfjs' function of the same name, drawing anew in every call of a compiled function. There
 * an outcome is the one with the largest sum of its logit and a Gumbel number, −log(−log u).
 * Source: Maddison, Tarlow & Minka 2014, "A* Sampling", §2.
 */
export const multinomial: typeof tf.multinomial = (logits, numSamples, seed?, normalized = false) => {
  if (!current) return original.multinomial(logits, numSamples, seed, normalized);
  return tf.tidy(() => {
    const given = (logits instanceof tf.Tensor ? logits : tf.tensor(logits)) as tf.Tensor;
    if (given.rank !== 1 && given.rank !== 2)
      throw new TypeError(`multinomial: logits must be [K] or [B, K], got [${given.shape.join(", ")}]`);
    const outcomes = given.shape.at(-1)!;
    const rows = tf.reshape(given, [-1, 1, outcomes]); // [B, 1, K]
    const noise = tf.neg(
      tf.log(tf.neg(tf.log(randomUniform([rows.shape[0]!, numSamples, outcomes], 0, 1, "float32", seed as number)))),
    );
    const drawn = tf.argMax(tf.add(normalized ? tf.log(rows) : rows, noise), -1); // [B, numSamples]
    return (given.rank === 1 ? (tf.reshape(drawn, [numSamples]) as tf.Tensor) : drawn) as tf.Tensor2D;
  });
};

/** Makes tfjs' own layers (Dropout, GaussianNoise, …) use the functions above. */
export function replaceTfjsRandom(): void {
  const core = createRequire(import.meta.url)("@tensorflow/tfjs-core") as Record<string, unknown>;
  Object.assign(core, {
    dropout,
    multinomial,
    randomGamma,
    randomNormal,
    randomStandardNormal,
    randomUniform,
    randomUniformInt,
    truncatedNormal,
  });
}

function normal(
  distribution: Distribution,
  shape: number[],
  mean: number,
  stdDev: number,
  dtype: string,
  seed: unknown,
): tf.Tensor {
  if (dtype === "bool") throw new TypeError("random: dtype must be float32 or int32, got bool");
  return tf.tidy(() => {
    const scaled = tf.add(tf.mul(draw(distribution, shape, seed), stdDev), mean);
    return dtype === "int32" ? tf.cast(tf.round(scaled), "int32") : scaled;
  });
}

function draw(distribution: Distribution, shape: readonly number[], seed: unknown, alpha?: number): tf.Tensor {
  return current!.stream(distribution, shape, mix(current!.draws++, Number(seed ?? 0)), alpha);
}

/** Spreads two numbers over the 32-bit integers (multipliers of the murmur3 finalizer). */
export function mix(first: number, second: number): number {
  let hash = Math.imul(bitsOf(first) + 1, 0x9e3779b1) ^ Math.imul(bitsOf(second), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** 32 bits of a number; two whole numbers of 32 bits never share them. */
function bitsOf(value: number): number {
  if (Number.isInteger(value)) return value | 0;
  const [low, high] = new Int32Array(Float64Array.of(value).buffer);
  return low! ^ high!;
}
