import { applyAdam, keepInPlace, tf } from "../backend/index.js";

export interface AdamConfig {
  /** Step size, 0 or more; with 0 nothing is learned, which tells whether a check can fail. */
  readonly learningRate: number;
  /** Decay of the mean of the gradients, 0 to below 1. */
  readonly beta1: number;
  /** Decay of the mean of their squares, 0 to below 1. */
  readonly beta2: number;
  /** Added to the root of the corrected second moment, > 0. */
  readonly epsilon: number;
}

/** PyTorch's defaults; they are the paper's. */
export const ADAM_DEFAULTS: AdamConfig = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

export interface AdamWConfig extends AdamConfig {
  /** Share of learningRate by which every variable shrinks in a step, 0 or more. */
  readonly weightDecay: number;
}

/** PyTorch's defaults of `optim.AdamW`. */
export const ADAMW_DEFAULTS: AdamWConfig = { ...ADAM_DEFAULTS, weightDecay: 0.01 };

/** Changes variables by their gradients. */
export interface Optimizer {
  /** One step; gradients in the variables' order. Leaves the gradients to the caller. */
  apply(gradients: readonly tf.Tensor[]): void;
  dispose(): void;
}

/**
 * Adam: p ← p − lr · m̂ / (√v̂ + epsilon), with m̂ = m / (1 − beta1ᵗ) and v̂ = v / (1 − beta2ᵗ).
 * Source: Kingma & Ba 2015, algorithm 1, as PyTorch's `optim.Adam` computes it.
 * Differs: tfjs' Adam takes 1e-7 for epsilon and keeps betaᵗ in float32, where 1 − 0.999 has an error of 1e-5.
 * Inside a compiled function a step is TensorFlow's fused op, which changes variables and moments in place.
 *
 * @param variables what it changes; the moments start at 0
 * @throws RangeError for a value out of range
 */
export function adam(variables: readonly tf.Variable[], config: Partial<AdamConfig> = {}): Optimizer {
  return make("adam", variables, { ...ADAM_DEFAULTS, ...config, weightDecay: 0 });
}

/**
 * AdamW: p ← p − lr · weightDecay · p, then {@link adam}'s step. It shrinks all the variables that it is given.
 * Source: Loshchilov & Hutter 2019, algorithm 2, as PyTorch's `optim.AdamW` computes it.
 *
 * @param variables what it changes; the moments start at 0
 * @throws RangeError for a value out of range
 */
export function adamW(variables: readonly tf.Variable[], config: Partial<AdamWConfig> = {}): Optimizer {
  return make("adamW", variables, { ...ADAMW_DEFAULTS, ...config });
}

function make(fn: string, variables: readonly tf.Variable[], settings: AdamWConfig): Optimizer {
  check(fn, settings);
  if (variables.length === 0) throw new RangeError(`${fn}: there must be at least one variable, got none`);
  const zeros = () => variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
  const [first, second] = [zeros(), zeros()];
  const step = tf.tidy(() => tf.variable(tf.scalar(0), false)) as tf.Variable & tf.Scalar; // a variable, so that a compiled step counts
  keepInPlace([...variables, ...first, ...second]);

  return {
    apply(gradients) {
      tf.tidy(() => step.assign(tf.add(step, 1)));
      const updates = variables.map((variable, i) => ({ variable, firstMoment: first[i]!, secondMoment: second[i]!, gradient: gradients[i]! }));
      applyAdam(updates, { ...settings, step });
    },
    dispose() {
      tf.dispose([...first, ...second, step]);
    },
  };
}

function check(fn: string, { learningRate, beta1, beta2, epsilon, weightDecay }: AdamWConfig): void {
  for (const [name, value] of Object.entries({ learningRate, weightDecay })) {
    if (!(value >= 0 && Number.isFinite(value))) throw new RangeError(`${fn}: ${name} must be 0 or more, got ${name}=${value}`);
  }
  if (!(epsilon > 0 && Number.isFinite(epsilon))) throw new RangeError(`${fn}: epsilon must be above 0, got epsilon=${epsilon}`);
  for (const [name, value] of Object.entries({ beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) throw new RangeError(`${fn}: ${name} must be 0 to below 1, got ${name}=${value}`);
  }
}
