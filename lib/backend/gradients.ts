import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";

const RELU_GRAD = "ReluGrad";

/**
 * Gives relu TensorFlow's own gradient: dy where relu(x) > 0, else 0, in one op. tfjs composes it of eight, and keeps x
 * for it; this keeps relu's output, which the next layer keeps anyway. Where the running backend has no such op it is
 * composed of three.
 *
 * @param backendName the backend that has TensorFlow's ops
 */
export function registerGradients(backendName: string): void {
  tf.registerKernel({
    kernelName: RELU_GRAD,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, y } = inputs as { dy: tf.Tensor; y: tf.Tensor };
      const type = { name: "T", type: (backend as NodeJSKernelBackend).binding.TF_ATTR_TYPE, value: 1 }; // float32
      return (backend as NodeJSKernelBackend).executeSingleOutput(RELU_GRAD, [type], [dy, y]);
    },
  });
  tf.unregisterGradient("Relu");
  tf.registerGradient({
    kernelName: "Relu",
    outputsToSave: [true],
    gradFunc: (dy, [y]) => ({
      x: () =>
        tf.getKernel(RELU_GRAD, tf.getBackend())
          ? tf.engine().runKernel(RELU_GRAD, { dy: dy as tf.Tensor, y: y! })
          : tf.mul(dy as tf.Tensor, tf.cast(tf.greater(y!, 0), "float32")),
    }),
  });
}

/**
 * Gives |x| the slope 0 at 0 on every backend, as TensorFlow and PyTorch have it. tfjs' is −1 there, by which an L1
 * penalty moves weights that are 0.
 */
export function correctGradients(): void {
  tf.unregisterGradient("Abs");
  tf.registerGradient({
    kernelName: "Abs",
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(tf.cast(x!, "float32"))) }),
  });
}
