import * as tf from "@tensorflow/tfjs";
import { withLayerScopes } from "./compile/layer-scopes.js";
import { currentScope } from "./compile/scopes.js";
import { undone } from "./terminated.js";

/** Where a kernel's input comes from: the recording's values, of which 0 is the input, or its constants, by number. */
export type Source = { readonly value: number } | { readonly constant: number };

/** A kernel of tfjs' that was called. */
interface RecordedStep {
  /** "Conv2D", "_FusedMatMul", as tfjs names it; or one of our ops'. */
  readonly kernel: string;
  /** The layer at work, "block1/attention", or "". */
  readonly layer: string;
  /** By name, those of a list by their places; what was left out is not among them. */
  readonly inputs: ReadonlyMap<string, Source>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outputs: readonly { readonly shape: readonly number[]; readonly dtype: tf.DataType }[];
}

/** A tensor that does not depend on the input: a weight, or what was computed from weights and numbers alone. */
interface RecordedConstant {
  /** The recording's own; its caller disposes of it. */
  readonly tensor: tf.Tensor;
  /** The variable that it is; undefined for another tensor. */
  readonly variable: tf.Variable | undefined;
  /** The layer that used it first. */
  readonly layer: string;
}

/** What a function of one tensor computes, kernel by kernel. */
export interface Recording {
  /** In order; each one's outputs are the next values. */
  readonly steps: readonly RecordedStep[];
  readonly constants: readonly RecordedConstant[];
  readonly outputs: readonly Source[];
}

/** A call of a kernel; that of a function with a gradient of its own has no kernel's name. */
interface KernelCall {
  readonly kernelName?: string;
  readonly inputs: Readonly<Record<string, tf.Tensor | null | undefined>>;
  readonly attrs?: Readonly<Record<string, unknown>>;
}

interface Engine {
  runKernelFunc(call: KernelCall): tf.Tensor | tf.Tensor[];
}

/** Kernels whose result is the same whatever their input holds. */
const CONSTANT = ["ZerosLike", "OnesLike"];

/**
 * Runs `fn` once and records the kernels that its result takes from `input`: what is computed of weights and numbers
 * alone is a constant. Every layer can be recorded so, a user's own too, since all that computes is a kernel of tfjs'.
 *
 * @param fn reads no values; what it makes is disposed of
 */
export function recordKernels(input: tf.Tensor, fn: (input: tf.Tensor) => tf.Tensor | tf.Tensor[]): Recording {
  const recorder = new Recorder(input);
  const engine = tf.engine() as unknown as Engine;
  const run = engine.runKernelFunc.bind(engine);
  let within = false;
  engine.runKernelFunc = (call) => {
    if (within || call.kernelName === undefined) return run(call);
    within = true;
    try {
      const outputs = run(call);
      recorder.add(call.kernelName, call, [outputs].flat());
      return outputs;
    } finally {
      within = false;
    }
  };
  const undo = (): void => {
    delete (engine as Partial<Engine>).runKernelFunc; // its class has it
  };
  try {
    tf.tidy(() => {
      const outputs = undone(undo, () => withLayerScopes(() => [fn(input)].flat()));
      recorder.outputs = outputs.map((tensor) => recorder.sourceOf(tensor));
    });
    return recorder;
  } catch (error) {
    tf.dispose(recorder.constants.map(({ tensor }) => tensor));
    throw error;
  }
}

class Recorder implements Recording {
  readonly steps: RecordedStep[] = [];
  readonly constants: RecordedConstant[] = [];
  outputs: readonly Source[] = [];
  readonly #sources = new Map<number, Source>();
  #values = 1;

  constructor(input: tf.Tensor) {
    this.#sources.set(input.id, { value: 0 });
  }

  add(kernel: string, { inputs, attrs = {} }: KernelCall, outputs: readonly tf.Tensor[]): void {
    const given = Object.entries(inputs).filter((entry): entry is [string, tf.Tensor] => entry[1] != null);
    const isKnown = given.some(([, tensor]) => "value" in (this.#sources.get(tensor.id) ?? {}));
    if (!isKnown || CONSTANT.includes(kernel)) return;
    this.steps.push({
      kernel,
      layer: layerAtWork(),
      inputs: new Map(given.map(([name, tensor]) => [name, this.sourceOf(tensor)])),
      attributes: { ...attrs },
      outputs: outputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype })),
    });
    for (const { id } of outputs) this.#sources.set(id, { value: this.#values++ });
  }

  sourceOf(tensor: tf.Tensor): Source {
    const known = this.#sources.get(tensor.id);
    if (known) return known;
    const source = { constant: this.constants.length };
    const variable = tensor instanceof tf.Variable ? tensor : undefined;
    this.constants.push({ tensor: tf.keep(tensor.clone()), variable, layer: layerAtWork() });
    this.#sources.set(tensor.id, source);
    return source;
  }
}

function layerAtWork(): string {
  return currentScope().replace(/^forward\//, "");
}
