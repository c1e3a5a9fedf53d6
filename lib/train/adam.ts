import { tf } from "../backend/index.js";

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

/** Changes variables by their gradients. */
export interface Optimizer {
  /** Steps taken. */
  readonly steps: number;
  /** One step; gradients in the variables' order. Leaves the gradients to the caller. */
  apply(gradients: readonly tf.Tensor[]): void;
  dispose(): void;
}

/**
 * Adam: p ← p − lr · m̂ / (√v̂ + epsilon), with m̂ = m / (1 − beta1ᵗ) and v̂ = v / (1 − beta2ᵗ).
 * Source: Kingma & Ba 2015, algorithm 1, as PyTorch's `optim.Adam` computes it.
 * Differs: tfjs' Adam takes 1e-7 for epsilon and keeps betaᵗ in float32, where 1 − 0.999 has an error of 1e-5.
 *
 * @param variables what it changes; the moments start at 0
 * @throws RangeError for a value out of range
 */
export function adam(variables: readonly tf.Variable[], config: Partial<AdamConfig> = {}): Optimizer {
  const settings = { ...ADAM_DEFAULTS, ...config };
  check(settings);
  if (variables.length === 0) throw new RangeError("adam: there must be at least one variable, got none");
  const { learningRate, beta1, beta2, epsilon } = settings;
  const sizes = variables.map((variable) => variable.size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  // All moments in one vector each: a step costs a dozen ops, and three more per variable.
  const [first, second] = [0, 1].map(() => tf.tidy(() => tf.variable(tf.zeros([total]), false))) as [tf.Variable, tf.Variable];
  let steps = 0;

  return {
    get steps() {
      return steps;
    },
    apply(gradients) {
      steps++;
      // With c = √(1 − beta2ᵗ), m̂ / (√v̂ + ε) = c / (1 − beta1ᵗ) · m / (√v + c·ε): the corrections become two scalars.
      const correction = Math.sqrt(1 - beta2 ** steps);
      const stepSize = (learningRate * correction) / (1 - beta1 ** steps);
      tf.tidy(() => {
        const gradient = tf.concat1d(gradients.map((each) => tf.reshape(each, [-1]))); // [total]
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const change = tf.div(tf.mul(first, stepSize), tf.add(tf.sqrt(second), epsilon * correction));
        const changes = sizes.length === 1 ? [change] : tf.split(change, sizes);
        for (const [index, variable] of variables.entries()) {
          variable.assign(tf.sub(variable, tf.reshape(changes[index]!, variable.shape)));
        }
      });
    },
    dispose() {
      tf.dispose([first, second]);
    },
  };
}

function check({ learningRate, beta1, beta2, epsilon }: AdamConfig): void {
  if (!(learningRate >= 0 && Number.isFinite(learningRate))) throw new RangeError(`adam: learningRate must be 0 or more, got learningRate=${learningRate}`);
  if (!(epsilon > 0 && Number.isFinite(epsilon))) throw new RangeError(`adam: epsilon must be above 0, got epsilon=${epsilon}`);
  for (const [name, value] of Object.entries({ beta1, beta2 })) {
    if (!(value >= 0 && value < 1)) throw new RangeError(`adam: ${name} must be 0 to below 1, got ${name}=${value}`);
  }
}
