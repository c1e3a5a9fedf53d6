import { tf } from "../backend/index.js";
import { aText, aNatural, either, fields, listOf, notNegative, optional, orNull, someOf } from "../checks.js";
import { filled } from "../filled.js";
import { weightsNamed } from "../models/weights/freeze.js";
import { trainedVariables } from "./trained-variables.js";

/** Weights that train otherwise than the rest (PyTorch's parameter groups, learning-rate multipliers). */
export interface ParameterGroup {
  /** Names of weights or layers, as `models.freeze` takes them: "head", "*\/norm1/beta". None is of two groups. */
  readonly weights: string | readonly string[];
  /** What their learning rate is multiplied by, 0 or more. Default 1. */
  readonly learningRateScale?: number;
  /** What their weight decay is multiplied by, 0 or more. Default 1. */
  readonly weightDecayScale?: number;
  /** Epochs after which they stay as they are, 0 or more: they are frozen, and decay no more. Default null: never. */
  readonly freezeAfterEpochs?: number | null;
}

/** All options, each set. */
export type ParameterGroupConfig = Required<ParameterGroup>;

const DEFAULTS: Omit<ParameterGroupConfig, "weights"> = {
  learningRateScale: 1,
  weightDecayScale: 1,
  freezeAfterEpochs: null,
};

/** A list of groups. */
export const someGroups = listOf(
  fields(
    "{ weights, learningRateScale?, weightDecayScale?, freezeAfterEpochs? }",
    {
      weights: either(aText, someOf(aText)),
      learningRateScale: optional(notNegative),
      weightDecayScale: optional(notNegative),
      freezeAfterEpochs: optional(orNull(aNatural)),
    },
    {
      aliases: {
        params: "weights",
        lrScale: "learningRateScale",
        lrMult: "learningRateScale",
        lr: "learningRateScale",
      },
    },
  ),
);

/** The groups with their defaults in place; each has been checked. */
export function filledGroups(groups: readonly ParameterGroup[] | null): readonly ParameterGroupConfig[] | null {
  return groups && groups.map((group) => filled<ParameterGroupConfig>({ ...DEFAULTS, weights: [] }, group));
}

/** A model's variables by group. */
export interface Groups {
  /** The groups, and before them that of all other variables. */
  readonly rows: readonly Omit<ParameterGroupConfig, "weights">[];
  /** Of each variable, in the optimizer's order, its group's place in `rows`. */
  readonly of: readonly number[];
}

/**
 * The groups of the variables that train.
 *
 * @throws RangeError for names that no weight has, or none that trains, and for a weight of two groups
 */
export function groupsOf(
  fn: string,
  model: tf.LayersModel,
  groups: readonly ParameterGroupConfig[] | null,
): Groups | undefined {
  if (groups === null || groups.length === 0) return undefined;
  const variables = trainedVariables(fn, model);
  const of = variables.map(() => 0);
  for (const [index, { weights }] of groups.entries()) {
    const path = `${fn}: parameterGroups[${index}].weights`;
    const trained = [...weightsNamed(fn, model, weights).chosen].flatMap(({ name, variable }) => {
      const place = variables.indexOf(variable.read() as tf.Variable);
      return place < 0 ? [] : [{ name, place }];
    });
    if (trained.length === 0)
      throw new RangeError(`${path} must name a weight that trains, got ${JSON.stringify(weights)}`);
    const twice = trained.find(({ place }) => of[place] !== 0);
    if (twice) throw new RangeError(`${path} must be of no other group too, got ${twice.name}`);
    for (const { place } of trained) of[place] = index + 1;
  }
  return { rows: [DEFAULTS, ...groups], of };
}

/** What each variable's weight decay is multiplied by. */
export function decayScales({ rows, of }: Groups): readonly number[] {
  return of.map((group) => rows[group]!.weightDecayScale);
}

/**
 * What a step's program is given in place of the learning rate: of each group its rate, and 1 where it trains or 0
 * where it is frozen.
 *
 * @param epoch from 1
 * @returns [2, G], the caller's
 */
export function groupRates({ rows }: Groups, learningRate: number, epoch: number): tf.Tensor2D {
  const gates = rows.map(({ freezeAfterEpochs }) => Number(freezeAfterEpochs === null || epoch <= freezeAfterEpochs));
  return tf.tensor2d([rows.map(({ learningRateScale }, i) => learningRate * learningRateScale * gates[i]!), gates]);
}

/**
 * Within a step's program: the learning rate of each variable, and its gradient, 0 where it is frozen.
 *
 * @param rates [2, G], of {@link groupRates}
 */
export function byGroup(
  { rows, of }: Groups,
  rates: tf.Tensor,
  gradients: readonly tf.Tensor[],
): { readonly gradients: readonly tf.Tensor[]; readonly learningRates: readonly tf.Scalar[] } {
  const at = (row: number, group: number) => tf.reshape(tf.slice(rates, [row, group], [1, 1]), []) as tf.Scalar;
  const learningRates = rows.map((_, group) => at(0, group));
  const gates = rows.map(({ freezeAfterEpochs }, group) => (freezeAfterEpochs === null ? undefined : at(1, group)));
  return {
    gradients: gradients.map((gradient, i) => {
      const gate = gates[of[i]!];
      return gate ? tf.mul(gradient, gate) : gradient;
    }),
    learningRates: of.map((group) => learningRates[group]!),
  };
}
