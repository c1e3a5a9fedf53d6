/** Activation functions and their derivatives, named as PyTorch and timm name them, and as PyTorch computes them. */
import { normalBeyond } from "../../distributions.js";

/** The functions that `activations` knows. */
export type ActivationName = "sigmoid" | "tanh" | "relu" | "leaky_relu" | "gelu" | "gelu_tanh" | "silu" | "softplus";

/** A function of one number, and its derivative. */
export interface ActivationFunction {
  readonly value: (x: number) => number;
  /** Where there is none (ReLU's at 0) that from below, which PyTorch takes. */
  readonly derivative: (x: number) => number;
  /** Whether its derivative jumps at 0. */
  readonly kink?: boolean;
}

/** Of leaky ReLU below 0, PyTorch's default. */
const NEGATIVE_SLOPE = 0.01;
/** Beyond this PyTorch takes softplus for x itself. */
const SOFTPLUS_THRESHOLD = 20;
/** Of GELU's approximation: tanh(√(2 / π) (x + 0.044715 x³)). */
const [GELU_SCALE, GELU_CUBIC] = [Math.sqrt(2 / Math.PI), 0.044715];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The standard normal distribution: its share below x, and its density. */
const normalCdf = (x: number): number => (x < 0 ? normalBeyond(-x) / 2 : 1 - normalBeyond(x) / 2);
const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const geluInner = (x: number): number => Math.tanh(GELU_SCALE * (x + GELU_CUBIC * x ** 3));

/** Sources: torch.nn.functional 2.13; GELU: Hendrycks & Gimpel 2016; SiLU: Elfwing et al. 2018. */
export const ACTIVATIONS: Readonly<Record<ActivationName, ActivationFunction>> = {
  sigmoid: { value: sigmoid, derivative: (x) => sigmoid(x) * sigmoid(-x) },
  tanh: { value: Math.tanh, derivative: (x) => 1 - Math.tanh(x) ** 2 },
  relu: { value: (x) => Math.max(x, 0), derivative: (x) => (x > 0 ? 1 : 0), kink: true },
  leaky_relu: {
    value: (x) => (x > 0 ? x : NEGATIVE_SLOPE * x),
    derivative: (x) => (x > 0 ? 1 : NEGATIVE_SLOPE),
    kink: true,
  },
  gelu: { value: (x) => x * normalCdf(x), derivative: (x) => normalCdf(x) + x * normalDensity(x) },
  gelu_tanh: {
    value: (x) => (x / 2) * (1 + geluInner(x)),
    derivative: (x) =>
      (1 + geluInner(x)) / 2 + (x / 2) * (1 - geluInner(x) ** 2) * GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x),
  },
  silu: { value: (x) => x * sigmoid(x), derivative: (x) => sigmoid(x) * (1 + x * sigmoid(-x)) },
  softplus: {
    value: (x) => (x > SOFTPLUS_THRESHOLD ? x : Math.log1p(Math.exp(x))),
    derivative: (x) => (x > SOFTPLUS_THRESHOLD ? 1 : sigmoid(x)),
  },
};

/** What a figure calls them. */
export const ACTIVATION_LABELS: Readonly<Record<ActivationName, string>> = {
  sigmoid: "sigmoid",
  tanh: "tanh",
  relu: "ReLU",
  leaky_relu: `leaky ReLU, slope ${NEGATIVE_SLOPE}`,
  gelu: "GELU",
  gelu_tanh: "GELU by tanh",
  silu: "SiLU",
  softplus: "softplus",
};
