import { tf } from "../../backend/index.js";
import { aTensor } from "../../checks.js";
import { checkedLabels } from "../../backend/ops/labels.js";

/**
 * Labels as a tensor of its own, which the caller disposes of.
 *
 * @param classes K of class indices [N]; null for what a loss of one's own takes
 * @throws RangeError for another number than the images', or a label that is no class; TypeError for another shape
 */
export function labelsOf(
  fn: string,
  labels: tf.Tensor | ArrayLike<number>,
  count: number,
  classes: number | null,
): tf.Tensor {
  const isTensor = aTensor.holds(labels);
  const length = isTensor ? (labels as tf.Tensor).shape[0] : (labels as ArrayLike<number>).length;
  if (length !== count) throw new RangeError(`${fn}: labels must be ${count}, one an image, got ${length}`);
  if (classes === null)
    return isTensor ? tf.clone(labels as tf.Tensor) : tf.tensor1d(Array.from(labels as ArrayLike<number>), "float32");
  const { dtype, rank } = isTensor ? (labels as tf.Tensor) : { dtype: "int32", rank: 1 };
  if (dtype !== "int32" || rank !== 1)
    throw new TypeError(`${fn}: labels must be class indices, int32 [N], got ${dtype} of rank ${rank}`);
  if (!isTensor) {
    const wrong = Array.from(labels as ArrayLike<number>).find((label) => label % 1 !== 0);
    if (wrong !== undefined) throw new RangeError(`${fn}: labels must be whole numbers, got ${wrong}`);
  }
  const own = isTensor ? tf.clone(labels as tf.Tensor) : tf.tensor1d(Array.from(labels as ArrayLike<number>), "int32");
  try {
    return checkedLabels(fn, own as tf.Tensor1D, classes);
  } catch (error) {
    own.dispose();
    throw error;
  }
}
