import * as tf from "@tensorflow/tfjs";

/**
 * Replaces tfjs-node's kernels whose op gives wrong numbers in today's TensorFlow.
 *
 * Round of int32: TensorFlow 2.21's CPU kernel returns zeros; an integer is its own rounding.
 */
export function registerCorrectedKernels(name: string): void {
  const round = tf.getKernel(tf.Round, name);
  const identity = tf.getKernel(tf.Identity, name);
  tf.unregisterKernel(tf.Round, name);
  tf.registerKernel({
    kernelName: tf.Round,
    backendName: name,
    kernelFunc: (call) => ((call.inputs.x as tf.TensorInfo).dtype === "int32" ? identity : round).kernelFunc(call),
  });
}
