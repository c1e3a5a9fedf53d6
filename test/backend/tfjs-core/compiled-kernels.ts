import * as tf from "@tensorflow/tfjs";
import type { EagerBinding } from "../../../lib/backend/eager.js";
import { Program } from "../../../lib/backend/compile/program.js";
import type { Flattened } from "../../../lib/backend/compile/structure.js";

/** How often each kernel ran compiled, and how often eagerly because it cannot be traced. */
export interface CompiledKernels {
  readonly compiled: Record<string, number>;
  /** By kernel: the reason, and how often. */
  readonly eager: Record<string, { readonly reason: string; count: number }>;
}

/**
 * Replaces every kernel of the backend by one that traces it, runs the compiled program on the inputs' values and
 * frees it again. What cannot be traced by its nature (its output's shape depends on data, it reads values) runs
 * eagerly and is counted.
 */
export function compileKernels(backendName: string, binding: EagerBinding): CompiledKernels {
  const report: CompiledKernels = { compiled: {}, eager: {} };
  let tracing = false;
  // Its count of data per kernel is of one eager op.
  (tf.engine() as unknown as { shouldCheckForMemLeaks(): boolean }).shouldCheckForMemLeaks = () => false;
  for (const config of tf.getKernelsForBackend(backendName)) {
    const { kernelName, kernelFunc } = config;
    if (kernelName === tf.Identity) continue; // no op: it shares its input's data
    const compiled: tf.KernelFunc = (call) => {
      if (tracing || isProfiling()) return kernelFunc(call);
      tracing = true;
      let program: Program | undefined;
      try {
        program = trace(kernelName, kernelFunc, call, binding);
      } catch (error) {
        const message = error instanceof Error ? error.message : "";
        const reason =
          /^compile: (?:\w+: )*(the output's shape depends on data|a tensor's values were read|a random number)/.exec(
            message,
          )?.[1];
        if (reason === undefined) throw error;
        (report.eager[kernelName] ??= { reason, count: 0 }).count++;
        return kernelFunc(call);
      } finally {
        tracing = false;
      }
      report.compiled[kernelName] = (report.compiled[kernelName] ?? 0) + 1;
      try {
        const tensors = inputsOf(call).tensors;
        return program.runSync(tensors, [0, 0]) as tf.Tensor | tf.Tensor[];
      } finally {
        program.dispose();
      }
    };
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ ...config, kernelFunc: compiled });
  }
  return report;
}

/** tfjs' profiler and debug mode read every kernel's outputs as soon as it returns. */
function isProfiling(): boolean {
  return (tf.engine() as unknown as { state: { profiling: boolean } }).state.profiling || tf.env().getBool("DEBUG");
}

type KernelCall = Parameters<tf.KernelFunc>[0];

function trace(name: string, kernelFunc: tf.KernelFunc, call: KernelCall, binding: EagerBinding): Program {
  const toTensor = (info: tf.TensorInfo) =>
    info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
  const fn = (inputs: tf.NamedTensorInfoMap): tf.Tensor | tf.Tensor[] => {
    const outputs = kernelFunc({ ...call, inputs });
    return Array.isArray(outputs) ? outputs.map(toTensor) : toTensor(outputs);
  };
  return new Program(fn as (...args: never[]) => unknown, inputsOf(call), binding, { name, xla: false });
}

/**
 * A kernel's inputs: a record of tensors, lists of them and missing ones, or (AddN, Concat, Pack, Einsum) just a list.
 */
function inputsOf({ inputs }: KernelCall): Flattened {
  const entries = Object.entries(inputs) as [string, tf.Tensor | tf.Tensor[] | undefined][];
  return {
    tensors: entries.flatMap(([, value]) => value ?? []),
    signature: "",
    rebuild: (tensors) => {
      let at = 0;
      const rebuilt = entries.map(
        ([key, value]) =>
          [key, Array.isArray(value) ? value.map(() => tensors[at++]) : value && tensors[at++]] as const,
      );
      return [Array.isArray(inputs) ? rebuilt.map(([, value]) => value) : Object.fromEntries(rebuilt)];
    },
  };
}
