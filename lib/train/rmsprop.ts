import { subtractInPlace } from "../backend/compile/updates.js";
import { keepInPlace, tf } from "../backend/index.js";
import { aboveZero, aRate, checkOptions, notNegative, optional, type Rules } from "../checks.js";
import { filled } from "../filled.js";
import { someVariables } from "./optimizer-checks.js";
import { rateOf, type Optimizer } from "./optimizer-interface.js";
import { decaysOf, WEIGHT_DECAY_RULES, withL2, zerosLike, type WeightDecayOptions } from "./weight-decay.js";

export interface RmspropOptions extends WeightDecayOptions {
  /** Step size, 0 or more. Default 0.01; of a run 0.001, as `fit` says. */
  readonly learningRate?: number;
  /** Decay of the mean of squared gradients, 0 to below 1. Default 0.99. */
  readonly alpha?: number;
  /** Added to the root of that mean, above 0. Default 1e-8. */
  readonly epsilon?: number;
  /** Decay of the sum of steps, 0 to below 1; 0 keeps none. Default 0. */
  readonly momentum?: number;
}

/** All options, each set. */
export type RmspropConfig = Required<RmspropOptions>;

export const RMSPROP_RULES: Rules = {
  learningRate: optional(notNegative),
  alpha: optional(aRate),
  epsilon: optional(aboveZero),
  momentum: optional(aRate),
  ...WEIGHT_DECAY_RULES,
};

/** PyTorch's defaults. */
export const RMSPROP_DEFAULTS: RmspropConfig = {
  learningRate: 1e-2,
  alpha: 0.99,
  epsilon: 1e-8,
  momentum: 0,
  weightDecay: 0,
  decayNormsAndBiases: true,
};

/**
 * RMSprop: v ← alpha · v + (1 − alpha) · g², b ← momentum · b + g / (√v + epsilon), p ← p − learningRate · b.
 * Source: Hinton's lecture 6e, as PyTorch's `optim.RMSprop` computes it. Differs from TensorFlow's, which has epsilon
 * under the root.
 *
 * @param variables what it changes; v and b start at 0
 * @throws RangeError for no variable, an unknown option, or a value out of range
 */
export function rmsprop(variables: readonly tf.Variable[], config: RmspropOptions = {}): Optimizer {
  checkOptions("rmsprop", config, RMSPROP_RULES);
  return makeRmsprop(variables, filled(RMSPROP_DEFAULTS, config));
}

/** {@link rmsprop} by options that have been checked. @param decayScales what each variable's decay is multiplied by */
export function makeRmsprop(
  variables: readonly tf.Variable[],
  settings: RmspropConfig,
  decayScales?: readonly number[],
): Optimizer {
  const { alpha, epsilon, momentum } = settings;
  someVariables("rmsprop", variables);
  const decays = decaysOf(variables, settings, decayScales);
  const squares = zerosLike(variables);
  const sums = momentum === 0 ? [] : zerosLike(variables);
  keepInPlace([...variables, ...squares, ...sums]);

  return {
    state: { squares, momentum: sums },
    apply(gradients, learningRate = settings.learningRate, decay = momentum) {
      tf.tidy(() => {
        withL2(variables, gradients, decays).forEach((gradient, i) => {
          const [variable, square, sum] = [variables[i]!, squares[i]!, sums[i]];
          const squared = tf.square(gradient);
          const mean = tf.add(tf.mul(square, alpha), tf.mul(squared, 1 - alpha));
          let step: tf.Tensor = tf.div(gradient, tf.add(tf.sqrt(mean), epsilon));
          subtractInPlace(square, tf.mul(tf.sub(square, squared), 1 - alpha));
          if (sum) {
            const summed = tf.add(tf.mul(sum, decay), step);
            subtractInPlace(sum, tf.sub(tf.mul(sum, tf.sub(1, decay)), step));
            step = summed;
          }
          subtractInPlace(variable, tf.mul(step, rateOf(learningRate, i)));
        });
      });
    },
    dispose: () => tf.dispose([...squares, ...sums]),
  };
}
