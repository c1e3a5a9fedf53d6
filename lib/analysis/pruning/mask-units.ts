import { tf } from "../../backend/index.js";
import { copyModel } from "./copy-model.js";
import { lastName, usesOf, weightsOf } from "./model-graph.js";
import type { Passage } from "./passages.js";
import { removalOf, type UnitsByLayer } from "./removal.js";

/** What tfjs holds a weight to, which it does not declare. */
interface Constrained {
  constraint?: { apply(weight: tf.Tensor): tf.Tensor } | null;
}

/**
 * The same network with these units masked: the weights and biases that make them are 0, and so are the scale and shift
 * of a batch norm behind them. They stay 0 while the copy is trained by `train.fit`, which puts them back after every
 * step, as the source of study 6 did by hand; a file of the weights holds the zeros, and not that they are to stay.
 * The network computes as much as before: {@link prune} makes it really smaller.
 *
 * @param model changed in nothing
 * @param units by layer what is masked: filters or neurons, from 0
 * @returns a new model of the same sizes, which the caller disposes of
 * @throws RangeError and TypeError as {@link prune}
 * @example maskUnits(model, { conv1: [0, 6] })
 */
export function maskUnits(model: tf.LayersModel, units: UnitsByLayer): tf.LayersModel {
  const removal = removalOf("maskUnits", model, units);
  const made = new Map<tf.layers.Layer, tf.layers.Layer>();
  const copy = copyModel("maskUnits", model, {
    weights: (old, layer) => {
      made.set(old, layer);
      return weightsOf(old).map((weight) => masked(weight.read(), maskOf(weight, removal.get(old))));
    },
    origin: (model.getUserDefinedMetadata() as Record<string, unknown> | undefined)?.["saccadeModel"],
  });
  for (const { layer } of usesOf(model)) {
    for (const [i, weight] of (made.has(layer) ? weightsOf(made.get(layer)!) : []).entries()) {
      const mask = maskOf(weightsOf(layer)[i]!, removal.get(layer));
      if (mask) hold(weight as unknown as Constrained, mask);
    }
  }
  return copy;
}

/** What a weight is multiplied by, and what is added to it. */
interface Mask {
  readonly keep: Float32Array;
  readonly add: Float32Array;
  readonly shape: number[];
}

function maskOf(weight: tf.LayerVariable, passage: Passage | undefined): Mask | undefined {
  const { axis, places, value } = passage?.masked?.[lastName(weight)] ?? {};
  if (axis === undefined || places === undefined || value === undefined) return undefined;
  const { shape } = weight;
  const at = axis < 0 ? shape.length + axis : axis;
  const size = shape[at]!;
  const [keep, add] = [new Float32Array(size).fill(1), new Float32Array(size)];
  for (const place of places) [keep[place], add[place]] = [0, value];
  return { keep, add, shape: shape.map((length, i) => (i === at ? length! : 1)) };
}

function masked(weight: tf.Tensor, mask: Mask | undefined): tf.Tensor {
  if (mask === undefined) return weight.clone();
  const { keep, add, shape } = mask;
  return tf.tidy(() => tf.add(tf.mul(weight, tf.tensor(keep, shape)), tf.tensor(add, shape)));
}

/** Holds a weight to its mask, and to what it was held to before. */
function hold(weight: Constrained, mask: Mask): void {
  const { constraint } = weight;
  weight.constraint = { apply: (value) => masked(constraint ? constraint.apply(value) : value, mask) };
}
