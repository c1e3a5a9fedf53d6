import {
  aboveZero,
  anInteger,
  anObject,
  anyNumber,
  aNumber,
  checkArguments,
  oneOf,
  optional,
  strangerOf,
  type Rule,
  type Rules,
} from "../checks.js";
import { DiracKernel } from "./dirac.js";
import { FanScaling, type FanScalingConfig } from "./fan-scaling.js";
import type { Initializer } from "./initializers.js";
import { OrthogonalMatrix } from "./orthogonal.js";
import { TruncatedNormal } from "./truncated-normal.js";

/** After which function a weight's outputs go. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leaky_relu" | "selu";

/** Each for the initializers that are named; others refuse it. */
export interface InitializerOptions {
  /** xavier, orthogonal: what the deviation is multiplied by, above 0. Default 1. */
  readonly gain?: number;
  /** kaiming: whether the variance is kept forward or backward. Default "fan_in". */
  readonly mode?: "fan_in" | "fan_out";
  /** kaiming: the function that follows; it says the gain, see {@link calculateGain}. Default "leaky_relu". */
  readonly nonlinearity?: Nonlinearity;
  /** kaiming: of leaky_relu, finite. Default 0, which is ReLU. */
  readonly negativeSlope?: number;
  /** trunc_normal, truncated_normal: finite. Default 0. */
  readonly mean?: number;
  /** trunc_normal, truncated_normal: above 0, before the cut. Default 1, and 0.05 for truncated_normal. */
  readonly std?: number;
  /** trunc_normal: where it is cut off below; −Infinity leaves that side open. Default −2. */
  readonly lower?: number;
  /** trunc_normal: where it is cut off above, above `lower`; Infinity leaves that side open. Default 2. */
  readonly upper?: number;
  /**
   * dirac: what the filters start from that are more than the input channels, "zeros", as in PyTorch, or
   * "torch_default". Default "zeros".
   */
  readonly remainder?: "zeros" | "torch_default";
}

/** Keras' rules that scale by the number of inputs and outputs. */
export type FanName =
  | "glorot_uniform"
  | "glorot_normal"
  | "he_uniform"
  | "he_normal"
  | "lecun_uniform"
  | "lecun_normal";

/** PyTorch's names, then Keras'. */
export type InitializerName =
  | "xavier_uniform"
  | "xavier_normal"
  | "kaiming_uniform"
  | "kaiming_normal"
  | "orthogonal"
  | "dirac"
  | "trunc_normal"
  | "torch_default"
  | FanName
  | "truncated_normal";

const KERAS: Readonly<Record<FanName, Omit<FanScalingConfig, "seed">>> = {
  glorot_uniform: { distribution: "uniform", scale: 1, mode: "fanAvg" },
  glorot_normal: { distribution: "truncatedNormal", scale: 1, mode: "fanAvg" },
  he_uniform: { distribution: "uniform", scale: 2, mode: "fanIn" },
  he_normal: { distribution: "truncatedNormal", scale: 2, mode: "fanIn" },
  lecun_uniform: { distribution: "uniform", scale: 1, mode: "fanIn" },
  lecun_normal: { distribution: "truncatedNormal", scale: 1, mode: "fanIn" },
};

const OPTIONS: Readonly<Record<InitializerName, readonly (keyof InitializerOptions)[]>> = {
  xavier_uniform: ["gain"],
  xavier_normal: ["gain"],
  kaiming_uniform: ["mode", "nonlinearity", "negativeSlope"],
  kaiming_normal: ["mode", "nonlinearity", "negativeSlope"],
  orthogonal: ["gain"],
  dirac: ["remainder"],
  trunc_normal: ["mean", "std", "lower", "upper"],
  torch_default: [],
  glorot_uniform: [],
  glorot_normal: [],
  he_uniform: [],
  he_normal: [],
  lecun_uniform: [],
  lecun_normal: [],
  truncated_normal: ["mean", "std"],
};

/** Every name that createInitializer knows. */
export const INITIALIZER_NAMES = Object.keys(OPTIONS) as readonly InitializerName[];

const aNonlinearity = oneOf(["linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu"] satisfies Nonlinearity[]);

/** What each option must be, where the initializer has it. */
export const INITIALIZER_RULES: Rules = {
  gain: optional(aboveZero),
  mode: optional(oneOf(["fan_in", "fan_out"])),
  nonlinearity: optional(aNonlinearity),
  negativeSlope: optional(aNumber),
  mean: optional(aNumber),
  std: optional(aboveZero),
  lower: optional(anyNumber), // or infinite; NaN is not below anything
  upper: optional(anyNumber),
  remainder: optional(oneOf(["zeros", "torch_default"])),
};

