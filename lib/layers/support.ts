import { tf } from "../backend/index.js";

/** What `tf.layers.Layer` takes, without the parts that no layer of ours reads. */
export interface LayerArgs {
  /** Stable, and set by the model's builder: "block1/attention". */
  readonly name?: string;
  readonly trainable?: boolean;
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
 * The known size of one axis.
 *
 * @throws TypeError where the axis is missing or free
 */
export function sizeOf(layer: string, shape: tf.Shape, axis: number): number {
  const size = shape.at(axis);
  if (size == null) throw new TypeError(`${layer}: axis ${axis} of the input must be known, got shape [${shape}]`);
  return size;
}

/** @throws RangeError unless value is a whole number above 0 */
export function checkPositive(fn: string, name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(`${fn}: ${name} must be a whole number above 0, got ${value}`);
  }
}
