import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { AttributeType, type OpAttribute } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import { DType } from "../dtypes.js";
import { asTfjsBinding, EagerBinding, type TensorInfo } from "../eager.js";
import type { InputValues } from "../tensors.js";
import { Graph } from "./graph.js";

/** What tfjs-node's backend keeps of one tensor's data. */
interface TensorData {
  readonly shape: number[];
  readonly dtype: number;
  /** Values that TensorFlow has not been given yet, or null. */
  values: InputValues | null;
  /** The binding's number of the tensor; -1 while it has values. */
  id: number;
}

/** The private parts of tfjs-node's backend that tracing stands in for. */
export interface BackendInternals {
  binding: unknown;
  readonly tensorMap: {
    get(dataId: object): TensorData;
    has(dataId: object): boolean;
    set(dataId: object, data: TensorData): void;
  };
  createOutputTensor(info: TensorInfo): tf.Tensor;
  getInputTensorIds(tensors: readonly (tf.TensorInfo | Int64Scalar)[]): number[];
  readSync(dataId: object): unknown;
  disposeData(dataId: object, force?: boolean): boolean;
  refCount(dataId: object): number;
}

/** tfjs-node's stand-in for an int64 input. */
interface Int64Scalar {
  readonly valueArray: Int32Array;
}

/** A tensor that a trace used although it was made outside of it. */
export interface Capture {
  readonly dataId: object;
  readonly shape: readonly number[];
  /** Its input of the graph: the value, or the resource variable that holds it. */
  readonly input: GraphOutput;
  readonly isResource: boolean;
}

/** An op that changes resource variables, to be run when everything else has been computed. */
interface Update {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly GraphOutput[];
}

/** Symbolic tensors are numbered downwards from here: no eager tensor has such a number, nor is one freed by it. */
const FIRST_SYMBOLIC = -2;

let active: Tracer | undefined;

/** The trace that goes on right now, if any. */
export function activeTracer(): Tracer | undefined {
  return active;
}

/** Whether a function is being traced right now. */
export function isTracing(): boolean {
  return active !== undefined;
}

/**
 * Records what tfjs' kernels do as a graph. While {@link record} runs, kernels add operations instead of running
 * them; what they return are symbolic tensors, which have a dtype and a shape and no value.
 */
export class Tracer {
  readonly graph: Graph;
  readonly captures: Capture[] = [];
  readonly #backend: BackendInternals;
  readonly #eager: EagerBinding;
  readonly #outputs = new Map<number, GraphOutput>();
  readonly #captured = new Map<object, number>();
  readonly #isInPlace: (dataId: object) => boolean;
  readonly #resources = new Map<object, GraphOutput>();
  readonly #reads: GraphOutput[] = [];
  readonly #updates: Update[] = [];
  /** Data of tensors made while tracing. */
  readonly #inner = new WeakSet<object>();
  #nextId = FIRST_SYMBOLIC;

  /**
   * @param isInPlace whether data belong to a variable that lives in a resource variable
   * @param xla whether the graph is for XLA, which has not all of TensorFlow's ops
   */
  constructor(backend: NodeJSKernelBackend, eager: EagerBinding, isInPlace: (dataId: object) => boolean, readonly xla: boolean) {
    this.#isInPlace = isInPlace;
    this.#backend = backend as unknown as BackendInternals;
    this.#eager = eager;
    this.graph = new Graph(eager.context);
  }

