import { applyAdam, keepInPlace, tf } from "../backend/index.js";
import { aboveZero, aRate, checkOptions, notNegative, optional, type Rules } from "../checks.js";
import { filled } from "../filled.js";
import { someVariables } from "./optimizer-checks.js";
import { byRate, type Optimizer } from "./optimizer-interface.js";
import { decaysOf, WEIGHT_DECAY_RULES, withL2, zerosLike, type WeightDecayOptions } from "./weight-decay.js";

export interface AdamOptions extends WeightDecayOptions {
  /** Step size, 0 or more; with 0 nothing is learned, which tells whether a check can fail. Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of the gradients (momentum), 0 to below 1. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, 0 to below 1. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment, above 0. Default 1e-8. */
  readonly epsilon?: number;
}

/** All options, each set. */
export type AdamConfig = Required<AdamOptions>;

export const ADAM_RULES: Rules = {
  learningRate: optional(notNegative),
  beta1: optional(aRate),
  beta2: optional(aRate),
  epsilon: optional(aboveZero),
  ...WEIGHT_DECAY_RULES,
};

/** PyTorch's defaults; they are the paper's. */
export const ADAM_DEFAULTS: AdamConfig = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  decayNormsAndBiases: true,
};

/** PyTorch's defaults. */
export const ADAMW_DEFAULTS: AdamConfig = { ...ADAM_DEFAULTS, weightDecay: 1e-2 };

/**
 * Adam: p ← p − lr · m̂ / (√v̂ + epsilon), with m̂ = m / (1 − beta1ᵗ) and v̂ = v / (1 − beta2ᵗ).
 * Source: Kingma & Ba 2015, algorithm 1, as PyTorch's `optim.Adam` computes it.
 * Differs: tfjs' Adam takes 1e-7 for epsilon and keeps betaᵗ in float32, where 1 − 0.999 has an error of 1e-5.
 * Inside a compiled function a step is TensorFlow's fused op, which changes variables and moments in place.
 *
 * @param variables what it changes; the moments start at 0
 * @throws RangeError for no variable, an unknown option, or a value out of range
 */
export function adam(variables: readonly tf.Variable[], config: AdamOptions = {}): Optimizer {
  checkOptions("adam", config, ADAM_RULES);
  return makeAdam(variables, filled(ADAM_DEFAULTS, config));
}

/**
 * AdamW: Adam whose variables first lose lr · weightDecay of themselves; the moments know nothing of it.
 * Source: Loshchilov & Hutter 2019, algorithm 2, as PyTorch's `optim.AdamW` computes it.
 *
 * @param variables what it changes; the moments start at 0
 * @throws RangeError for no variable, an unknown option, or a value out of range
 */
export function adamW(variables: readonly tf.Variable[], config: AdamOptions = {}): Optimizer {
  checkOptions("adamW", config, ADAM_RULES);
  return makeAdamW(variables, filled(ADAMW_DEFAULTS, config));
}

/** {@link adam} by options that have been checked. @param decayScales what each variable's decay is multiplied by */
export function makeAdam(
  variables: readonly tf.Variable[],
  settings: AdamConfig,
  decayScales?: readonly number[],
): Optimizer {
  someVariables("adam", variables);
  return create(variables, settings, decaysOf(variables, settings, decayScales), false);
}

/** {@link adamW}, likewise. */
export function makeAdamW(
  variables: readonly tf.Variable[],
  settings: AdamConfig,
  decayScales?: readonly number[],
): Optimizer {
  someVariables("adamW", variables);
  return create(variables, settings, decaysOf(variables, settings, decayScales), true);
}

function create(
  variables: readonly tf.Variable[],
  settings: AdamConfig,
  decays: readonly number[],
  decoupled: boolean,
): Optimizer {
  const { beta2, epsilon } = settings;
  const [first, second] = [zerosLike(variables), zerosLike(variables)];
  // a variable, so that a compiled step counts
  const step = tf.tidy(() => tf.variable(tf.scalar(0), false)) as tf.Variable & tf.Scalar;
  keepInPlace([...variables, ...first, ...second]);

  return {
    state: { firstMoment: first, secondMoment: second, step: [step] },
    apply(gradients, learningRate = settings.learningRate, beta1 = settings.beta1) {
      tf.tidy(() => {
        step.assign(tf.add(step, 1));
        const all = decoupled ? gradients : withL2(variables, gradients, decays);
        const updates = variables.map((variable, i) => ({
          variable,
          firstMoment: first[i]!,
          secondMoment: second[i]!,
          gradient: all[i]!,
          weightDecay: decoupled ? decays[i]! : 0,
        }));
        for (const [rate, group] of byRate(updates, learningRate)) {
          for (const weightDecay of new Set(group.map((update) => update.weightDecay))) {
            const alike = group.filter((update) => update.weightDecay === weightDecay);
            applyAdam(alike, { learningRate: rate, beta1, beta2, epsilon, weightDecay, step });
          }
        }
      });
    },
    dispose() {
      tf.dispose([...first, ...second, step]);
    },
  };
}
