import { availableParallelism } from "node:os";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import { type BackendInternals, idOf } from "./backend-internals.js";
import { callOf, removeFunction, runOffThread } from "./call.js";
import { activeTracer, Tracer } from "./tracer.js";

type Shapes = readonly (readonly number[])[];

/** A body that XLA compiles for some shapes. */
interface Compiled {
  readonly name: string;
  /** TensorFlow's definition of it, for graphs that call it. */
  readonly definition: Pointer;
  /** Of its arguments. */
  readonly given: Shapes;
  /** Of its results. */
  readonly shapes: Shapes;
  /** {@link compileFused} has had it compiled, or is about to. */
  isAsked: boolean;
}

/** XLA keeps its programs for the rest of the process; from here on no further one is made, and ops run one by one. */
const MAX_COMPILED = 256;

/** How many are compiled side by side at most: Node has four threads for such work. */
const MOST_AT_ONCE = 3;

const compiled = new WeakMap<Context, Map<string, Compiled>>();

/**
 * Whether what is being traced right now may call {@link fused} functions: in a graph for TensorFlow's executor on a
 * CPU, where each op by itself is a pass over memory. A graph for XLA is fused as a whole anyway.
 */
export function canFuse(): boolean {
  const tracer = activeTracer();
  return tracer !== undefined && !tracer.options.xla && currentBinding()?.context.device.type === "CPU";
}

/** Whether weights are constants of what is being traced right now. */
export function isFrozen(): boolean {
  return activeTracer()?.options.freeze ?? false;
}

/**
 * Makes one pass over memory of many: inside a compiled function, `body` becomes a single op that XLA compiles, once
 * for all calls with the same shapes. Everywhere else, `body` is called.
 *
 * @param name tells the function from others
 * @param body of float32 tensors only, and a pure function of them; without random numbers
 */
export function fused(
  name: string,
  body: (...inputs: tf.Tensor[]) => tf.Tensor[],
): (...inputs: tf.Tensor[]) => tf.Tensor[] {
  return (...inputs) => {
    if (!canFuse()) return tf.tidy(() => body(...inputs));
    const eager = currentBinding()!;
    const known = compiled.get(eager.context) ?? new Map<string, Compiled>();
    compiled.set(eager.context, known);
    const key = `${name}|${inputs.map(({ shape }) => shape.join()).join("|")}`;
    let found = known.get(key);
    if (!found) {
      if (known.size >= MAX_COMPILED) return tf.tidy(() => body(...inputs));
      const [compiledName, given] = [`fused_${name}_${known.size}`, inputs.map(({ shape }) => shape)];
      found = {
        name: compiledName,
        given,
        ...toFunction(compiledName, given, eager, true, (inputs) => body(...inputs)),
        isAsked: false,
      };
      known.set(key, found);
    }
    return activeTracer()!.callCompiled(found.name, found.definition, inputs, found.shapes);
  };
}

/**
 * Has XLA compile what was traced and has not run yet, off the main thread. A program calls it before it runs for the
 * first time: compiling takes memory, which then need not be there beside a step's.
 *
 * @returns whether anything was compiled
 * @throws TensorFlowError when XLA cannot compile a body
 */
export async function compileFused(eager: EagerBinding): Promise<boolean> {
  const waiting = [...(compiled.get(eager.context)?.values() ?? [])].filter(({ isAsked }) => !isAsked);
  if (waiting.length === 0) return false;
  for (const one of waiting) one.isAsked = true;
  const compileRest = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) await runOnZeros(one, eager);
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, compileRest));
  return true;
}

/** Calls it as programs do, from inside a function: XLA compiles anew what is called otherwise. */
async function runOnZeros({ name, definition, given, shapes }: Compiled, eager: EagerBinding): Promise<void> {
  const caller = `call_${name}`;
  const { context } = eager;
  const { definition: made } = toFunction(caller, given, eager, false, (inputs, tracer) =>
    tracer.callCompiled(name, definition, inputs, shapes),
  );
  context.c.TF_DeleteFunction(made);
  const zeros = new Map<string, tf.Tensor>(); // one for all of a shape
  for (const shape of given) if (!zeros.has(shape.join())) zeros.set(shape.join(), tf.keep(tf.fill([...shape], 0)));
  try {
    const backend = tf.backend() as unknown as BackendInternals;
    const inputs = given.map((shape) => eager.handle(name, idOf(eager, backend, zeros.get(shape.join())!.dataId)));
    const results = await runOffThread(name, context, callOf(name, context, caller, inputs), shapes.length);
    for (const result of results) context.c.TFE_DeleteTensorHandle(result);
  } finally {
    tf.dispose([...zeros.values()]);
    removeFunction(name, context, caller);
  }
}

/**
 * `x` as it is, for ops that shall wait for `after`: TensorFlow runs an op as soon as what it takes is there, and what
 * it makes then lies about until it is used. With it, an op is also none that was met before, whose result would be
 * kept for it. Outside of a compiled function, ops run in their order anyway.
 */
export function later<T extends tf.Tensor>(x: T, after: tf.Tensor): T {
  return (activeTracer()?.later(x, after) ?? x) as T;
}

/** Traces `body` into a function of the eager context. */
function toFunction(
  name: string,
  given: Shapes,
  eager: EagerBinding,
  xla: boolean,
  body: (inputs: tf.Tensor[], tracer: Tracer) => tf.Tensor[],
): Pick<Compiled, "definition" | "shapes"> {
  const tracer = new Tracer(tf.backend() as NodeJSKernelBackend, eager, () => false, { xla });
  try {
    let made: Pick<Compiled, "definition" | "shapes">;
    tracer.record(() =>
      tf.tidy(() => {
        const inputs = given.map((shape) => tracer.input(eager.TF_FLOAT, shape));
        const results = body(
          inputs.map(({ tensor }) => tensor),
          tracer,
        );
        const outputs = results.map((tensor) => tracer.outputOf(tensor));
        if (tracer.captures.length > 0) throw new TypeError(`${name}: must take all that it uses as arguments`);
        made = {
          definition: tracer.graph.toFunction(
            name,
            inputs.map(({ output }) => output),
            outputs,
          ),
          shapes: results.map(({ shape }) => [...shape]),
        };
      }),
    );
    return made!;
  } finally {
    tracer.delete();
  }
}
