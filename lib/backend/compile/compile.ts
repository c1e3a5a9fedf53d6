import * as tf from "@tensorflow/tfjs";
import { cellSignal } from "../../host.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import {
  aCount,
  aFlag,
  aFunction,
  aText,
  checkOptions,
  checkValue,
  inRange,
  oneOf,
  optional,
  type Rules,
} from "../../checks.js";
import { FOLDED } from "./folded.js";
import { mixedPrecisionConfig } from "./mixed-precision.js";
import { Program } from "./program.js";
import { warnOfTraces } from "./warn-of-traces.js";
import { javaScriptStream, mix, tensorFlowStream, withStream } from "./random-ops.js";
import { flatten } from "./structure.js";
import { inTurn } from "./turns.js";

/** How {@link compile} compiles. */
export interface CompileOptions {
  /** The function's name in messages. Default: its own name. */
  readonly name?: string;
  /** Compile with XLA: slower to start, sometimes faster to run. Default false. */
  readonly xla?: boolean;
  /**
   * "bfloat16": matrix products, convolutions and what is computed number by number between them take numbers rounded
   * to 8 binary digits, which is faster on most processors that have instructions for it; sums, softmax, losses,
   * variables that are read and what `applyAdam` and `applyMomentum` change stay float32. What is computed behind a
   * product and then assigned to a variable is rounded: p.assign(p.sub(gradient.mul(rate))). Elsewhere it computes in
   * float32, and says so once; so it does of a function that TensorFlow leaves in float32. Not with xla.
   */
  readonly mixedPrecision?: "bfloat16";
  /**
   * For calls of a network that is trained: weights, and whatever else of float32 the function reads from outside, are
   * constants, which TensorFlow brings into its kernels' order once and not in every call; batch norms become part of
   * the convolutions before them, and calls of less than a millisecond run on this thread. A variable that has changed
   * since has the function traced anew, and the first call takes longer, and more memory: several times the weights.
   * The function may assign no variable. Default false.
   */
  readonly freeze?: boolean;
  /**
   * Call the function itself, op by op, so that values can be read inside and errors have their place. Default false.
   */
  readonly debug?: boolean;
  /** Seed of the random numbers that the function draws, a whole number of 32 bits. Default: another one each time. */
  readonly seed?: number;
  /**
   * The number of the first call, for one that goes on with the random numbers of another of the same seed. Default 0.
   */
  readonly firstCall?: number;
  /** How many programs are kept, one for each form of arguments. At least 1, default 8. */
  readonly maxPrograms?: number;
  /**
   * Whether an interrupt of the running cell rejects calls that have not begun. Default true; false for a part of
   * something that has.
   */
  readonly interruptible?: boolean;
}

/** A compiled function: called like the one it was made of, with a promise of its result. */
export interface CompiledFunction<Arguments extends unknown[], Result> {
  (...args: Arguments): Promise<Result>;
  /** How many times the function has been traced. */
  readonly traces: number;
  /** Frees the compiled programs; the function may not be called any more. */
  dispose(): void;
}

/** What a compiled function was made of. */
export interface Definition {
  readonly fn: (...args: never[]) => unknown;
  readonly name: string;
  readonly seed: number;
  readonly xla: boolean;
  /** A serialized tensorflow.ConfigProto for its graphs, if not TensorFlow's defaults. */
  readonly config: Uint8Array | undefined;
  readonly isMixed: boolean;
  readonly freeze: boolean;
}

const definitions = new WeakMap<object, Definition>();

/** What a function of {@link compile} was made of; undefined for another function. */
export function definitionOf(compiled: unknown): Definition | undefined {
  return typeof compiled === "function" ? definitions.get(compiled) : undefined;
}

const KINDS: Rules = {
  name: optional(aText),
  interruptible: optional(aFlag),
  mixedPrecision: optional(oneOf(["bfloat16"])),
  xla: optional(aFlag),
  freeze: optional(aFlag),
  debug: optional(aFlag),
  seed: optional({ ...inRange({ from: -(2 ** 31), below: 2 ** 32, whole: true }), what: "a whole number of 32 bits" }),
  firstCall: optional(inRange({ from: 0, below: 2 ** 31, whole: true })),
  maxPrograms: optional(aCount),
};

/**
 * Compiles a function of tensors into one TensorFlow program: called the first time with arguments of some shapes and
 * dtypes, `fn` is traced (called once with symbolic tensors); from then on the recorded program runs instead, off the
 * main thread.
 *
 * - Arguments and the result are tensors, or arrays and records of them, nested at will. The result is the caller's to
 *   dispose.
 * - Variables that `fn` reads are read anew in every call, or are constants with `freeze`; those that it assigns (an
 *   optimizer's, batch normalisation's statistics) are assigned after a call that succeeded. A call that fails changes
 *   none.
 * - Other tensors from outside are constants, held by reference.
 * - Calls run one after the other, in the order in which they were made, over all compiled functions; change no
 *   variable that a running call assigns.
 * - `tf.dropout` and `tf.random…` draw anew in every call, from `seed` and the number of the call.
 * - Everything else that `fn` does in JavaScript happens while tracing only: a loop is unrolled, an `if` is decided
 *   once, a number that changes from call to call must be passed in as a tensor.
 * - In a notebook, an interrupt rejects the calls that have not started, unless `interruptible` is false.
 * - Without TensorFlow's library, and with `debug`, `fn` itself is called.
 *
 * @param fn must be synchronous; may not read values, make variables, or dispose what it did not make
 * @returns the function to call in place of `fn`; it gives a promise
 * @throws TypeError when fn is no function, RangeError for a bad option; the promise rejects with TypeError for bad
 *   arguments and for what cannot be traced, and with TensorFlowError when a call fails in TensorFlow
 */
