import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import { DType } from "../dtypes.js";
import type { EagerBinding } from "../eager.js";
import { releasePages } from "../library-pages.js";
import { Status } from "../status.js";
import { type BackendInternals, upload } from "./backend-internals.js";
import { disposedOutside } from "./refusals.js";
import type { Flattened } from "./structure.js";
import { type Source, trace } from "./trace.js";
import { unshare } from "./variables.js";

export interface ProgramOptions {
  /** The function's name in messages. */
  readonly name: string;
  /** Compile with XLA. */
  readonly xla: boolean;
  /** A serialized tensorflow.ConfigProto, if not TensorFlow's defaults. */
  readonly config?: Uint8Array | undefined;
}

/** Operations of a program from which on giving pages back takes little of the time that tracing takes. */
const WORTH_RELEASING = 100;

let programs = 0;

/** A function of tensors as one TensorFlow graph function, for arguments of one form. */
export class Program {
  /** Operations in the graph, as traced. */
  readonly operations: number;
  readonly #eager: EagerBinding;
  readonly #backend: BackendInternals;
  readonly #options: ProgramOptions;
  readonly #functionName: string;
  readonly #sources: readonly Source[];
  readonly #assigned: readonly tf.Variable[];
  readonly #results: Flattened;
  #hasRun = false;

