import { tf } from "../../backend/index.js";

/**
 * How a weight lies in a reference's file. Ours is taken as an array of `split`, its axes are put in the order `order`,
 * and the result is taken as one of `shape`.
 */
export interface Layout {
  readonly split: readonly number[];
  readonly order: readonly number[];
  readonly shape: readonly number[];
}

/**
 * The layout in PyTorch's modules: convolutions [out, in, height, width], linear maps [out, in]; a linear map of
 * patches as the convolution that it is; one of a flattened feature map with the channels first; all else as ours.
 *
 * @param shape ours
 */
export function torchLayout(layer: tf.layers.Layer, name: string, shape: readonly number[]): Layout {
  if (!name.endsWith("kernel")) return ownLayout(shape);
  if (shape.length === 4) return { split: shape, order: [3, 2, 0, 1], shape: pick(shape, [3, 2, 0, 1]) };
  if (shape.length !== 2) return ownLayout(shape);
  const [inputs, outputs] = shape as [number, number];
  const before = sourceOf(layer);
  if (before?.getClassName() === "Patches") {
    const { patchSize } = before.getConfig() as { patchSize: number };
    const split = [patchSize, patchSize, inputs / patchSize ** 2, outputs];
    return { split, order: [3, 2, 0, 1], shape: pick(split, [3, 2, 0, 1]) };
  }
  if (before?.getClassName() === "Flatten") {
    const map = (before.inboundNodes[0]!.inputShapes[0] as number[]).slice(1);
    if (map.length === 3) return { split: [...map, outputs], order: [3, 2, 0, 1], shape: [outputs, inputs] };
  }
  return { split: shape, order: [1, 0], shape: [outputs, inputs] };
}

/** As ours lies. */
export function ownLayout(shape: readonly number[]): Layout {
  return { split: shape, order: shape.map((_, axis) => axis), shape };
}

/** The shape of each of a weight's parts in a reference's file, which lie side by side along the first axis. */
export function partShape({ shape }: Layout, parts: number): readonly number[] {
  return parts === 1 ? shape : [shape[0]! / parts, ...shape.slice(1)];
}

/** Theirs in our layout; the caller disposes of it. @param values of the layout's shape */
export function toOurs(values: tf.Tensor, { split, order }: Layout, shape: readonly number[]): tf.Tensor {
  const back = order.map((_, axis) => order.indexOf(axis));
  return tf.tidy(() => tf.reshape(tf.transpose(tf.reshape(values, pick(split, order)), back), [...shape]));
}

/** Ours in their layout; the caller disposes of it. */
export function toTheirs(values: tf.Tensor, { split, order, shape }: Layout): tf.Tensor {
  return tf.tidy(() => tf.reshape(tf.transpose(tf.reshape(values, [...split]), [...order]), [...shape]));
}

/**
 * The layer that a layer's input comes from, past those that leave an input's shape and order alone; undefined where it
 * is a junction.
 */
export function sourceOf(layer: tf.layers.Layer): tf.layers.Layer | undefined {
  const before = layer.inboundNodes[0]?.inboundLayers;
  if (before?.length !== 1) return undefined;
  return ["Dropout", "SaccadeDropout", "DropPath", "ReLU", "Activation"].includes(before[0]!.getClassName())
    ? sourceOf(before[0]!)
    : before[0];
}

function pick(values: readonly number[], order: readonly number[]): number[] {
  return order.map((axis) => values[axis]!);
}
