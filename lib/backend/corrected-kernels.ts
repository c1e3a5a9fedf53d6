import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { activeTracer, isTracing } from "./compile/tracer.js";
import { cpuInfo, hasInstructions } from "./processor.js";

/**
 * Replaces tfjs-node's kernels that today's TensorFlow or a compiled function cannot use as they are.
 *
 * Round of int32: TensorFlow 2.21's CPU kernel returns zeros; an integer is its own rounding.
 * GatherV2: tfjs-node reads the indices to check them, which a trace cannot; TensorFlow checks them itself.
 * BatchMatMul of two matrices: TensorFlow's MatMul sums up many rows faster; with the second one transposed,
 * BatchMatMul does.
 */
export function registerCorrectedKernels(name: string): void {
  const identity = tf.getKernel(tf.Identity, name);
  replace(tf.Round, name, (call) =>
    (call.inputs.x as tf.TensorInfo).dtype === "int32" ? identity.kernelFunc(call) : undefined,
  );
  replace(tf.GatherV2, name, (call) => (isTracing() ? gather(call) : undefined));
  replace(tf.BatchMatMul, name, (call) => (areMatrices(call) && !call.attrs!.transposeB ? matMul(call) : undefined));
}

type Call = Parameters<tf.KernelFunc>[0];

/** Puts `correct` before a kernel; where it returns undefined the kernel runs as before. */
function replace(
  kernelName: string,
  backendName: string,
  correct: (call: Call) => ReturnType<tf.KernelFunc> | undefined,
): void {
  const config = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...config, kernelFunc: (call) => correct(call) ?? config.kernelFunc(call) });
}

function areMatrices({ inputs }: Call): boolean {
  return Object.values(inputs as tf.NamedTensorInfoMap).every((input) => input!.shape.length === 2);
}

/** xᵀ·y of many rows is computed as yᵀ·x, turned, where that is wide: oneDNN is faster at those. */
function matMul({ inputs, attrs, backend: given }: Call): tf.Tensor {
  const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor };
  const { transposeA } = attrs as { transposeA: boolean };
  const backend = given as NodeJSKernelBackend;
  const type = { name: "T", type: backend.binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(a.dtype) };
  const flag = (attribute: string, value: boolean) => ({ name: attribute, type: backend.binding.TF_ATTR_BOOL, value });
  const multiply = (left: tf.Tensor, right: tf.Tensor, transposed: boolean) =>
    backend.executeSingleOutput(
      "MatMul",
      [type, flag("transpose_a", transposed), flag("transpose_b", false)],
      [left, right],
    );
  const tracer = activeTracer();
  if (!transposeA || !tracer) return multiply(a, b, transposeA);
  const [rows, columns, others] = [...a.shape, b.shape[1]] as [number, number, number];
  const first = tracer.options.xla || backend.isUsingGpuDevice ? undefined : turnedFirst(rows, columns, others);
  return tf.tidy(() => {
    if (first === "x") return multiply(tf.transpose(a), b, false);
    if (first === "y") return tf.transpose(multiply(tf.transpose(b), a, false));
    return columns > others ? tf.transpose(multiply(b, a, true)) : multiply(a, b, true);
  });
}

/**
 * Which of x [rows, columns] and y [rows, others] is better turned before xᵀ·y is computed. oneDNN reads both by
 * columns; where rows lie a high power of two apart, a column's numbers share few sets of the processor's cache. Worth
 * the turning with AVX2 where the narrower is of 129 to 256 columns and the wider of at most 1,024; never with AVX-512.
 */
function turnedFirst(rows: number, columns: number, others: number): "x" | "y" | undefined {
  hasAvx512 ??= hasInstructions(["avx512f"], cpuInfo());
  const [narrow, wide] = [Math.min(columns, others), Math.max(columns, others)];
  if (
    hasAvx512 ||
    process.arch !== "x64" ||
    rows < 512 ||
    narrow <= 128 ||
    narrow > 256 ||
    wide > 1024 ||
    narrow === wide
  )
    return undefined;
  const [x, y] = [powerOfTwoIn(columns), powerOfTwoIn(others)];
  if (Math.max(x, y) < 256) return undefined;
  return x > y || (x === y && columns < others) ? "x" : "y";
}

/** The largest power of two that divides a positive integer. */
function powerOfTwoIn(value: number): number {
  return value & -value;
}

let hasAvx512: boolean | undefined;

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
