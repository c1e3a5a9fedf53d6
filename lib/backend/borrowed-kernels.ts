import * as tf from "@tensorflow/tfjs";

type Inputs = tf.NamedTensorInfoMap;

/** For which calls a kernel is wrong, by the kernel's name; null: for all. */
export type WrongCalls = Readonly<Record<string, ((call: Parameters<tf.KernelFunc>[0]) => boolean) | null>>;

/**
 * Registers, for the backend `name`, tfjs' own JavaScript kernels of every op that `name` has no kernel for
 * (ragged, sparse and text ops, image.transform, …): inputs are read, the op runs in JavaScript, outputs are
 * written back. Slow, but no op of tfjs is missing.
 *
 * @param openCpu makes an instance of tfjs' JavaScript backend
 * @param wrong kernels that `name` has and gets wrong, which run in JavaScript for such calls as well
 */
export function registerBorrowedKernels(name: string, openCpu: () => tf.KernelBackend, wrong: WrongCalls = {}): void {
  const own = new Map(tf.getKernelsForBackend(name).map((config) => [config.kernelName, config]));
  let cpu: tf.KernelBackend | undefined;
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    const theirs = own.get(kernelName);
    const isWrong = wrong[kernelName];
    if (theirs && isWrong === undefined) continue;
    if (theirs) tf.unregisterKernel(kernelName, name);
    tf.registerKernel({
      ...theirs,
      kernelName,
      backendName: name,
      kernelFunc: (call) => {
        if (theirs && isWrong && !isWrong(call)) return theirs.kernelFunc(call);
        cpu ??= openCpu();
        return runOn(cpu, kernelFunc, call.inputs, call.attrs, call.backend as tf.KernelBackend);
      },
    });
  }
}

function runOn(
  cpu: tf.KernelBackend,
  kernelFunc: tf.KernelFunc,
  inputs: Inputs,
  attrs: tf.NamedAttrMap | undefined,
  backend: tf.KernelBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const copies: tf.TensorInfo[] = [];
  const copy = (info: tf.TensorInfo): tf.TensorInfo => {
    const values = backend.readSync(info.dataId) as tf.backend_util.BackendValues;
    const made = { dataId: cpu.write(values, info.shape, info.dtype), shape: info.shape, dtype: info.dtype };
    copies.push(made);
    return made;
  };
  // The declared type has no lists, but RaggedGather is given some, and Einsum's inputs are one.
  const copyAll = (value: tf.TensorInfo | tf.TensorInfo[] | undefined) =>
    Array.isArray(value) ? value.map(copy) : value && copy(value);
  const copied = (
    Array.isArray(inputs)
      ? copyAll(inputs)
      : Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, copyAll(value)]))
  ) as Inputs;
  try {
    const result = kernelFunc({ inputs: copied, ...(attrs && { attrs }), backend: cpu });
    const outputs = Array.isArray(result) ? result : [result];
    const written = outputs.map(({ dataId, shape, dtype }) => {
      const values = asDtype(cpu.readSync(dataId) as tf.backend_util.BackendValues, dtype);
      return { dataId: backend.write(values, shape, dtype), shape, dtype };
    });
    for (const { dataId } of outputs) cpu.disposeData(dataId);
    return Array.isArray(result) ? written : written[0]!;
  } finally {
    for (const { dataId } of copies) cpu.disposeData(dataId);
  }
}

/** Some of tfjs' JavaScript kernels keep integers as floats, which a backend that keeps bytes would misread. */
function asDtype(values: tf.backend_util.BackendValues, dtype: tf.DataType): tf.backend_util.BackendValues {
  if (dtype === "int32" && values instanceof Float32Array) return Int32Array.from(values);
  if (dtype === "bool" && !(values instanceof Uint8Array)) return Uint8Array.from(values as ArrayLike<number>);
  return values;
}