export function compile<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): CompiledFunction<Arguments, Result> {
  checkValue("compile", "fn", fn, aFunction);
  checkOptions("compile", options, KINDS);
  const {
    name = fn.name || "anonymous",
    xla = false,
    freeze = false,
    debug = false,
    maxPrograms = 8,
    firstCall = 0,
    interruptible = true,
  } = options;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  if (xla && options.mixedPrecision)
    throw new RangeError(
      "compile: mixedPrecision must be left out with xla, which takes the graph as it is, got xla=true",
    );
  const mixed = options.mixedPrecision && !debug ? mixedPrecisionConfig(currentBinding()?.context) : undefined;
  const config = mixed ?? (freeze && !xla ? FOLDED : undefined);
  const made = { name, xla, config, isMixed: mixed !== undefined, freeze };
  const programs = new Map<string, Program>();
  let calls = firstCall;
  let [traces, renewals] = [0, 0];
  let disposed = false;

  const programFor = (binding: EagerBinding, args: ReturnType<typeof flatten>): Program => {
    const key = keyOf(args);
    const known = programs.get(key);
    programs.delete(key);
    if (known?.isCurrent) {
      programs.set(key, known); // the last in order is the last used
      return known;
    }
    known?.dispose();
    const program = new Program(fn as (...args: never[]) => unknown, args, binding, made);
    programs.set(key, program);
    traces++;
    if (known) warnOfTraces(name, ++renewals, true);
    else warnOfTraces(name, traces - renewals, false);
    if (programs.size > maxPrograms) {
      const [oldest, old] = programs.entries().next().value!;
      programs.delete(oldest);
      old.dispose();
    }
    return program;
  };

  const call = (...args: Arguments): Promise<Result> => {
    let held: tf.Tensor[];
    let flat: ReturnType<typeof flatten>;
    try {
      if (disposed) throw new TypeError(`compile: ${name}: the compiled function was disposed`);
      flat = flatten(`compile: ${name}: arguments`, args);
      held = flat.tensors.map((tensor) => tf.keep(tensor.clone())); // the caller may dispose its own meanwhile
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return inTurn(async () => {
      try {
        if (interruptible) cellSignal()?.throwIfAborted();
        if (disposed) throw new TypeError(`compile: ${name}: the compiled function was disposed`);
        const key = [mix(0, seed), calls++] as const;
        const binding = currentBinding();
        const given = { ...flat, tensors: held };
        if (debug || !binding) return runEagerly(fn, flat.rebuild(held) as Arguments, key, binding);
        return (await programFor(binding, given).run(held, key)) as Result;
      } finally {
        tf.dispose(held);
      }
    });
  };

  freeWhenCollected.register(call, programs);
  definitions.set(call, { fn: fn as (...args: never[]) => unknown, seed, ...made });
  return Object.defineProperty(
    Object.assign(call, {
      dispose() {
        disposed = true;
        freeInTurn(programs);
      },
    }),
    "traces",
    { get: () => traces },
  ) as CompiledFunction<Arguments, Result>;
}

/**
 * Equal for arguments that the same program takes: form, shapes, dtypes, and TensorFlow's own dtypes (an image's uint8
 * is tfjs' int32).
 */
function keyOf({ signature, tensors }: ReturnType<typeof flatten>): string {
  const { tensorMap } = tf.backend() as unknown as { tensorMap: { get(dataId: object): { dtype: number } } };
  return `${signature}|${tensors.map(({ dataId }) => tensorMap.get(dataId).dtype).join()}`;
}

function runEagerly<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  args: Arguments,
  key: readonly [number, number],
  binding: EagerBinding | undefined,
): Result {
  return tf.tidy(() => {
    const stream = binding ? tensorFlowStream(tf.tensor1d([...key], "int32")) : javaScriptStream(key);
    return withStream(stream, () => fn(...args) as unknown as tf.TensorContainer);
  }) as unknown as Result;
}

function freeAll(programs: Map<string, Program>): void {
  for (const program of programs.values()) program.dispose();
  programs.clear();
}

/** One of them may be running. */
function freeInTurn(programs: Map<string, Program>): void {
  void inTurn(async () => freeAll(programs));
}

/** Frees the programs of compiled functions that nobody holds any more. */
const freeWhenCollected = new FinalizationRegistry(freeInTurn);