  /** A symbolic tensor for an input of the function-to-be. Only inside {@link record}. */
  input(dtype: number, shape: readonly number[]): { readonly tensor: tf.Tensor; readonly output: GraphOutput } {
    const output = this.graph.placeholder(dtype, shape);
    return { output, tensor: this.#backend.createOutputTensor(this.#describe("Placeholder", output)) };
  }

  /** The graph output that holds a tensor's value at the end of the trace; a tensor from outside is captured. */
  outputOf(info: tf.TensorInfo): GraphOutput {
    return this.#outputs.get(this.#idsOf([info])[0]!)!;
  }

  /** Adds an operation of ours. Only inside {@link record}. */
  add(op: string, attributes: readonly OpAttribute[], inputs: readonly tf.TensorInfo[]): tf.Tensor {
    return this.#backend.createOutputTensor(this.#execute(op, attributes, this.#idsOf(inputs), 1)[0]!);
  }

  /** Adds an op that changes resource variables in place, to be run last; they come first among its inputs. */
  update(op: string, attributes: readonly OpAttribute[], variables: readonly tf.Variable[], inputs: readonly tf.TensorInfo[]): void {
    const resources = variables.map((variable) => {
      if (this.#inner.has(variable.dataId)) throw new TypeError(twofold(variable));
      return this.#resourceOf(variable.dataId);
    });
    const values = this.#idsOf(inputs).map((id) => this.#outputs.get(id)!);
    this.#updates.push({ op, attributes, inputs: [...resources, ...values] });
  }

  /** The data of the variables that are updated in place. */
  updatedData(): ReadonlySet<object> {
    const updated = new Set(this.#updates.flatMap(({ inputs }) => inputs.map(({ oper }) => oper)));
    return new Set([...this.#resources].filter(([, { oper }]) => updated.has(oper)).map(([dataId]) => dataId));
  }

  /**
   * Adds the updates to the graph, all of them after everything in `results` and after
   * every value that any of them needs: what fails before leaves all variables as they were.
   *
   * @returns the operations that must be run
   */
  finishUpdates(results: readonly GraphOutput[]): Pointer[] {
    if (this.#updates.length === 0) return [];
    const needed = [...results, ...this.#reads, ...this.#updates.flatMap(({ inputs }) => inputs)];
    const barrier = this.graph.addOperation("NoOp", [], [], [...new Set(needed.map(({ oper }) => oper))]);
    const lastOf = new Map<Pointer, Pointer>();
    return this.#updates.map(({ op, attributes, inputs }) => {
      // Updates of the same variable keep their order; others may run side by side.
      const after = [...new Set([barrier, ...inputs.flatMap(({ oper }) => lastOf.get(oper) ?? [])])];
      const operation = this.graph.addOperation(op, attributes, inputs, after);
      for (const { oper } of inputs) if (this.#isResource(oper)) lastOf.set(oper, operation);
      return operation;
    });
  }

  /** Runs `body` with kernels recorded instead of run. */
  record<Result>(body: () => Result): Result {
    const backend = this.#backend;
    const { binding, tensorMap } = backend;
    const setData = tensorMap.set.bind(tensorMap);
    const disposeData = backend.disposeData.bind(backend);
    tensorMap.set = (dataId, data) => {
      this.#inner.add(dataId);
      setData(dataId, data);
    };
    backend.binding = asTfjsBinding(this.#binding() as unknown as EagerBinding);
    backend.getInputTensorIds = (tensors) => this.#idsOf(tensors);
    backend.readSync = (dataId) => this.#read(dataId);
    backend.disposeData = (dataId, force) => {
      this.#refuseDisposal(dataId, force);
      return disposeData(dataId, force);
    };
    const before = active;
    active = this;
    try {
      return body();
    } finally {
      active = before;
      backend.binding = binding;
      // What was set on the object hid what its class has.
      for (const name of ["getInputTensorIds", "readSync", "disposeData"] as const) delete (backend as Partial<BackendInternals>)[name];
      delete (tensorMap as Partial<BackendInternals["tensorMap"]>).set;
    }
  }

  /** Frees the graph. */
  delete(): void {
    this.graph.delete();
  }

  /** tfjs-node's binding as kernels see it while tracing. */
  #binding(): object {
    return Object.assign(Object.create(this.#eager) as object, {
      createTensor: (shape: readonly number[], dtype: number, values: InputValues) => this.#constant(shape, dtype, values),
      deleteTensor: () => undefined, // a graph keeps its outputs
      tensorDataSync: () => refuseReading(),
      runSavedModel: () => {
        throw new TypeError("compile: a SavedModel cannot be part of a compiled function; run it outside and pass its result in");
      },
      executeOp: (op: string, attributes: readonly OpAttribute[], ids: readonly number[], numOutputs: number) =>
        this.#execute(op, attributes, ids, numOutputs),
    });
  }

  #execute(op: string, attributes: readonly OpAttribute[], ids: readonly number[], numOutputs: number): TensorInfo[] {
    const inputs = ids.map((id) => this.#outputs.get(id)!);
    return this.graph.add(op, attributes, inputs, numOutputs).map((output) => this.#describe(op, output));
  }

  #constant(shape: readonly number[], dtype: number, values: InputValues): number {
    return this.#adopt(this.graph.constant(shape, dtype, values));
  }

  #adopt(output: GraphOutput): number {
    this.#outputs.set(this.#nextId, output);
    return this.#nextId--;
  }

  #describe(op: string, output: GraphOutput): TensorInfo {
    const shape = this.graph.shapeOf(output);
    if (!shape || shape.includes(-1)) {
      const known = shape ? `[${shape.map((size) => (size < 0 ? "?" : size)).join(", ")}]` : "unknown";
      throw new TypeError(
        `compile: ${op}: the output's shape depends on data (${known}), and a compiled function's shapes must be known; ` +
          "do this part outside and pass its result in",
      );
    }
    return { id: this.#adopt(output), shape, dtype: this.graph.dtypeOf(output) };
  }

  #idsOf(tensors: readonly (tf.TensorInfo | Int64Scalar)[]): number[] {
    return tensors.map((tensor) => {
      if ("valueArray" in tensor) return this.#constant([], DType.INT64, tensor.valueArray);
      const data = this.#backend.tensorMap.get(tensor.dataId);
      if (!this.#inner.has(tensor.dataId)) return this.#capture(tensor.dataId, data);
      if (data.values !== null) {
        data.id = this.#constant(data.shape, data.dtype, data.values);
        data.values = null;
      }
      return data.id;
    });
  }

  /** Makes a tensor from outside an input of the function. */
  #capture(dataId: object, data: TensorData): number {
    const known = this.#captured.get(dataId);
    if (known !== undefined) return known;
    upload(this.#eager, data);
    const dtype = this.#eager.dtypeOf(data.id);
    const output = this.#isInPlace(dataId) ? this.#readResource(dataId, dtype, data.shape) : this.graph.placeholder(dtype, data.shape);
    const id = this.#adopt(output);
    this.#captured.set(dataId, id);
    if (!this.#isInPlace(dataId)) this.captures.push({ dataId, input: output, shape: data.shape, isResource: false });
    return id;
  }

  #readResource(dataId: object, dtype: number, shape: readonly number[]): GraphOutput {
    const type = (name: string) => ({ name, type: AttributeType.TYPE, value: dtype });
    const [value] = this.graph.add("ReadVariableOp", [type("dtype")], [this.#resourceOf(dataId)], 1);
    this.#reads.push(value!);
    // A resource's shape is not known to the graph.
    return this.graph.add("EnsureShape", [type("T"), { name: "shape", type: AttributeType.SHAPE, value: shape }], [value!], 1)[0]!;
  }

  #resourceOf(dataId: object): GraphOutput {
    const known = this.#resources.get(dataId);
    if (known) return known;
    const input = this.graph.placeholder(DType.RESOURCE, []);
    this.#resources.set(dataId, input);
    this.captures.push({ dataId, input, shape: this.#backend.tensorMap.get(dataId).shape, isResource: true });
    return input;
  }

  #isResource(oper: Pointer): boolean {
    return [...this.#resources.values()].some((resource) => resource.oper === oper);
  }

  #read(dataId: object): unknown {
    const data = this.#backend.tensorMap.get(dataId);
    // What JavaScript wrote inside the trace is known to it anyway.
    if (this.#inner.has(dataId) && data.values !== null) return data.values;
    return refuseReading();
  }

  #refuseDisposal(dataId: object, force?: boolean): void {
    if (this.#inner.has(dataId) || !this.#backend.tensorMap.has(dataId)) return;
    if (!force && this.#backend.refCount(dataId) > 1) return;
    const { shape } = this.#backend.tensorMap.get(dataId);
    throw new TypeError(
      `compile: the function disposed a tensor of shape [${shape.join(", ")}] that it did not make; it would be there in the first call only`,
    );
  }
}

/** Gives TensorFlow a tensor's values if it does not have them yet. */
export function upload(eager: EagerBinding, data: TensorData): void {
  if (data.values === null) return;
  data.id = eager.createTensor(data.shape, data.dtype, data.values);
  data.values = null;
}

/** The message for a variable that is both assigned and updated in place. */
export function twofold({ name }: tf.Variable): string {
  return `compile: the variable ${name} is both assigned and updated in place; a compiled function may do one of them`;
}

function refuseReading(): never {
  throw new TypeError(
    "compile: a tensor's values were read (data, dataSync, arraySync, print, …) while the function was traced: they are not computed yet. " +
      "Return the tensor and read it after the call",
  );
}
