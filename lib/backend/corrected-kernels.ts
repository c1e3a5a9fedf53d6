import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { isTracing } from "./compile/tracer.js";

/**
 * Replaces tfjs-node's kernels that today's TensorFlow or a compiled function cannot use as they are.
 *
 * Round of int32: TensorFlow 2.21's CPU kernel returns zeros; an integer is its own rounding.
 * GatherV2: tfjs-node reads the indices to check them, which a trace cannot; TensorFlow checks them itself.
 * BatchMatMul of two matrices: TensorFlow's graph optimizer fuses a bias with its MatMul only, and that sums up many rows
 * faster too; with the second one transposed, BatchMatMul is the faster one.
 */
export function registerCorrectedKernels(name: string): void {
  const identity = tf.getKernel(tf.Identity, name);
  replace(tf.Round, name, (call) => ((call.inputs.x as tf.TensorInfo).dtype === "int32" ? identity.kernelFunc(call) : undefined));
  replace(tf.GatherV2, name, (call) => (isTracing() ? gather(call) : undefined));
  replace(tf.BatchMatMul, name, (call) => (areMatrices(call) && !call.attrs!.transposeB ? matMul(call) : undefined));
}

type Call = Parameters<tf.KernelFunc>[0];

/** Puts `correct` before a kernel; where it returns undefined the kernel runs as before. */
function replace(kernelName: string, backendName: string, correct: (call: Call) => ReturnType<tf.KernelFunc> | undefined): void {
  const config = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...config, kernelFunc: (call) => correct(call) ?? config.kernelFunc(call) });
}

function areMatrices({ inputs }: Call): boolean {
  return Object.values(inputs as tf.NamedTensorInfoMap).every((input) => input!.shape.length === 2);
}

/** A tall result of many rows is computed as its transpose, which is wide: oneDNN is faster at those. */
function matMul({ inputs, attrs, backend: given }: Call): tf.Tensor {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  const { transposeA } = attrs as { transposeA: boolean };
  const backend = given as NodeJSKernelBackend;
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(a.dtype) };
  const flag = (attribute: string, value: boolean) => ({ name: attribute, type: backend.binding.TF_ATTR_BOOL, value });
  const multiply = (left: tf.Tensor, right: tf.Tensor) =>
    backend.executeSingleOutput("MatMul", [type, flag("transpose_a", transposeA), flag("transpose_b", false)], [left, right]);
  const isTall = transposeA && a.shape[1]! > b.shape[1]!;
  return isTall && isTracing() ? tf.tidy(() => tf.transpose(multiply(b, a))) : multiply(a, b);
}

function gather({ inputs, attrs, backend: given }: Call): tf.Tensor {
  const { x, indices } = inputs as { x: tf.Tensor; indices: tf.Tensor };
  const { axis, batchDims } = attrs as { axis: number; batchDims: number };
  const backend = given as NodeJSKernelBackend;
  tf.backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims); // throws for what does not fit
  const type = (attribute: string, of: tf.TensorInfo) => ({
    name: attribute,
    type: backend.binding.TF_ATTR_TYPE,
    value: backend.getDTypeInteger(of.dtype),
  });
  const axisTensor = tf.scalar(axis, "int32");
  const attributes = [
    { name: "batch_dims", type: backend.binding.TF_ATTR_INT, value: batchDims },
    type("Tparams", x),
    type("Tindices", indices),
    type("Taxis", axisTensor),
  ];
  const result = backend.executeSingleOutput("GatherV2", attributes, [x, indices, axisTensor]);
  axisTensor.dispose();
  return result;
}
