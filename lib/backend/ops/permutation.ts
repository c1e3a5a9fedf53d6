import * as tf from "@tensorflow/tfjs";
import { aCount, checkValue } from "../../checks.js";
import { randomUniform } from "../compile/random-ops.js";

/**
 * The numbers 0 to count − 1 in a random order, to shuffle with: `tf.gather(x, ops.permutation(x.shape[0]))`. Inside a
 * compiled function it draws anew in every call. The order is that of random numbers of 23 bits: of millions of rows,
 * some that drew the same number keep their order.
 *
 * @param count a whole number above 0
 * @returns [count] int32
 * @throws RangeError for count
 */
export function permutation(count: number): tf.Tensor1D {
  checkValue("permutation", "count", count, aCount);
  return tf.tidy(() => tf.topk(randomUniform([count]), count).indices as tf.Tensor1D);
}
