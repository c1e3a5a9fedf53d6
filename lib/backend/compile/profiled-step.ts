import * as tf from "@tensorflow/tfjs";
import { typed } from "../../files/own-folder.js";
import type { Pointer } from "../c-api.js";
import { DType, type TensorValues } from "../tensorflow-dtypes.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import { makeTensor, readTensor } from "../tensors.js";
import { type BackendInternals, upload } from "./backend-internals.js";
import { definitionOf } from "./compile.js";
import { GraphSession, type Noted } from "./graph-session.js";
import { withLayerScopes } from "./layer-scopes.js";
import { mix } from "./random-ops.js";
import { flatten } from "./structure.js";
import { type FinishedGraph, type Source, trace } from "./trace.js";

/** What the main thread did for a while; times as `performance.now()` gives them, in ms. */
export interface StepSpan {
  /** JavaScript, copying tensors in or out, or TensorFlow's run. */
  readonly kind: "javascript" | "copy" | "run";
  /** When it began, ms. */
  readonly startMs: number;
  /** When it ended, ms. */
  readonly endMs: number;
}

/** One run of a {@link ProfiledStep}. */
export interface ProfiledRun {
  /** In order, without overlap. */
  readonly spans: readonly StepSpan[];
  /** The values of the step's results, in order. */
  readonly results: readonly TensorValues[];
  /** A serialized tensorflow.RunMetadata with what was to be noted; empty where nothing was. */
  readonly metadata: Uint8Array;
}

/**
 * A compiled function's graph in a TensorFlow session of its own, which can tell what each op took. It runs on copies
 * of the variables: nothing that it does is seen outside. Its operations are named after the layers they come from.
 */
export class ProfiledStep {
  readonly #backend = tf.backend() as unknown as BackendInternals;
  readonly #eager: EagerBinding;
  readonly #session: GraphSession;
  readonly #results: number;
  readonly #seed: number;
  /** One TF_Tensor for each source that is no resource. */
  readonly #captured: Pointer[] = [];
  #calls = 0;

  /**
   * Traces the function anew.
   *
   * @param step made by `compile`
   * @param args of the form that it will be run with
   * @throws TypeError where `step` is no compiled function, is compiled with XLA, or TensorFlow's library is not here
   */
  constructor(step: unknown, args: readonly unknown[]) {
    const definition = definitionOf(step);
    if (!definition)
      throw new TypeError(
        `profile: step must be a function made by compile, got ${step === null ? "null" : typeof step}`,
      );
    if (definition.xla)
      throw new TypeError(
        "profile: step must be compiled without xla: XLA makes one op of all of it, and TensorFlow's " +
          "timeline knows ops",
      );
    const eager = currentBinding();
    if (!eager)
      throw new TypeError(
        `profile: needs TensorFlow's library, and ${tf.getBackend()} is running; ${typed("setup")} fetches it`,
      );
    this.#eager = eager;
    this.#seed = definition.seed;
    const { name, fn, config, isMixed, freeze } = definition;
    let finished: FinishedGraph | undefined;
    const take = (graph: FinishedGraph) => void (finished = graph);
    const traced = withLayerScopes(() =>
      trace(fn, flatten(`profile: ${name}: arguments`, args), eager, {
        name,
        functionName: name,
        xla: false,
        isMixed,
        freeze,
        take,
      }),
    );
    this.#results = traced.results.tensors.length;
    this.#session = new GraphSession(eager.context, finished!, config);
    this.#capture(traced.sources);
  }

  /**
   * Runs the step once, off the main thread.
   *
   * @param args of the form that the step was traced with
   * @param noted what TensorFlow writes down: "trace", what each op takes, which costs time of its own; "graphs", the
   *   graph as its rewriting left it
   * @throws TensorFlowError when the run fails in TensorFlow
   */
  async run(args: readonly unknown[], noted: Noted): Promise<ProfiledRun> {
    const { c } = this.#eager.context;
    const spans: StepSpan[] = [];
    let last = performance.now();
    const end = (kind: StepSpan["kind"]) => {
      const now = performance.now();
      spans.push({ kind, startMs: last, endMs: now });
      last = now;
    };
    const { tensors } = flatten("profile: arguments", args);
    const data = tensors.map(({ dataId }) => this.#backend.tensorMap.get(dataId));
    end("javascript");
    for (const one of data) upload(this.#eager, one);
    end("copy");
    const key = makeTensor(c, [2], DType.INT32, Int32Array.of(mix(0, this.#seed), this.#calls++));
    const given = data.map(({ id }) => this.#resolve(id));
    end("javascript");
    let outputs: readonly Pointer[] = [];
    try {
      const run = await this.#session.run([...given, key, ...this.#captured], noted);
      outputs = run.outputs;
      end("run");
      const results = outputs.slice(0, this.#results).map((output) => readTensor(c, output));
      end("copy");
      return { spans, results, metadata: run.metadata };
    } finally {
      for (const tensor of [...given, key, ...outputs]) c.TF_DeleteTensor(tensor);
    }
  }

  /** Frees session, graph and the copies of the variables. */
  dispose(): void {
    for (const tensor of this.#captured) this.#eager.context.c.TF_DeleteTensor(tensor);
    this.#session.delete();
  }

  /** Takes the values of what the function uses from outside; those of resources go to the graph's own variables. */
  #capture(sources: readonly Source[]): void {
    let variables = 0;
    for (const source of sources) {
      const data = this.#backend.tensorMap.get("variable" in source ? source.variable.dataId : source.dataId);
      upload(this.#eager, data);
      const value = this.#resolve(data.id);
      if (!("isResource" in source) || !source.isResource) {
        this.#captured.push(value);
        continue;
      }
      this.#session.assign(variables++, this.#eager.dtypeOf(data.id), data.shape, value);
      this.#eager.context.c.TF_DeleteTensor(value);
      this.#eager.variable("profile", data.id).forget(); // a read value that is held makes the next update copy
    }
  }

  #resolve(id: number): Pointer {
    const { c, status } = this.#eager.context;
    const tensor: Pointer = c.TFE_TensorHandleResolve(this.#eager.handle("profile", id), status.pointer);
    status.check("profile");
    return tensor;
  }
}
