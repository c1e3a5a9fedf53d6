import { tf } from "../backend/index.js";
import { aFlag, notNegative, optional, type Rules } from "../checks.js";

/** Which variables lose weight, as plain data. */
export interface WeightDecayOptions {
  /**
   * Weight decay, 0 or more: the share of itself that is added to a variable's gradient (L2 regularization); with
   * adamw, decoupled, the share of learningRate that it loses. Default 0; of adamw 0.01.
   */
  readonly weightDecay?: number;
  /**
   * Whether variables of one axis or none decay too: biases, and what norms scale and shift by. Default true, as in
   * PyTorch.
   */
  readonly decayNormsAndBiases?: boolean;
}

export const WEIGHT_DECAY_RULES: Rules = {
  weightDecay: optional(notNegative),
  decayNormsAndBiases: optional(aFlag),
};

/** Both options, each set. */
export type WeightDecayConfig = Required<WeightDecayOptions>;

/**
 * The weight decay of each variable. Source: timm's `param_groups_weight_decay`, which tells norms and biases by their
 * one axis.
 *
 * @param scales what each one's is multiplied by. Default 1
 */
export function decaysOf(
  variables: readonly tf.Variable[],
  { weightDecay, decayNormsAndBiases }: WeightDecayConfig,
  scales?: readonly number[],
): readonly number[] {
  return variables.map(({ rank }, i) => (decayNormsAndBiases || rank > 1 ? weightDecay * (scales?.[i] ?? 1) : 0));
}

/** Gradients of the loss with decay / 2 · Σ p² added for each. Call it inside a tidy. */
export function withL2(
  variables: readonly tf.Variable[],
  gradients: readonly tf.Tensor[],
  decays: readonly number[],
): tf.Tensor[] {
  return variables.map((variable, i) =>
    decays[i]! > 0 ? tf.add(gradients[i]!, tf.mul(variable, decays[i]!)) : gradients[i]!,
  );
}

/** A variable of zeros for each of these. */
export function zerosLike(variables: readonly tf.Variable[]): tf.Variable[] {
  return variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
}
