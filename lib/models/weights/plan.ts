import type { tf } from "../../backend/index.js";
import { ownLayout, torchLayout, type Layout } from "./layout.js";
import { translate, type NameRule, type WeightNames } from "./names.js";
import { namedWeights } from "./named-weights.js";
import { NAME_TABLES } from "./tables/index.js";

/** One weight of a model, and where it lies in a file. */
export interface PlannedWeight {
  /** Ours: "block1/attention/qkv_kernel". */
  readonly name: string;
  readonly layer: tf.layers.Layer;
  readonly variable: tf.LayerVariable;
  /** Theirs; several lie side by side along their first axis. */
  readonly theirs: readonly string[];
  readonly layout: Layout;
}

/** Whose names a model's weights can have. */
export function knownNames(model: tf.LayersModel): readonly WeightNames[] {
  return ["saccade", ...(Object.keys(NAME_TABLES[model.name] ?? {}) as WeightNames[])];
}

/**
 * Every weight of a model, of the models within it too, with its place in a file.
 *
 * @throws RangeError where the model has no such names, TypeError where the family's table forgets a weight
 */
export function planWeights(fn: string, model: tf.LayersModel, names: WeightNames): readonly PlannedWeight[] {
  const rules = rulesFor(fn, model, names);
  return namedWeights(model).map(({ name, stored, layer, variable }): PlannedWeight => {
    const shape = variable.shape as number[];
    if (rules === undefined) return { name, layer, variable, theirs: [stored], layout: ownLayout(shape) };
    const theirs = translate(name, rules);
    if (theirs === undefined) {
      throw new TypeError(
        `${fn}: the table of ${names} for ${model.name} must name every weight, got none for ${name}`,
      );
    }
    return { name, layer, variable, theirs, layout: torchLayout(layer, name, shape) };
  });
}

/** A model's weights by our names with those that references have; none where no table knows the model. */
export function referenceNames(model: tf.LayersModel): readonly (readonly [ours: string, theirs: string])[] {
  return knownNames(model).flatMap((names) => {
    const rules = rulesFor("referenceNames", model, names) ?? [];
    return namedWeights(model).flatMap(({ name }) =>
      (translate(name, rules) ?? []).map((theirs) => [name, theirs] as const),
    );
  });
}

function rulesFor(fn: string, model: tf.LayersModel, names: WeightNames): readonly NameRule[] | undefined {
  const known = knownNames(model);
  if (!known.includes(names)) {
    throw new RangeError(
      `${fn}: names must be one of ${known.join(", ")} for a model of ${model.name}, got ${JSON.stringify(names)}`,
    );
  }
  if (names === "saccade") return undefined;
  const table = NAME_TABLES[model.name]![names]!;
  return typeof table === "function" ? table(model) : table;
}
