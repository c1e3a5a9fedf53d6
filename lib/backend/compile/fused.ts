import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import { activeTracer, Tracer } from "./tracer.js";

/** A body that XLA has compiled for some shapes. */
interface Compiled {
  readonly name: string;
  /** TensorFlow's definition of it, for graphs that call it. */
  readonly definition: Pointer;
  readonly shapes: readonly (readonly number[])[];
}

/** XLA keeps its programs for the rest of the process; from here on no further one is made, and ops run one by one. */
const MAX_COMPILED = 256;

const compiled = new WeakMap<Context, Map<string, Compiled>>();

/**
 * Whether what is being traced right now may call {@link fused} functions: in a graph for TensorFlow's executor on a
 * CPU, where each op by itself is a pass over memory. A graph for XLA is fused as a whole anyway.
 */
export function canFuse(): boolean {
  const tracer = activeTracer();
  return tracer !== undefined && !tracer.xla && currentBinding()?.context.device.type === "CPU";
}

/**
 * Makes one pass over memory of many: inside a compiled function, `body` becomes a single op that XLA compiles, once for
 * all calls with the same shapes. Everywhere else, `body` is called.
 *
 * @param name tells the function from others
 * @param body of float32 tensors only, and a pure function of them; without random numbers
 */
export function fused(name: string, body: (...inputs: tf.Tensor[]) => tf.Tensor[]): (...inputs: tf.Tensor[]) => tf.Tensor[] {
  return (...inputs) => {
    if (!canFuse()) return tf.tidy(() => body(...inputs));
    const eager = currentBinding()!;
    const known = compiled.get(eager.context) ?? new Map<string, Compiled>();
    compiled.set(eager.context, known);
    const key = `${name}|${inputs.map(({ shape }) => shape.join()).join("|")}`;
    let found = known.get(key);
    if (!found) {
      if (known.size >= MAX_COMPILED) return tf.tidy(() => body(...inputs));
      found = define(`fused_${name}_${known.size}`, body, inputs.map(({ shape }) => shape), eager);
      known.set(key, found);
    }
    return activeTracer()!.callCompiled(found.name, found.definition, inputs, found.shapes);
  };
}

/** Traces `body` into a function of the eager context. */
function define(name: string, body: (...inputs: tf.Tensor[]) => tf.Tensor[], shapes: readonly (readonly number[])[], eager: EagerBinding): Compiled {
  const tracer = new Tracer(tf.backend() as NodeJSKernelBackend, eager, () => false, true);
  try {
    let made: Compiled | undefined;
    tracer.record(() =>
      tf.tidy(() => {
        const inputs = shapes.map((shape) => tracer.input(eager.TF_FLOAT, shape));
        const results = body(...inputs.map(({ tensor }) => tensor));
        const outputs = results.map((tensor) => tracer.outputOf(tensor));
        if (tracer.captures.length > 0) throw new TypeError(`${name}: must take all that it uses as arguments`);
        const definition = tracer.graph.toFunction(name, inputs.map(({ output }) => output), outputs);
        made = { name, definition, shapes: results.map(({ shape }) => [...shape]) };
      }),
    );
    return made!;
  } finally {
    tracer.delete();
  }
}
