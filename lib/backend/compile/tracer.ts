import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import { isLooking } from "../../host.js";
import { AttributeType, type OpAttribute } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import { DType } from "../tensorflow-dtypes.js";
import { asTfjsBinding, EagerBinding, type TensorInfo } from "../eager.js";
import { undone } from "../terminated.js";
import type { InputValues } from "../tensors.js";
import { type BackendInternals, type Int64Scalar, type TensorData, upload } from "./backend-internals.js";
import { FIRST_SYMBOLIC, type Capture, type FrozenData, type TracerOptions } from "./capture.js";
import { FoldingGraph } from "./folding-graph.js";
import { Graph } from "./graph.js";
import { keepOwn } from "./keep-own.js";
import { disposalOf, dependsOnData, refuseDisposed, refuseReading, SAVED_MODEL, twofold } from "./refusals.js";
import { ResourceUpdates } from "./resource-updates.js";
import { floatsOf, xlaCall } from "./xla-call.js";

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
  /** What was taken as a constant. */
  readonly frozen: FrozenData[] = [];
  readonly updates: ResourceUpdates;
  readonly #backend: BackendInternals;
  readonly #eager: EagerBinding;
  readonly #outputs = new Map<number, GraphOutput>();
  readonly #captured = new Map<object, number>();
  readonly #isInPlace: (dataId: object) => boolean;
  /** Data of tensors made while tracing. */
  readonly #inner = new WeakSet<object>();
  #nextId = FIRST_SYMBOLIC;

  /** @param isInPlace whether data belong to a variable that lives in a resource variable */
  constructor(
    backend: NodeJSKernelBackend,
    eager: EagerBinding,
    isInPlace: (dataId: object) => boolean,
    readonly options: TracerOptions,
  ) {
    this.#isInPlace = isInPlace;
    this.#backend = backend as unknown as BackendInternals;
    this.#eager = eager;
    this.graph = options.freeze ? new FoldingGraph(eager.context) : new Graph(eager.context);
    this.updates = new ResourceUpdates(this.graph, (dataId) => {
      const { shape, dtype } = this.#backend.tensorMap.get(dataId);
      const input = options.ownVariables
        ? this.graph.variable(dtype, shape)
        : this.graph.placeholder(DType.RESOURCE, []);
      this.captures.push({ dataId, input, shape, isResource: true });
      return input;
    });
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

  /** A tensor as it is, to be had when `after` has been computed. Only inside {@link record}. */
  later(x: tf.Tensor, after: tf.Tensor): tf.Tensor {
    const [own, other] = this.#idsOf([x, after]).map((id) => this.#outputs.get(id)!);
    const type = { name: "T", type: AttributeType.TYPE, value: this.graph.dtypeOf(own!) };
    const [output] = this.graph.add("Identity", [type], [own!], 1, [other!.oper]);
    return this.#backend.createOutputTensor(this.#describe("Identity", output!));
  }

  /**
   * Adds a call of a function of the eager context that XLA compiles as a whole. Only inside {@link record}.
   *
   * @param shapes of its outputs, all float32
   */
  callCompiled(
    name: string,
    definition: Pointer,
    inputs: readonly tf.TensorInfo[],
    shapes: readonly (readonly number[])[],
  ): tf.Tensor[] {
    const given = this.#idsOf(inputs).map((id) => this.#outputs.get(id)!);
    const attributes = xlaCall(
      name,
      given.map((output) => this.graph.dtypeOf(output)),
      shapes.length,
    );
    this.graph.addFunction(name, definition);
    return this.graph.add("PartitionedCall", attributes, given, shapes.length).map((output, i) => {
      const shaped = this.graph.add("EnsureShape", floatsOf(shapes[i]!), [output], 1);
      return this.#backend.createOutputTensor(this.#describe("PartitionedCall", shaped[0]!));
    });
  }

  /** Adds an op that changes resource variables in place, to be run last; they come first among its inputs. */
  update(
    op: string,
    attributes: readonly OpAttribute[],
    variables: readonly tf.Variable[],
    inputs: readonly tf.TensorInfo[],
  ): void {
    const resources = variables.map((variable) => {
      if (this.#inner.has(variable.dataId)) throw new TypeError(twofold(variable));
      return this.updates.resourceOf(variable.dataId);
    });
    const values = this.#idsOf(inputs).map((id) => this.#outputs.get(id)!);
    this.updates.add({ op, attributes, inputs: [...resources, ...values] });
  }

  /** Runs `body` with kernels recorded instead of run; a trace that goes on waits meanwhile. */
  record<Result>(body: () => Result): Result {
    const backend = this.#backend;
    const { binding, tensorMap } = backend;
    const checks = tf.Tensor.prototype as unknown as { throwIfDisposed(this: tf.Tensor): void };
    const restore = [
      keepOwn(backend, ["getInputTensorIds", "readSync", "disposeData"]),
      keepOwn(tensorMap, ["set"]),
      keepOwn(checks, ["throwIfDisposed"]),
    ];
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
    const inner = this.#inner;
    checks.throwIfDisposed = function () {
      if (this.isDisposed) refuseDisposed(this, inner.has(this.dataId));
    };
    const before = active;
    active = this;
    const undo = (): void => {
      active = before;
      backend.binding = binding;
      for (const one of restore) one();
    };
    return undone(undo, body);
  }

  /** Frees the graph. */
  delete(): void {
    this.graph.delete();
  }

  /** tfjs-node's binding as kernels see it while tracing. */
  #binding(): object {
    return Object.assign(Object.create(this.#eager) as object, {
      createTensor: (shape: readonly number[], dtype: number, values: InputValues) =>
        this.#constant(shape, dtype, values),
      deleteTensor: () => undefined, // a graph keeps its outputs
      tensorDataSync: () => refuseReading(),
      runSavedModel: () => {
        throw new TypeError(SAVED_MODEL);
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
    if (!shape || shape.includes(-1)) throw new TypeError(dependsOnData(op, shape));
    return { id: this.#adopt(output), shape, dtype: this.graph.dtypeOf(output) };
  }

  #idsOf(tensors: readonly (tf.TensorInfo | Int64Scalar)[]): number[] {
    return tensors.map((tensor) => {
      if ("valueArray" in tensor) return this.#constant([], DType.INT64, tensor.valueArray);
      const isGone =
        // tfjs keeps a variable's value
        !this.#backend.tensorMap.has(tensor.dataId) || (tensor instanceof tf.Variable && tensor.isDisposed);
      if (isGone) refuseDisposed(tensor, this.#inner.has(tensor.dataId));
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
    if (this.options.freeze && dtype === DType.FLOAT) {
      this.frozen.push({ dataId, changes: this.#eager.changesOf(data.id) });
      this.#captured.set(dataId, this.#constant(data.shape, dtype, this.#eager.tensorDataSync(data.id) as InputValues));
      return this.#captured.get(dataId)!;
    }
    const output = this.#isInPlace(dataId)
      ? this.updates.read(dataId, dtype, data.shape)
      : this.graph.placeholder(dtype, data.shape);
    const id = this.#adopt(output);
    this.#captured.set(dataId, id);
    if (!this.#isInPlace(dataId)) this.captures.push({ dataId, input: output, shape: data.shape, isResource: false });
    return id;
  }

  #read(dataId: object): unknown {
    const { values, id } = this.#backend.tensorMap.get(dataId);
    const isInner = this.#inner.has(dataId);
    if (!isInner && isLooking()) return values ?? this.#eager.tensorDataSync(id);
    return isInner && values !== null ? values : refuseReading(); // JavaScript knows what it wrote in the trace
  }

  #refuseDisposal(dataId: object, force?: boolean): void {
    if (this.#inner.has(dataId) || !this.#backend.tensorMap.has(dataId)) return;
    if (!force && this.#backend.refCount(dataId) > 1) return;
    throw new TypeError(disposalOf(this.#backend.tensorMap.get(dataId).shape));
  }
}
