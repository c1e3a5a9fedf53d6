import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import type { GraphOutput, Pointer } from "../c-api.js";
import { DType } from "../tensorflow-dtypes.js";
import type { EagerBinding } from "../eager.js";
import type { BackendInternals } from "./backend-internals.js";
import { explained } from "./explain.js";
import type { Graph } from "./graph.js";
import { tensorFlowStream, withoutJavaScriptRandom, withStream } from "./random-ops.js";
import { twofold } from "./refusals.js";
import { type Flattened, flatten } from "./structure.js";
import type { Capture, FrozenData } from "./capture.js";
import { Tracer } from "./tracer.js";
import { isInPlace } from "./updates.js";
import { allVariables, unshare, withVariablesRestored } from "./variables.js";

/** Where an input of the function that is no argument comes from: a variable, or a tensor held from outside. */
export type Source =
  | { readonly variable: tf.Variable; readonly isResource: boolean; readonly isUpdated: boolean }
  | { readonly dataId: object; readonly shape: readonly number[] };

/** A variable whose value is a constant of the function, as it was then. */
export interface FrozenVariable extends FrozenData {
  readonly variable: tf.Variable;
}

/** A traced function: a function of the eager context, and what it takes and gives. */
export interface Traced {
  /** Operations in its graph. */
  readonly operations: number;
  /** Its inputs after the arguments and the key of its random numbers. */
  readonly sources: readonly Source[];
  /** The form of its first outputs. */
  readonly results: Flattened;
  /** The variables whose values its other outputs are. */
  readonly assigned: readonly tf.Variable[];
  /** The variables whose values are its constants. */
  readonly frozen: readonly FrozenVariable[];
}

/** A graph that is complete. */
export interface FinishedGraph {
  readonly graph: Graph;
  /** Arguments, the key of its random numbers, then those of {@link Traced.sources} that are no resources. */
  readonly inputs: readonly GraphOutput[];
  /** Its own variables, for the sources that are resources. */
  readonly variables: readonly GraphOutput[];
  readonly outputs: readonly GraphOutput[];
  /** Operations to be run although no output needs them. */
  readonly effects: readonly Pointer[];
}

/**
 * What is made of the function: an op named `functionName`, or what `take` makes of the graph, which is its own to
 * delete.
 */
export interface TraceOptions {
  /** The function's name in messages. */
  readonly name: string;
  readonly functionName: string;
  readonly xla: boolean;
  /** Whether its products and convolutions will take bfloat16. */
  readonly isMixed?: boolean;
  /** Whether what it reads from outside are constants. */
  readonly freeze?: boolean;
  readonly take?: (finished: FinishedGraph) => void;
}

/** What one call of the function with symbolic arguments came to. */
interface Recorded {
  readonly results: Flattened;
  readonly outputs: readonly GraphOutput[];
  readonly inputs: readonly GraphOutput[];
}

/**
 * Calls `fn` once with symbolic arguments and makes of what it does a function of the eager context.
 *
 * @param args the arguments' form; their values are not looked at
 * @throws what `fn` throws, and TypeError for what cannot be traced; `name` and the arguments' shapes are put before
 *   the message
 */
export function trace(
  fn: (...args: never[]) => unknown,
  args: Flattened,
  eager: EagerBinding,
  options: TraceOptions,
): Traced {
  return explained(options.name, args.tensors, () => traced(fn, args, eager, options));
}

