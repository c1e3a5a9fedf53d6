import * as tf from "@tensorflow/tfjs";
import { checkFloat, checkShape, defineOp, text, type } from "./op.js";

const CHANNELS_LAST = [type("T"), text("data_format", "NHWC")];

/** The sum over all axes but the last: TensorFlow's BiasAddGrad. */
export const biasAddGrad = defineOp<{ dy: tf.Tensor }, object>({
  name: "BiasAddGrad",
  tensorflow: (run, { dy }) => run("BiasAddGrad", CHANNELS_LAST, [dy]),
  composed: ({ dy }) => [
    tf.sum(
      dy,
      Array.from({ length: dy.rank - 1 }, (_, axis) => axis),
    ),
  ],
});

const addBias = defineOp<{ x: tf.Tensor; bias: tf.Tensor }, object>({
  name: "BiasAdd",
  tensorflow: (run, { x, bias }) => run("BiasAdd", CHANNELS_LAST, [x, bias]),
  composed: ({ x, bias }) => [tf.add(x, bias)],
  gradient: {
    gradFunc: (dy) => ({
      x: () => tf.clone(dy as tf.Tensor),
      bias: () => biasAddGrad({ dy: dy as tf.Tensor }, {})[0]!,
    }),
  },
});

/**
 * x + bias along the last axis, in one op that TensorFlow fuses with the convolution before it; its gradient is one op
 * too, where that of a broadcast `tf.add` is several.
 *
 * @param x [..., C] float32, of rank 2 to 5
 * @param bias [C] float32
 * @returns [..., C]
 * @throws TypeError for another shape or dtype
 */
export function biasAdd<T extends tf.Tensor>(x: T, bias: tf.Tensor): T {
  checkFloat("biasAdd", "x", x);
  checkFloat("biasAdd", "bias", bias);
  if (x.rank < 2) throw new TypeError(`biasAdd: x must be of rank 2 or more, got [${x.shape.join(", ")}]`);
  checkShape("biasAdd", "bias", bias, [x.shape.at(-1)!]);
  return addBias({ x, bias }, {})[0] as T;
}
