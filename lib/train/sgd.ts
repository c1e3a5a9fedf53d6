import { applyMomentum, keepInPlace, tf } from "../backend/index.js";
import type { Optimizer } from "./adam.js";

export interface SgdConfig {
  /** Step size, 0 or more. */
  readonly learningRate: number;
  /** Decay of the sum of the gradients, 0 to below 1; 0 is plain gradient descent. */
  readonly momentum: number;
}

/** Study 6's base. */
export const SGD_DEFAULTS: SgdConfig = { learningRate: 0.01, momentum: 0.9 };

/**
 * Gradient descent with momentum: b ← momentum · b + g, p ← p − learningRate · b; fused in a compiled function.
 * Source: Sutskever et al. 2013, as PyTorch's `optim.SGD` computes it.
 *
 * @param variables what it changes; b starts at 0
 * @throws RangeError for a value out of range
 */
export function sgd(variables: readonly tf.Variable[], config: Partial<SgdConfig> = {}): Optimizer {
  const { learningRate, momentum } = { ...SGD_DEFAULTS, ...config };
  if (!(learningRate >= 0 && Number.isFinite(learningRate))) throw new RangeError(`sgd: learningRate must be 0 or more, got learningRate=${learningRate}`);
  if (!(momentum >= 0 && momentum < 1)) throw new RangeError(`sgd: momentum must be 0 to below 1, got momentum=${momentum}`);
  if (variables.length === 0) throw new RangeError("sgd: there must be at least one variable, got none");
  const sums = variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
  keepInPlace([...variables, ...sums]);
  return {
    apply(gradients) {
      const updates = variables.map((variable, i) => ({ variable, momentum: sums[i]!, gradient: gradients[i]! }));
      applyMomentum(updates, { learningRate, decay: momentum });
    },
    dispose() {
      tf.dispose(sums);
    },
  };
}
