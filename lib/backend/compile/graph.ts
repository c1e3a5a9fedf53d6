import { AttributeType, type OpAttribute, setGraphAttribute } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import { Status } from "../status.js";
import type { InputValues } from "../tensors.js";
import { OpInputs } from "./op-inputs.js";
import { scoped } from "./scopes.js";

/** A graph of TensorFlow ops under construction. */
export class Graph {
  readonly #context: Context;
  readonly #pointer: Pointer;
  readonly #inputs: OpInputs;
  readonly #status: Status;
  readonly #functions = new Set<string>();
  #count = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#pointer = context.c.TF_NewGraph();
    this.#status = new Status(context.c);
    this.#inputs = new OpInputs(context.c, this.#pointer, this.#status);
  }

  /** TensorFlow's graph. */
  get pointer(): Pointer {
    return this.#pointer;
  }

  /** How many operations the graph holds. */
  get operations(): number {
    return this.#count;
  }

  /**
   * Adds an operation.
   *
   * @param after operations that must have run before it
   * @returns its outputs, `numOutputs` of them
   * @throws TensorFlowError `NAME: TensorFlow's message` when TensorFlow refuses it
   */
  add(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
    numOutputs: number,
    after: readonly Pointer[] = [],
  ): GraphOutput[] {
    const oper = this.addOperation(op, attributes, inputs, after);
    return Array.from({ length: numOutputs }, (_, index) => ({ oper, index }));
  }

  /**
   * As {@link add}, for an operation that is run for what it does.
   * @param after its control dependencies: operations that have run before it begins
   */
  addOperation(
    op: string,
    attributes: readonly OpAttribute[],
    inputs: readonly GraphOutput[],
    after: readonly Pointer[] = [],
  ): Pointer {
    const { c } = this.#context;
    const groups = this.#inputs.group(op, attributes, inputs);
    // A name that begins with an underscore is none to TensorFlow's optimizers, which drop all they made of the graph.
    const name = scoped(`${op.replace(/^_+/, "")}_${this.#count++}`);
    const description: Pointer = c.TF_NewOperation(this.#pointer, op, name);
    for (const group of groups) {
      if (Array.isArray(group)) c.TF_AddInputList(description, group, group.length);
      else c.TF_AddInput(description, group);
    }
    for (const operation of after) c.TF_AddControlInput(description, operation);
    try {
      for (const attribute of this.#inputs.withoutInferred(op, attributes))
        setGraphAttribute(c, description, attribute, this.#status);
    } catch (error) {
      c.TF_FinishOperation(description, this.#status.pointer); // frees the description
      this.#status.clear();
      throw error;
    }
    const oper: Pointer = c.TF_FinishOperation(description, this.#status.pointer);
    this.#status.check(op);
    return oper;
  }

  /** Adds an input of the function-to-be. */
  placeholder(dtype: number, shape: readonly number[]): GraphOutput {
    const attributes = [
      { name: "dtype", type: AttributeType.TYPE, value: dtype },
      { name: "shape", type: AttributeType.SHAPE, value: shape },
    ];
    return this.add("Placeholder", attributes, [], 1)[0]!;
  }

  /** Adds a variable that lives as long as a session of the graph. */
  variable(dtype: number, shape: readonly number[]): GraphOutput {
    const attributes = [
      { name: "shared_name", type: AttributeType.STRING, value: `variable_${this.#count}` },
      { name: "dtype", type: AttributeType.TYPE, value: dtype },
      { name: "shape", type: AttributeType.SHAPE, value: shape },
    ];
    return this.add("VarHandleOp", attributes, [], 1)[0]!;
  }

  /** Adds a constant. */
  constant(shape: readonly number[], dtype: number, values: InputValues): GraphOutput {
    const attributes = [
      { name: "dtype", type: AttributeType.TYPE, value: dtype },
      { name: "value", type: AttributeType.TENSOR, value: { shape, dtype, values } },
    ];
    return this.add("Const", attributes, [], 1)[0]!;
  }

  /** TensorFlow's number of an output's dtype. */
  dtypeOf(output: GraphOutput): number {
    return this.#context.c.TF_OperationOutputType(output);
  }

  /** What TensorFlow infers of an output's shape: -1 for an unknown size, undefined for an unknown rank. */
  shapeOf(output: GraphOutput): number[] | undefined {
    const { c } = this.#context;
    const rank: number = c.TF_GraphGetTensorNumDims(this.#pointer, output, this.#status.pointer);
    this.#status.check("shape");
    if (rank < 0) return undefined;
    const dims = new BigInt64Array(Math.max(rank, 1));
    if (rank > 0) c.TF_GraphGetTensorShape(this.#pointer, output, dims, rank, this.#status.pointer);
    this.#status.check("shape");
    return Array.from(dims.subarray(0, rank), Number);
  }

  /**
   * Turns the graph into a function of the eager context, which runs as an op named `name`.
   *
   * @param effects control outputs: operations that run although no output needs them
   * @returns its definition, which is the caller's to delete; the eager context keeps its own
   * @throws TensorFlowError when TensorFlow refuses it
   */
  toFunction(
    name: string,
    inputs: readonly GraphOutput[],
    outputs: readonly GraphOutput[],
    effects: readonly Pointer[] = [],
  ): Pointer {
    const { c, pointer } = this.#context;
    const status = this.#status;
    // A function may not return an input, nor one output twice.
    const returned = outputs.map((output) => {
      const attribute = { name: "T", type: AttributeType.TYPE, value: this.dtypeOf(output) };
      return this.add("Identity", [attribute], [output], 1)[0]!;
    });
    const made: Pointer = c.TF_GraphToFunctionWithControlOutputs(
      this.#pointer,
      name,
      0,
      -1,
      null,
      inputs.length,
      inputs,
      returned.length,
      returned,
      null,
      effects.length,
      BigUint64Array.from(effects),
      effects.map((_, i) => `effect_${i}`),
      null,
      null,
      status.pointer,
    );
    status.check("compile");
    try {
      c.TFE_ContextAddFunction(pointer, made, status.pointer);
      status.check("compile");
    } catch (error) {
      c.TF_DeleteFunction(made);
      throw error;
    }
    return made;
  }

  /** Lets the graph call a function by its name, wherever the graph runs. */
  addFunction(name: string, definition: Pointer): void {
    if (this.#functions.has(name)) return;
    this.#functions.add(name);
    this.#context.c.TF_GraphCopyFunction(this.#pointer, definition, null, this.#status.pointer);
    this.#status.check(name);
  }

  /** Frees the graph. A function made of it lives on. */
  delete(): void {
    this.#context.c.TF_DeleteGraph(this.#pointer);
    this.#status.delete();
  }
}