  /**
   * Traces `fn`.
   *
   * @param args the arguments' form; their values are not looked at
   * @throws what `fn` throws, and TypeError for what cannot be traced
   */
  constructor(fn: (...args: never[]) => unknown, args: Flattened, eager: EagerBinding, options: ProgramOptions) {
    this.#backend = tf.backend() as unknown as BackendInternals;
    this.#eager = eager;
    this.#options = options;
    this.#functionName = `${options.name.replace(/[^A-Za-z0-9_]/g, "_") || "anonymous"}_${programs++}`;
    const traced = trace(fn, args, eager, { ...options, functionName: this.#functionName });
    this.operations = traced.operations;
    this.#sources = traced.sources;
    this.#assigned = traced.assigned;
    this.#results = traced.results;
    this.#release();
  }

  /**
   * Runs the function off the main thread, then assigns its variables.
   *
   * @param key seed and number of the call, for its random numbers
   * @returns the result, new tensors that are the caller's
   * @throws TensorFlowError when TensorFlow fails; no variable has changed then
   */
  async run(args: readonly tf.Tensor[], key: readonly [number, number]): Promise<unknown> {
    const { c } = this.#eager.context;
    const status = new Status(c);
    const outputs = new BigUint64Array(Math.max(1, this.#results.tensors.length + this.#assigned.length));
    const op = this.#prepare(args, key, status);
    try {
      await new Promise<void>((resolve, reject) => {
        c.TFE_Execute.async(op, outputs, [outputs.length], status.pointer, (error: unknown) =>
          error ? reject(error as Error) : resolve(),
        );
      });
      status.check(`compile: ${this.#options.name}`);
    } finally {
      c.TFE_DeleteOp(op);
      status.delete();
      if (!this.#hasRun) this.#release();
      this.#hasRun = true;
    }
    return this.#finish(outputs);
  }

  /** As {@link run}, at once and on this thread. */
  runSync(args: readonly tf.Tensor[], key: readonly [number, number]): unknown {
    const { c, status } = this.#eager.context;
    const outputs = new BigUint64Array(Math.max(1, this.#results.tensors.length + this.#assigned.length));
    const op = this.#prepare(args, key, status);
    try {
      c.TFE_Execute(op, outputs, [outputs.length], status.pointer);
      status.check(`compile: ${this.#options.name}`);
    } finally {
      c.TFE_DeleteOp(op);
    }
    return this.#finish(outputs);
  }

  /** Frees the function. */
  dispose(): void {
    const { c, pointer, status } = this.#eager.context;
    c.TFE_ContextRemoveFunction(pointer, this.#functionName, status.pointer);
    status.check(`compile: ${this.#options.name}`);
  }

  /** Gives back the pages of TensorFlow's library that only tracing, and the first run's optimizers, touched. */
  #release(): void {
    if (this.operations >= WORTH_RELEASING) releasePages();
  }

  /** An eager op that calls the function, with its inputs in place. */
  #prepare(args: readonly tf.Tensor[], key: readonly [number, number], status: Status): Pointer {
    const { c, pointer } = this.#eager.context;
    const what = `compile: ${this.#options.name}`;
    const keyId = this.#eager.createTensor([2], DType.INT32, Int32Array.from(key));
    try {
      for (const source of this.#sources) this.#moveToResource(source); // before any handle is taken: it ends those of plain values
      const given = [...args.map(({ dataId }) => this.#idOf(dataId)), keyId].map((id) => this.#eager.handle(what, id));
      const inputs = [...given, ...this.#sources.map((source) => this.#handleOf(source))];
      const op: Pointer = c.TFE_NewOp(pointer, this.#functionName, status.pointer);
      status.check(what);
      try {
        for (const handle of inputs) {
          c.TFE_OpAddInput(op, handle, status.pointer);
          status.check(what);
        }
        const { xla, config } = this.#options;
        if (xla) c.TFE_OpSetAttrBool(op, "_XlaMustCompile", 1);
        if (config) c.TFE_OpSetAttrString(op, "config_proto", config, config.byteLength);
        return op;
      } catch (error) {
        c.TFE_DeleteOp(op);
        throw error;
      }
    } finally {
      this.#eager.deleteTensor(keyId); // the op holds on to it
    }
  }

  #finish(outputs: BigUint64Array): unknown {
    this.#forgetUpdated();
    const count = this.#results.tensors.length;
    const made = Array.from(outputs.subarray(0, count + this.#assigned.length), (handle) =>
      this.#backend.createOutputTensor(this.#eager.describe(handle)),
    );
    this.#assigned.forEach((variable, i) => {
      const value = made[count + i]!;
      variable.assign(value);
      value.dispose();
    });
    return this.#results.rebuild(made.slice(0, count));
  }

  /** Moves the value of a variable that the function knows as a resource to one, if it is not there yet. */
  #moveToResource(source: Source): void {
    if (!("isResource" in source) || !source.isResource) return;
    this.#dataOf(source); // throws where the variable was disposed
    // Others who hold the data keep their value.
    if (source.isUpdated) unshare(this.#backend as unknown as NodeJSKernelBackend, [source.variable]);
    const variable = this.#eager.variable("compile", this.#idOf(source.variable.dataId));
    if (source.isUpdated) variable.forget(); // a read value that is held makes the update copy
  }

  /** What an input that is no argument is fed with. */
  #handleOf(source: Source): Pointer {
    const id = this.#idOf(this.#dataOf(source));
    const isResource = "isResource" in source && source.isResource;
    return isResource ? this.#eager.variable("compile", id).resource : this.#eager.handle("compile", id);
  }

  /** What was read of the updated variables while the function ran may be of before. */
  #forgetUpdated(): void {
    for (const source of this.#sources) {
      if (!("isUpdated" in source) || !source.isUpdated || source.variable.isDisposed) continue;
      this.#eager.variable("compile", this.#idOf(source.variable.dataId)).forget();
    }
  }

  #idOf(dataId: object): number {
    const data = this.#backend.tensorMap.get(dataId);
    upload(this.#eager, data);
    return data.id;
  }

  #dataOf(source: Source): object {
    const { name } = this.#options;
    if ("variable" in source) {
      if (source.variable.isDisposed) throw new TypeError(`compile: ${name}: ${disposedOutside(source.variable)}`);
      return source.variable.dataId;
    }
    if (!this.#backend.tensorMap.has(source.dataId)) {
      throw new TypeError(`compile: ${name}: ${disposedOutside(source)}`);
    }
    return source.dataId;
  }
}
