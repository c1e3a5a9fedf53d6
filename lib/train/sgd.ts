import { subtractInPlace } from "../backend/compile/updates.js";
import { applyMomentum, keepInPlace, tf } from "../backend/index.js";
import { aFlag, aRate, checkOptions, notNegative, optional, type Rules } from "../checks.js";
import { filled } from "../filled.js";
import { someVariables } from "./optimizer-checks.js";
import { byRate, rateOf, type Optimizer } from "./optimizer-interface.js";
import { decaysOf, WEIGHT_DECAY_RULES, withL2, zerosLike, type WeightDecayOptions } from "./weight-decay.js";

export interface SgdOptions extends WeightDecayOptions {
  /** Step size, 0 or more. Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the sum of gradients, 0 to below 1; 0 keeps none. Default 0. */
  readonly momentum?: number;
  /** Nesterov's momentum, which looks one step ahead; needs momentum above 0. Default false. */
  readonly nesterov?: boolean;
}

/** All options, each set. */
export type SgdConfig = Required<SgdOptions>;

export const SGD_RULES: Rules = {
  learningRate: optional(notNegative),
  momentum: optional(aRate),
  nesterov: optional(aFlag),
  ...WEIGHT_DECAY_RULES,
};

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
 * @throws RangeError for no variable, an unknown option, a value out of range, or nesterov without momentum
 */
export function sgd(variables: readonly tf.Variable[], config: SgdOptions = {}): Optimizer {
  checkOptions("sgd", config, SGD_RULES);
  const settings = filled(SGD_DEFAULTS, config);
  checkNesterov("sgd", settings);
  return makeSgd(variables, settings);
}

/** {@link sgd} by options that have been checked. @param decayScales what each variable's decay is multiplied by */
export function makeSgd(
  variables: readonly tf.Variable[],
  settings: SgdConfig,
  decayScales?: readonly number[],
): Optimizer {
  const { momentum, nesterov } = settings;
  someVariables("sgd", variables);
  const decays = decaysOf(variables, settings, decayScales);
  const sums = momentum === 0 ? [] : zerosLike(variables);
  keepInPlace([...variables, ...sums]);

  return {
    state: { momentum: sums },
    apply(gradients, learningRate = settings.learningRate, decay = momentum) {
      tf.tidy(() => {
        const all = withL2(variables, gradients, decays);
        if (momentum > 0) {
          const updates = variables.map((variable, i) => ({ variable, momentum: sums[i]!, gradient: all[i]! }));
          for (const [rate, group] of byRate(updates, learningRate))
            applyMomentum(group, { learningRate: rate, decay, nesterov });
        } else {
          variables.forEach((variable, i) => subtractInPlace(variable, tf.mul(all[i]!, rateOf(learningRate, i))));
        }
      });
    },
    dispose: () => tf.dispose(sums),
  };
}

/**
 * @param path of the options, before their names: "optimizer."
 * @throws RangeError for nesterov without momentum
 */
export function checkNesterov(fn: string, { nesterov = false, momentum }: Partial<SgdConfig>, path = ""): void {
  if (nesterov && momentum === 0)
    throw new RangeError(`${fn}: ${path}nesterov must have momentum above 0, got momentum=0`);
}
