import { tf } from "../backend/index.js";

/**
 * Mean softmax cross-entropy: the mean over the batch of −log softmax(logits)[label].
 * Its gradient in the logits is (softmax(logits) − onehot(labels)) / B.
 *
 * @param logits [B, K] float32, before any softmax
 * @param labels [B] int32, 0 to K - 1
 * @returns a scalar, in nats
 */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Scalar {
  const [batch, classes] = logits.shape as [number, number];
  const loss = tf.customGrad((...args: unknown[]) => {
    const [logits, save] = args as [tf.Tensor2D, tf.GradSaveFunc];
    const targets = tf.cast(tf.oneHot(labels as tf.Tensor1D, classes), "float32"); // [B, K]; WebAssembly writes only int32
    const logProbabilities = tf.logSoftmax(logits);
    save([logProbabilities, targets]);
    return {
      value: tf.div(tf.neg(tf.sum(tf.mul(logProbabilities, targets))), batch) as tf.Scalar,
      gradFunc: (dy: tf.Scalar, saved: tf.Tensor[]) => {
        const [logProbabilities, targets] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.sub(tf.exp(logProbabilities), targets), tf.div(dy, batch));
      },
    };
  });
  return loss(logits) as tf.Scalar;
}