/** tfjs' normal generator takes 0 for "no seed". */
const aSeed: Rule = {
  ...anInteger,
  what: "a whole number but 0",
  holds: (value) => anInteger.holds(value) && value !== 0,
};

/**
 * An initializer by the name that PyTorch or Keras gives it, for the kernel of any layer: dense [in, out] or
 * convolution [height, width, in, out], whose fans are taken from its shape when it is made. torch_default is what
 * PyTorch's `nn.Linear` and `nn.Conv2d` start with; for their biases see `torchUniform`. dirac passes each input
 * channel on, and is of a convolution's kernel alone.
 *
 * @param name "xavier_normal" (normal) and "glorot_normal" (cut off at two deviations) differ, as they do there
 * @param seed a whole number but 0, see `seedFor`
 * @throws RangeError for an unknown name, an option that the name does not have, or a value out of range
 * Source: PyTorch's `nn.init`, Keras' `initializers`; Glorot & Bengio 2010; He et al. 2015; Saxe et al. 2014; LeCun et
 * al. 1998.
 */
export function createInitializer(name: InitializerName, seed: number, options: InitializerOptions = {}): Initializer {
  checkInitializer(name, seed, options);
  const {
    gain = 1,
    mode = "fan_in",
    nonlinearity = "leaky_relu",
    negativeSlope = 0,
    mean = 0,
    std = name === "trunc_normal" ? 1 : 0.05,
    lower = -2,
    upper = 2,
    remainder = "zeros",
  } = options;
  switch (name) {
    case "xavier_uniform":
    case "xavier_normal":
      return new FanScaling({
        distribution: name === "xavier_normal" ? "normal" : "uniform",
        scale: gain ** 2,
        mode: "fanAvg",
        seed,
      });
    case "kaiming_uniform":
    case "kaiming_normal":
      return new FanScaling({
        distribution: name === "kaiming_normal" ? "normal" : "uniform",
        scale: calculateGain(nonlinearity, negativeSlope) ** 2,
        mode: mode === "fan_in" ? "fanIn" : "fanOut",
        seed,
      });
    case "torch_default":
      return new FanScaling({ distribution: "uniform", scale: 1 / 3, mode: "fanIn", seed });
    case "orthogonal":
      return new OrthogonalMatrix({ gain, seed });
    case "dirac":
      return new DiracKernel({ remainder, seed });
    case "trunc_normal":
      return new TruncatedNormal({ mean, std, lower, upper, seed });
    case "truncated_normal":
      return new TruncatedNormal({ mean, std, lower: mean - 2 * std, upper: mean + 2 * std, seed });
    default:
      return new FanScaling({ ...KERAS[name], seed });
  }
}

/**
 * What keeps the variance of a layer's outputs through the function that follows.
 *
 * @param negativeSlope of leaky_relu. Default 0.01
 * @throws RangeError for an unknown function
 * Source: PyTorch's `calculate_gain`.
 */
export function calculateGain(nonlinearity: Nonlinearity, negativeSlope = 0.01): number {
  checkArguments(
    "calculateGain",
    { nonlinearity, negativeSlope },
    { nonlinearity: aNonlinearity, negativeSlope: aNumber },
  );
  const gains: Readonly<Record<Nonlinearity, number>> = {
    linear: 1,
    sigmoid: 1,
    tanh: 5 / 3,
    relu: Math.SQRT2,
    leaky_relu: Math.sqrt(2 / (1 + negativeSlope ** 2)),
    selu: 3 / 4,
  };
  return gains[nonlinearity];
}

function checkInitializer(name: InitializerName, seed: number, options: InitializerOptions): void {
  const fn = "createInitializer";
  checkArguments(fn, { name, seed, options }, { name: oneOf(INITIALIZER_NAMES), seed: aSeed, options: anObject });
  const stranger = strangerOf(options, OPTIONS[name], { path: name });
  if (stranger !== undefined) throw new stranger.kind(`${fn}: ${stranger.text}`);
  checkArguments(fn, options, INITIALIZER_RULES);
  const { lower = -2, upper = 2 } = options;
  if (!(lower < upper)) throw new RangeError(`${fn}: lower must be below upper, got lower=${lower}, upper=${upper}`);
}
