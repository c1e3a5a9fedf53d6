import { tf } from "../../backend/index.js";

/** What an error says of a layer that cannot be made again. */
function cannot(fn: string, layer: tf.layers.Layer, what: string): TypeError {
  const named = `${layer.name} (${layer.getClassName()})`;
  return new TypeError(`${fn}: a layer must make itself again from its getConfig, got ${named}${what}`);
}

/** Applies the copy of a layer. @throws TypeError naming the layer where it fails */
export function applied<Result>(fn: string, layer: tf.layers.Layer, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw cannot(fn, layer, `: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Checks a copy: a layer of one's own without a getConfig is made without its arguments, and may compute something
 * else without a word.
 *
 * @throws TypeError that names the layer and the field that differs
 */
export function checkSame(fn: string, old: tf.layers.Layer, made: tf.layers.Layer): void {
  if ("layers" in old && "layers" in made) {
    const inner = made.layers as tf.layers.Layer[];
    (old.layers as tf.layers.Layer[]).forEach((layer, i) => checkSame(fn, layer, inner[i]!));
    return;
  }
  if (old.constructor !== made.constructor || hasOwnConfig(old)) return;
  const [before, after] = [old, made].map((layer) => layer as unknown as Record<string, unknown>);
  const ofEvery = Object.keys(tf.layers.add()); // which has no arguments of its own
  const field = Object.keys(before!)
    .filter((key) => !ofEvery.includes(key))
    .find((key) => isPlain(before![key]) && before![key] !== after![key]);
  if (field !== undefined) throw cannot(fn, old, `, whose ${field} is ${String(after![field])} in a copy`);
}

/** Whether the class, or one above it but tfjs' Layer, says its arguments. */
function hasOwnConfig(layer: tf.layers.Layer): boolean {
  return layer.getConfig !== tf.layers.Layer.prototype.getConfig;
}

const isPlain = (value: unknown): boolean => ["number", "string", "boolean"].includes(typeof value);

/** A weight's shape against what it is to hold. @throws TypeError naming the layer where they differ */
export function checkShapes(
  fn: string,
  layer: tf.layers.Layer,
  weights: readonly { readonly shape: tf.Shape }[],
  values: readonly { readonly shape: tf.Shape }[],
): void {
  const shapes = (list: typeof weights): string => list.map(({ shape }) => `[${shape}]`).join();
  if (shapes(weights) === shapes(values)) return;
  throw cannot(fn, layer, ` with weights ${shapes(weights)} for ${shapes(values)}`);
}