function traced(
  fn: (...args: never[]) => unknown,
  args: Flattened,
  eager: EagerBinding,
  { name, functionName, xla, isMixed = false, freeze = false, take }: TraceOptions,
): Traced {
  const backend = tf.backend() as NodeJSKernelBackend;
  unshare(backend, allVariables());
  const byData = new Map(allVariables().map((variable) => [variable.dataId, variable]));
  const lastOuter = newTensorId();
  const options = { xla, ownVariables: take !== undefined, isMixed, freeze };
  const tracer = new Tracer(backend, eager, (dataId) => isInPlace(byData.get(dataId)), options);
  let results: Flattened | undefined;
  let assigned: readonly tf.Variable[] = [];
  let taken = false;
  try {
    withVariablesRestored(
      `compile: ${name}`,
      () => record(fn, args, tracer, name),
      (changes, recorded) => {
        assigned = changes.assigned;
        if (freeze && (assigned.length > 0 || tracer.updates.updatedData().size > 0)) {
          tf.dispose(recorded.results.tensors.filter(({ id }) => id > lastOuter));
          throw new TypeError(`compile: ${name}: with freeze the function must leave variables as they are`);
        }
        refuseTwofold(assigned, tracer.updates.updatedData(), byData);
        tracer.record(() => {
          const outputs = [...recorded.outputs, ...assigned.map((variable) => tracer.outputOf(variable))];
          const effects = tracer.updates.finish(outputs);
          const captured = (which: (capture: Capture) => boolean) =>
            tracer.captures.filter(which).map(({ input }) => input);
          if (!take) {
            eager.context.c.TF_DeleteFunction(
              tracer.graph.toFunction(functionName, [...recorded.inputs, ...captured(() => true)], outputs, effects),
            );
            return;
          }
          const inputs = [...recorded.inputs, ...captured(({ isResource }) => !isResource)];
          take({ graph: tracer.graph, inputs, variables: captured(({ isResource }) => isResource), outputs, effects });
          taken = true;
        });
        results = recorded.results;
        tf.dispose(results.tensors.filter(({ id }) => id > lastOuter));
      },
    );
    const updated = tracer.updates.updatedData();
    const sources = tracer.captures.map(({ dataId, shape, isResource }): Source => {
      const variable = byData.get(dataId);
      return variable ? { variable, isResource, isUpdated: updated.has(dataId) } : { dataId, shape };
    });
    const frozen = tracer.frozen.flatMap((data): FrozenVariable[] => {
      const variable = byData.get(data.dataId);
      return variable ? [{ ...data, variable }] : [];
    });
    return { operations: tracer.graph.operations, sources, results: results!, assigned, frozen };
  } finally {
    if (!taken) tracer.delete();
  }
}

function record(fn: (...args: never[]) => unknown, args: Flattened, tracer: Tracer, name: string): Recorded {
  const { tensorMap } = tf.backend() as unknown as BackendInternals;
  const forms = args.tensors.map(({ dataId, shape }) => ({ dtype: tensorMap.get(dataId).dtype, shape }));
  return tracer.record(() =>
    tf.tidy(() => {
      const inputs = forms.map(({ dtype, shape }) => tracer.input(dtype, shape));
      const key = tracer.input(DType.INT32, [2]);
      const run = () => fn(...(args.rebuild(inputs.map(({ tensor }) => tensor)) as never[]));
      const result = withoutJavaScriptRandom(() => withStream(tensorFlowStream(key.tensor), run));
      refusePromise(name, result);
      const results = flatten(`compile: ${name}: the result`, result);
      const outputs = results.tensors.map((tensor) => tracer.outputOf(tensor));
      const recorded: Recorded = { results, outputs, inputs: [...inputs, key].map(({ output }) => output) };
      return recorded as unknown as tf.TensorContainer; // tidy keeps the tensors that it finds in it
    }),
  ) as unknown as Recorded;
}

/** tfjs numbers its tensors: those made from now on have a greater number. */
function newTensorId(): number {
  const marker = tf.scalar(0);
  marker.dispose();
  return marker.id;
}

function refuseTwofold(
  assigned: readonly tf.Variable[],
  updated: ReadonlySet<object>,
  byData: ReadonlyMap<object, tf.Variable>,
): void {
  const both = [...updated].map((dataId) => byData.get(dataId)!).find((variable) => assigned.includes(variable));
  if (both) throw new TypeError(twofold(both));
}

function refusePromise(name: string, result: unknown): void {
  if (typeof (result as { then?: unknown } | undefined)?.then !== "function") return;
  (result as Promise<unknown>).then(undefined, () => undefined); // it fails of itself: nothing can be read
  throw new TypeError(
    `compile: ${name}: the function must not be async: what it awaits is not there while it is traced`,
  );
}
