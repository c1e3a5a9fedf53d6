import { tf } from "../backend/index.js";
import { aFunction, checkValue } from "../checks.js";
import type { Initializer } from "./initializers.js";

/**
 * Runs `build` so that the layers it makes have weights of the right shapes, all of which share one number: VGG16's
 * 134 million weights take no memory. For counting and listing; such a model must not be run, and its maker disposes of
 * it.
 *
 * @param build synchronous; makes and uses the layers
 * @throws what `build` throws
 */
export function withoutWeights<T>(build: () => T): T {
  checkValue("withoutWeights", "build", build, aFunction);
  const prototype = tf.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const addWeight = prototype.addWeight;
  prototype.addWeight = function (name, shape, dtype, _initializer, ...rest) {
    return addWeight.call(this, name, shape, dtype, shared, ...rest);
  };
  try {
    return build();
  } finally {
    prototype.addWeight = addWeight;
  }
}

type AddWeight = (
  name: string,
  shape: tf.Shape,
  dtype: tf.DataType | undefined,
  initializer: Initializer,
  ...rest: unknown[]
) => tf.LayerVariable;

/** A tensor of any shape on the data of one number, as tfjs' reshape shares data between tensors. */
const shared = {
  apply(shape: number[], dtype: tf.DataType = "float32"): tf.Tensor {
    const number = tf.scalar(0, dtype);
    const tensor = tf.engine().makeTensorFromTensorInfo({ dataId: number.dataId, shape, dtype });
    tf.backend().incRef(number.dataId);
    number.dispose();
    return tensor;
  },
} as unknown as Initializer;
