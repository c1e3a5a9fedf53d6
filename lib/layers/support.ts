import { tf } from "../backend/index.js";
import { aFlag, anObject, aText, checkArguments, checkValue, optional, shown, type Rules } from "../checks.js";

/** What `tf.layers.Layer` takes, without the parts that no layer of ours reads. */
export interface LayerArgs {
  /** Stable, and set by the model's builder: "block1/attention". */
  readonly name?: string;
  /** false keeps its weights as they are in training. Default true. */
  readonly trainable?: boolean;
}

/**
 * A layer's arguments as they came, checked before anything is made.
 *
 * @param rules for those that the layer does not check with what they go with
 * @throws TypeError unless they are an object, and for a name, flag or another of `rules` that is none
 */
export function layerArgs<A extends LayerArgs>(layer: string, args: A, rules: Rules = {}): A {
  checkValue(layer, "args", args, anObject);
  checkArguments(layer, args, { name: optional(aText), trainable: optional(aFlag), ...rules });
  return args;
}

/** The only input of a layer that takes one. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** The only shape of a layer that takes one input. */
export function singleShape(shape: tf.Shape | tf.Shape[]): tf.Shape {
  return (Array.isArray(shape[0]) ? shape[0] : shape) as tf.Shape;
}

/**
 * The only shape of a layer whose input has axes of its own: "[B, H, W, C]".
 *
 * @throws TypeError for another number of axes
 */
export function shapeOf(layer: string, inputShape: tf.Shape | tf.Shape[], axes: string): tf.Shape {
  const shape = singleShape(inputShape);
  if (shape.length !== axes.split(",").length)
    throw new TypeError(`${layer}: the input must be ${axes}, got [${shape.map((size) => size ?? "?").join(", ")}]`);
  return shape;
}

/**
 * The known size of one axis.
 *
 * @throws TypeError where the axis is missing or free
 */
export function sizeOf(layer: string, shape: tf.Shape, axis: number): number {
  const size = shape.at(axis);
  if (size == null) throw new TypeError(`${layer}: axis ${axis} of the input must be known, got shape [${shape}]`);
  return size;
}

/** @throws RangeError unless value is a number above 0 */
export function checkAboveZero(layer: string, name: string, value: number): void {
  if (!(typeof value === "number" && value > 0 && Number.isFinite(value)))
    throw new RangeError(`${layer}: ${name} must be above 0, got ${name}=${shown(value)}`);
}

/** @throws RangeError unless value is a whole number above 0 */
export function checkPositive(fn: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${fn}: ${name} must be a whole number above 0, got ${value}`);
  }
}
