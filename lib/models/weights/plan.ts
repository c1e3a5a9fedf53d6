import type { tf } from "../../backend/index.js";
import { ownLayout, torchLayout, type Layout } from "./layout.js";
import { translate, type WeightNames } from "./names.js";
import { namedWeights } from "./named-weights.js";
import { NAME_TABLES } from "./tables/index.js";
import { torchLayouts, torchNames } from "./torch-network.js";

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

/** Whose names a model's weights can have: of a network that no table knows PyTorch's, by its layers' names. */
export function knownNames(model: tf.LayersModel): readonly WeightNames[] {
  const tables = NAME_TABLES[model.name];
  return ["saccade", ...(tables ? (Object.keys(tables) as WeightNames[]) : (["torch"] as const))];
}

/**
 * Every weight of a model, of the models within it too, with its place in a file.
 *
 * @throws RangeError where the model has no such names, TypeError where the family's table forgets a weight, or its
 *   order in PyTorch cannot be known
 */
export function planWeights(fn: string, model: tf.LayersModel, names: WeightNames): readonly PlannedWeight[] {
  const theirs = namesIn(fn, model, names);
  const weights = namedWeights(model);
  const forgotten = weights.find((_, i) => theirs[i] === undefined);
  if (forgotten) {
    throw new TypeError(
      `${fn}: the table of ${names} for ${model.name} must name every weight, got none for ${forgotten.name}`,
    );
  }
  const layouts = names === "torch" ? torchLayouts(fn, model) : [];
  return weights.map(({ name, layer, variable }, i): PlannedWeight => {
    const shape = variable.shape as number[];
    const layout = names === "saccade" ? ownLayout(shape) : (layouts[i] ?? torchLayout(layer, name, shape));
    return { name, layer, variable, theirs: theirs[i]!, layout };
  });
}

/**
 * What a file calls a model's weights, in their order: one name, or several of parts side by side; undefined for one
 * that the table forgets.
 *
 * @throws RangeError where the model has no such names
 */
export function namesIn(
  fn: string,
  model: tf.LayersModel,
  names: WeightNames,
): readonly (readonly string[] | undefined)[] {
  const known = knownNames(model);
  if (!known.includes(names)) {
    throw new RangeError(
      `${fn}: names must be one of ${known.join(", ")} for a model of ${model.name}, got ${JSON.stringify(names)}`,
    );
  }
  if (names === "saccade") return namedWeights(model).map(({ stored }) => [stored]);
  if (names === "torch") return torchNames(model).map((name) => [name]);
  const table = NAME_TABLES[model.name]![names]!;
  const rules = typeof table === "function" ? table(model) : table;
  return namedWeights(model).map(({ name }) => translate(name, rules));
}

/** A model's weights by our names with those that references have. */
export function referenceNames(model: tf.LayersModel): readonly (readonly [ours: string, theirs: string])[] {
  const weights = namedWeights(model);
  return knownNames(model)
    .filter((names) => names !== "saccade")
    .flatMap((names) =>
      namesIn("referenceNames", model, names).flatMap((theirs = [], i) =>
        theirs.map((each) => [weights[i]!.name, each] as const),
      ),
    );
}
