import type { TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { AttributeType, type OpAttribute, setAttribute } from "./attributes.js";
import type { Pointer } from "./c-api.js";
import type { Context } from "./context.js";
import { DType, type TensorValues } from "./tensorflow-dtypes.js";
import { makeHandle, shapeOf } from "./handles.js";
import { ResourceVariable } from "./resource-variables.js";
import { SavedModel } from "./saved-models.js";
import { type InputValues, readTensor } from "./tensors.js";

/** A new tensor as tfjs-node's kernels are told of it. */
export interface TensorInfo {
  readonly id: number;
  readonly shape: number[];
  /** One of `DType`. */
  readonly dtype: number;
}

/**
 * tfjs-node's binding, the object that its kernels call, over TensorFlow's C API. Tensors are known by
 * numbers; ops run at once.
 */
export class EagerBinding {
  readonly context: Context;
  readonly #handles = new Map<number, Pointer>();
  /** Tensors whose value lives in a resource variable. */
  readonly #variables = new Map<number, ResourceVariable>();
  readonly #models = new Map<number, SavedModel>();
  /** How often a tensor's value was changed in place, of those where it was. */
  readonly #changes = new Map<number, number>();
  #nextId = 0;
  #nextModel = 0;
  #outputs = new BigUint64Array(64);

  readonly TF_FLOAT = DType.FLOAT;
  readonly TF_INT32 = DType.INT32;
  readonly TF_INT64 = DType.INT64;
  readonly TF_BOOL = DType.BOOL;
  readonly TF_COMPLEX64 = DType.COMPLEX64;
  readonly TF_STRING = DType.STRING;
  readonly TF_RESOURCE = DType.RESOURCE;
  readonly TF_UINT8 = DType.UINT8;
  readonly TF_ATTR_STRING = AttributeType.STRING;
  readonly TF_ATTR_INT = AttributeType.INT;
  readonly TF_ATTR_FLOAT = AttributeType.FLOAT;
  readonly TF_ATTR_BOOL = AttributeType.BOOL;
  readonly TF_ATTR_TYPE = AttributeType.TYPE;
  readonly TF_ATTR_SHAPE = AttributeType.SHAPE;
  /** In the interface, but TensorFlow knows no such attribute and no kernel uses it. */
  readonly TF_ATTR_RESOURCE = -1;
  readonly TF_Version: string;

  constructor(context: Context) {
    this.context = context;
    this.TF_Version = context.version;
  }

  /** Copies `values` into a new tensor. int64: BigInt64Array, or Int32Array with (low, high) for each element. */
  createTensor(shape: readonly number[], dtype: number, values: InputValues): number {
    return this.adopt(makeHandle(this.context, shape, dtype, values));
  }

  /** @throws RangeError when there is no such tensor */
  deleteTensor(id: number): void {
    this.#changes.delete(id);
    const variable = this.#variables.get(id);
    if (variable) {
      this.#variables.delete(id);
      return variable.delete();
    }
    const handle = this.handle("deleteTensor", id);
    this.#handles.delete(id);
    this.context.c.TFE_DeleteTensorHandle(handle);
  }

  /**
   * Copies a tensor's elements to JavaScript; waits until they are computed.
   *
   * @throws RangeError when there is no such tensor; TypeError when its dtype cannot be read
   */
  tensorDataSync(id: number): TensorValues {
    const { c, status } = this.context;
    const tensor: Pointer = c.TFE_TensorHandleResolve(this.handle("tensorDataSync", id), status.pointer);
    status.check("tensorDataSync");
    try {
      return readTensor(c, tensor);
    } finally {
      c.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Runs one op now.
   *
   * @throws TensorFlowError `NAME: TensorFlow's message`; RangeError for an unknown input; TypeError for a bad
   *   attribute
   */
  executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    numOutputs: number,
  ): TensorInfo[] {
    const { c, status, pointer } = this.context;
    const op: Pointer = c.TFE_NewOp(pointer, name, status.pointer);
    status.check(name);
    try {
      for (const id of inputs) {
        c.TFE_OpAddInput(op, this.handle(name, id), status.pointer);
        status.check(name);
      }
      for (const attribute of attributes) setAttribute(c, op, attribute, status);
      if (this.#outputs.length < numOutputs) this.#outputs = new BigUint64Array(numOutputs * 2);
      const count = [numOutputs];
      c.TFE_Execute(op, this.#outputs, count, status.pointer);
      status.check(name);
      return Array.from(this.#outputs.subarray(0, count[0]), (handle) => this.describe(handle));
    } finally {
      c.TFE_DeleteOp(op);
    }
  }

  /** @param tags separated by commas */
  loadSavedModel(folder: string, tags: string): number {
    this.#models.set(this.#nextModel, new SavedModel(this.context, folder, tags));
    return this.#nextModel++;
  }

  /** @throws RangeError when there is no such model */
  deleteSavedModel(id: number): void {
    this.#model("deleteSavedModel", id).delete();
    this.#models.delete(id);
  }

  /** @param inputNames and outputNames: separated by commas, such as "serving_default_x:0" */
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorInfo[] {
    const handles = inputs.map((input) => this.handle("runSavedModel", input));
    const names = (text: string) => text.split(",").filter((name) => name !== "");
    return this.#model("runSavedModel", id)
      .run(handles, names(inputNames), names(outputNames))
      .map((handle) => this.describe(handle));
  }

  getNumOfSavedModels(): number {
    return this.#models.size;
  }

  /** The number of tensors that TensorFlow holds for us. */
  getNumOfTensors(): number {
    return this.#handles.size + this.#variables.size;
  }

  isUsingGpuDevice(): boolean {
    return this.context.device.type === "GPU";
  }

  /** The eager tensor with number `id`. @throws RangeError when there is none */
  handle(what: string, id: number): Pointer {
    const handle = this.#handles.get(id) ?? this.#variables.get(id)?.read();
    if (handle === undefined) {
      const why = id < 0 ? "it was made while compiling and has no value" : "was it disposed?";
      throw new RangeError(`${what}: no tensor with id ${id}; ${why}`);
    }
    return handle;
  }

  /** The resource variable that holds tensor `id`; its value is moved to one if it is not there yet. */
  variable(what: string, id: number): ResourceVariable {
    const known = this.#variables.get(id);
    if (known) return known;
    const handle = this.handle(what, id);
    const variable = new ResourceVariable(this.context, handle, shapeOf(this.context, handle));
    this.context.c.TFE_DeleteTensorHandle(handle);
    this.#handles.delete(id);
    this.#variables.set(id, variable);
    return variable;
  }

  /** Notes that a tensor's value has been changed in place, or may have been. */
  noteChange(id: number): void {
    this.#changes.set(id, this.changesOf(id) + 1);
  }

  /** How often that was. */
  changesOf(id: number): number {
    return this.#changes.get(id) ?? 0;
  }

  /** Makes plain tensors of all resource variables: these are bound to a device by its name, which is to change. */
  takeVariables(): void {
    for (const [id, variable] of this.#variables) this.#handles.set(id, variable.take());
    this.#variables.clear();
  }

  /** TensorFlow's number of a tensor's dtype. */
  dtypeOf(id: number): number {
    return this.context.c.TFE_TensorHandleDataType(this.handle("dtype", id));
  }

  /** Gives an eager tensor a number; it is ours to delete from now on. */
  adopt(handle: Pointer): number {
    this.#handles.set(this.#nextId, handle);
    return this.#nextId++;
  }

  /** Adopts an eager tensor and says what it is. */
  describe(handle: Pointer): TensorInfo {
    const id = this.adopt(handle);
    return { id, shape: shapeOf(this.context, handle), dtype: this.context.c.TFE_TensorHandleDataType(handle) };
  }

  #model(what: string, id: number): SavedModel {
    const model = this.#models.get(id);
    if (!model) throw new RangeError(`${what}: no SavedModel with id ${id}`);
    return model;
  }
}

/**
 * The binding under tfjs-node's own interface. The casts are for its declarations only, which ask for two
 * classes that nothing constructs, and for narrower arrays than its C++ reads and returns.
 */
export function asTfjsBinding(binding: EagerBinding): TFJSBinding {
  return binding as unknown as TFJSBinding;
}
