import * as tf from "@tensorflow/tfjs";
import type { OpAttribute } from "../attributes.js";
import { defineOp } from "../ops/op.js";
import { DType } from "../tensorflow-dtypes.js";
import { flattened, shapedAs } from "./flat.js";
import { GROUP_KEY, type ProcessGroup } from "./process-group.js";

/** Floats from which on tensors are sent, 4 MB, and how many are sent as one, 8 MB. */
const [FLOATS_AT_ONCE, MOST_FLOATS] = [1 << 20, 1 << 21];

/** Σ over all processes of a tensor [n]. */
const collectiveSum = defineOp<
  Readonly<Record<"x" | "size" | "group" | "key", tf.Tensor>>,
  { readonly attributes: readonly OpAttribute[] }
>({
  name: "CollectiveReduceV2",
  tensorflow: (run, { x, size, group, key }, { attributes }) =>
    run("CollectiveReduceV2", attributes, [x, size, group, key]),
  composed: () => {
    throw new Error("CollectiveReduceV2: TensorFlow's library must be here");
  },
});

/**
 * The sums of tensors over all processes, inside a compiled function: they go in few messages, the last ones first,
 * which a backward pass has first, and each as soon as it is there.
 *
 * @param name of these sums, the same in all processes, and no other's
 * @param tensors float32, of the same shapes in all processes, none of them empty
 * @returns new tensors, of the same numbers in all processes
 */
export function summedOverProcesses(group: ProcessGroup, name: string, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const scalar = (value: number): tf.Tensor => tf.scalar(value, "int32");
  const attributes = group.reduceAttributes(DType.FLOAT, "Id");
  const sums: tf.Tensor[] = [];
  for (const [from, to] of messagesOf(tensors.map(({ size }) => size))) {
    const part = tensors.slice(from, to);
    const x = flattened(part);
    const summed = tf.split(x, piecesOf(x.size)).map((piece, at) => {
      const key = scalar(group.keyFor(`${name} ${from} ${at}`));
      return collectiveSum({ x: piece, size: scalar(group.size), group: scalar(GROUP_KEY), key }, { attributes })[0]!;
    });
    shapedAs(tf.concat(summed), part).forEach((one, i) => (sums[from + i] = one));
  }
  return sums;
}

/** Consecutive places [from, to), the last ones first, each of so many numbers together that it is worth a message. */
export function messagesOf(sizes: readonly number[]): [from: number, to: number][] {
  const groups: [number, number][] = [];
  let [to, sum] = [sizes.length, 0];
  for (let from = sizes.length - 1; from >= 0; from--) {
    sum += sizes[from]!;
    if (sum < FLOATS_AT_ONCE && from > 0) continue;
    groups.push([from, to]);
    [to, sum] = [from, 0];
  }
  return groups;
}

/**
 * Lengths, as even as can be, of what is sent of so many numbers. TensorFlow makes several copies of all that it sends,
 * and the system takes back and gives anew, page by page, what is larger than 32 MB.
 */
export function piecesOf(size: number): number[] {
  const count = Math.ceil(size / MOST_FLOATS);
  const start = (piece: number): number => Math.floor((piece * size) / count);
  return Array.from({ length: count }, (_, piece) => start(piece + 1) - start(piece));
}
