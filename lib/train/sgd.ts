import { subtractInPlace } from "../backend/compile/updates.js";
import { applyMomentum, keepInPlace, tf } from "../backend/index.js";
import { checkOptions } from "../checks.js";
import type { Optimizer } from "./optimizer-interface.js";
import { checkRanges, checkVariables } from "./optimizer-checks.js";
import { withL2, zerosLike, type WeightDecayOptions } from "./weight-decay.js";

export interface SgdOptions extends WeightDecayOptions {
  /** Step size, 0 or more. */
  readonly learningRate?: number;
  /** Decay of the sum of gradients, 0 to below 1; 0 keeps none. */
  readonly momentum?: number;
  /** Look one step ahead; needs momentum. */
  readonly nesterov?: boolean;
}

/** All options, each set. */
export type SgdConfig = Required<SgdOptions>;

/** PyTorch's defaults. */
export const SGD_DEFAULTS: SgdConfig = {
  learningRate: 1e-3,
  momentum: 0,
  nesterov: false,
  weightDecay: 0,
  decayNormsAndBiases: true,
};

/**
 * Stochastic gradient descent: b ← momentum · b + g, p ← p − learningRate · b, with nesterov p ← p − learningRate · (g
 * + momentum · b).
 * Source: Sutskever et al. 2013, as PyTorch's `optim.SGD` computes it (dampening 0).
 *
 * @param variables what it changes; b starts at 0
 * @throws RangeError for a value out of range
 */
export function sgd(variables: readonly tf.Variable[], config: SgdOptions = {}): Optimizer {
  checkOptions("sgd", config, {}, Object.keys(SGD_DEFAULTS));
  const settings = { ...SGD_DEFAULTS, ...config };
  const { momentum, nesterov } = settings;
  checkRanges("sgd", settings, { learningRate: "0 or more", momentum: "0 to below 1", weightDecay: "0 or more" });
  if (nesterov && momentum === 0) throw new RangeError("sgd: nesterov must have momentum above 0, got momentum=0");
  checkVariables("sgd", variables);
  const sums = momentum === 0 ? [] : zerosLike(variables);
  keepInPlace([...variables, ...sums]);

  return {
    state: { momentum: sums },
    apply(gradients, learningRate = settings.learningRate, decay = momentum) {
      tf.tidy(() => {
        const all = withL2(variables, gradients, settings);
        if (momentum > 0) {
          const updates = variables.map((variable, i) => ({ variable, momentum: sums[i]!, gradient: all[i]! }));
          applyMomentum(updates, { learningRate, decay, nesterov });
        } else {
          variables.forEach((variable, i) => subtractInPlace(variable, tf.mul(all[i]!, learningRate)));
        }
      });
    },
    dispose: () => tf.dispose(sums),
  };
}
