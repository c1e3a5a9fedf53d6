import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import { DType } from "../tensorflow-dtypes.js";
import type { EagerBinding } from "../eager.js";
import { trimHeap } from "../heap.js";
import { releasePages } from "../library-pages.js";
import { type BackendInternals, idOf } from "./backend-internals.js";
import { type CallOptions, callOf, removeFunction, runOffThread } from "./call.js";
import { compileFused } from "./fused.js";
import { tellDropped } from "./mixed-precision.js";
import { disposedOutside } from "./refusals.js";
import type { Flattened } from "./structure.js";
import { type FrozenVariable, type Source, trace } from "./trace.js";
import { withinTurn } from "./turns.js";
import { unshare } from "./variables.js";

/** How one program of a compiled function is made and called. */
export interface ProgramOptions extends CallOptions {
  /** The function's name in messages. */
  readonly name: string;
  readonly xla: boolean;
  /** Whether its products and convolutions will take bfloat16. */
  readonly isMixed?: boolean;
  /** Whether the variables that it reads are constants. */
  readonly freeze?: boolean;
}

/** Milliseconds below which a frozen program runs on the calling thread: another one costs a part of that. */
const SHORT_MS = 1;
/** Milliseconds after which a short one yields to events all the same. */
const YIELD_MS = 10;
/** When a program was last waited for, by performance.now(). */
let yieldedMs = 0;

/** Operations of a program from which on giving memory back takes little of the time that tracing takes. */
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
  readonly #frozen: readonly FrozenVariable[];
  #hasRun = false;
  #shortestMs = Infinity;

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
    this.#frozen = traced.frozen;
    this.#release();
  }

  /** Whether its constants are still its variables' values. */
  get isCurrent(): boolean {
    return this.#frozen.every(
      ({ variable, dataId, changes }) =>
        !variable.isDisposed && variable.dataId === dataId && this.#eager.changesOf(this.#idOf(dataId)) === changes,
    );
  }

  /**
   * Runs the function off the main thread, or on it where it is frozen and short, then assigns its variables.
   *
   * @param key seed and number of the call, for its random numbers
   * @returns the result, new tensors that are the caller's
   * @throws TensorFlowError when TensorFlow fails; no variable has changed then
   */
  async run(args: readonly tf.Tensor[], key: readonly [number, number]): Promise<unknown> {
    const { context } = this.#eager;
    const isShort = this.#options.freeze && this.#shortestMs < SHORT_MS;
    if (isShort && performance.now() - yieldedMs < YIELD_MS) return withinTurn(() => this.runSync(args, key));
    if (!this.#hasRun && (await compileFused(this.#eager))) this.#release();
    const op = this.#prepare(args, key);
    const run = () => runOffThread(this.#what, context, op, this.#numOutputs);
    const isWatched = this.#options.isMixed && !this.#hasRun;
    const startMs = performance.now();
    try {
      const outputs = await (isWatched ? tellDropped(this.#what, context, run) : run());
      yieldedMs = performance.now();
      this.#shortestMs = Math.min(this.#shortestMs, yieldedMs - startMs);
      return withinTurn(() => this.#finish(outputs));
    } finally {
      if (!this.#hasRun) this.#release();
      this.#hasRun = true;
    }
  }

  /** As {@link run}, at once and on this thread. */
  runSync(args: readonly tf.Tensor[], key: readonly [number, number]): unknown {
    const { c, status } = this.#eager.context;
    const outputs = new BigUint64Array(Math.max(1, this.#numOutputs));
    const op = this.#prepare(args, key);
    try {
      c.TFE_Execute(op, outputs, [outputs.length], status.pointer);
      status.check(this.#what);
    } finally {
      c.TFE_DeleteOp(op);
    }
    return this.#finish(Array.from(outputs.subarray(0, this.#numOutputs)));
  }

  /** Frees the function. */
  dispose(): void {
    removeFunction(this.#what, this.#eager.context, this.#functionName);
  }

  get #what(): string {
    return `compile: ${this.#options.name}`;
  }

  get #numOutputs(): number {
    return this.#results.tensors.length + this.#assigned.length;
  }

  /** Gives back the memory that only tracing, XLA, and the first run's optimizers, needed. */
  #release(): void {
    if (this.operations < WORTH_RELEASING) return;
    releasePages();
    trimHeap();
  }

  /** An eager op that calls the function, with its inputs in place. */
  #prepare(args: readonly tf.Tensor[], key: readonly [number, number]): Pointer {
    const keyId = this.#eager.createTensor([2], DType.INT32, Int32Array.from(key));
    try {
      // before any handle is taken: it ends those of plain values
      for (const source of this.#sources) this.#moveToResource(source);
      const given = [...args.map(({ dataId }) => this.#idOf(dataId)), keyId].map((id) =>
        this.#eager.handle(this.#what, id),
      );
      const inputs = [...given, ...this.#sources.map((source) => this.#handleOf(source))];
      return callOf(this.#what, this.#eager.context, this.#functionName, inputs, this.#options);
    } finally {
      this.#eager.deleteTensor(keyId); // the op holds on to it
    }
  }

  #finish(outputs: readonly Pointer[]): unknown {
    this.#forgetUpdated();
    const count = this.#results.tensors.length;
    const made = outputs.map((handle) => this.#backend.createOutputTensor(this.#eager.describe(handle)));
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
      const id = this.#idOf(source.variable.dataId);
      this.#eager.variable("compile", id).forget();
      this.#eager.noteChange(id);
    }
  }

  #idOf(dataId: object): number {
    return idOf(this.#eager, this.#backend, dataId);
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
