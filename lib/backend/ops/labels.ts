import * as tf from "@tensorflow/tfjs";
import { isTracing } from "../compile/tracer.js";

/**
 * Labels that are classes. Where their values can be read, an error says which is none; in a compiled function
 * TensorFlow's gather fails on a CPU, and elsewhere {@link targetsOf} makes NaN of them.
 *
 * @param isCheckedByOp whether the op that takes them does the same
 * @throws RangeError for a label that is no class
 */
export function checkedLabels(fn: string, labels: tf.Tensor1D, classes: number, isCheckedByOp = false): tf.Tensor1D {
  if (isTracing()) return isCheckedByOp ? labels : tf.gather(tf.range(0, classes, 1, "int32"), labels);
  const wrong = labels.dataSync().find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) throw new RangeError(`${fn}: labels must be 0 to ${classes - 1}, got ${wrong}`);
  return labels;
}

/** Labels as targets [B, K]: 1 for the label, 0 elsewhere; a row of NaN for a label that is no class. */
export function targetsOf(labels: tf.Tensor1D, classes: number): tf.Tensor2D {
  const chosen = tf.cast(tf.oneHot(labels, classes), "float32"); // [B, K]
  return isTracing() ? tf.div(chosen, tf.sum(chosen, -1, true)) : (chosen as tf.Tensor2D);
}
