import { tf } from "../backend/index.js";

/** Fields of tfjs' layers whose layer they never use: a Bidirectional makes two copies of it. */
const SPARE: Readonly<Record<string, readonly string[]>> = { Bidirectional: ["layer"] };

/**
 * Checks that a model knows all weights that its layers hold: TensorFlow.js finds those that a layer makes by
 * `addWeight`, and not, as PyTorch does, those of layers and variables in its fields. Such weights would not be
 * trained, saved or counted. Fields are searched one array, map or plain object deep; `#private` ones cannot be.
 *
 * @param fn whose model it is
 * @throws TypeError that names the layer, the field and the cure
 */
export function checkHeldWeights(fn: string, model: tf.LayersModel): void {
  const known = new Set<unknown>();
  const inside = layersWithin(model);
  for (const { weights } of inside) for (const weight of weights) known.add(valueOf(weight));
  for (const layer of inside) {
    for (const [field, value] of fieldsOf(layer)) {
      if (!isUnknown(value, known, inside)) continue;
      const what =
        value instanceof tf.Variable ? "a variable" : `a layer, ${(value as tf.layers.Layer).getClassName()},`;
      throw new TypeError(
        `${fn}: a layer must list all weights that it holds, got ${layer.getClassName()} ${layer.name}, whose field ` +
          `${field} has ${what} that its weights do not: ${CURE}`,
      );
    }
  }
}

const CURE =
  "make its weights by this.addWeight in build, or build the network by a function of layers: x => conv.apply(x)";

/** The model, its layers, and those of models within it. */
function layersWithin(model: tf.LayersModel): ReadonlySet<tf.layers.Layer> {
  const found = new Set<tf.layers.Layer>();
  const visit = (layer: tf.layers.Layer): void => {
    if (found.has(layer)) return;
    found.add(layer);
    if ("layers" in layer) for (const each of layer.layers as tf.layers.Layer[]) visit(each);
  };
  visit(model);
  return found;
}

/** Whether a field's value has or will have weights that the model does not know. */
function isUnknown(
  value: unknown,
  known: ReadonlySet<unknown>,
  inside: ReadonlySet<tf.layers.Layer>,
  seen = new Set<unknown>(),
): boolean {
  if (value instanceof tf.Variable) return value.trainable && !value.isDisposed && !known.has(value);
  if (!(value instanceof tf.layers.Layer) || inside.has(value) || seen.has(value)) return false;
  seen.add(value);
  const { weights } = value;
  if (weights.some((weight) => !known.has(valueOf(weight)))) return true;
  if (weights.length === 0 && makesWeights(value)) return true;
  return fieldsOf(value).some(([, part]) => isUnknown(part, known, inside, seen));
}

/** Whether a layer that is not built yet will have weights: whether its class's `build` makes any. */
function makesWeights(layer: tf.layers.Layer): boolean {
  let prototype = Object.getPrototypeOf(layer) as { build?: unknown } | null;
  for (; prototype !== null && prototype !== tf.layers.Layer.prototype; prototype = Object.getPrototypeOf(prototype)) {
    if (Object.hasOwn(prototype, "build") && /\.addWeight\b/.test(String(prototype.build))) return true;
  }
  return false;
}

/** What a layer holds, by its field; of an array, a map, a set or a plain object each value. */
function fieldsOf(layer: tf.layers.Layer): readonly (readonly [field: string, value: unknown])[] {
  const spare = SPARE[layer.getClassName()] ?? [];
  return Object.entries(layer)
    .filter(([field]) => !spare.includes(field))
    .flatMap(([field, value]: [string, unknown]) => valuesIn(value).map((each) => [field, each] as const));
}

function valuesIn(value: unknown): readonly unknown[] {
  if (value instanceof Map || value instanceof Set) return [...value.values()];
  const isPlain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (Array.isArray(value) || isPlain) return Object.values(value as object);
  return [value];
}

/** tfjs' variable of a weight; `read()` would refuse one that is disposed of. */
function valueOf(weight: tf.LayerVariable): unknown {
  return (weight as unknown as { val: tf.Variable }).val;
}
