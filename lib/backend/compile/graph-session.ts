import { AttributeType } from "../attributes.js";
import type { GraphOutput, Pointer } from "../c-api.js";
import type { Context } from "../context.js";
import { Status } from "../status.js";
import type { FinishedGraph } from "./trace.js";

/** A serialized tensorflow.RunOptions: trace_level (field 1) = FULL_TRACE (3). */
const FULL_TRACE = Uint8Array.of(0x08, 0x03);
/** The same: output_partition_graphs (field 5) = true. */
const GRAPHS = Uint8Array.of(0x28, 0x01);

/** What TensorFlow is to write down of a run: what each op took, or the graphs as its rewriting left them. */
export type Noted = "trace" | "graphs" | "nothing";

/**
 * A serialized tensorflow.ConfigProto: graph_options (field 10) { rewrite_options (10) { disable_meta_optimizer (19):
 * true } }. A function that is called is not rewritten unless its config says how; a session's graph would be.
 */
const AS_CALLED = Uint8Array.of(0x52, 0x05, 0x52, 0x03, 0x98, 0x01, 0x01);

/** A graph in a session of its own, with variables of its own, run as a function that is called. It owns the graph. */
export class GraphSession {
  readonly #context: Context;
  readonly #finished: FinishedGraph;
  readonly #session: Pointer;
  readonly #status: Status;
  // oxlint-disable-next-line no-unused-private-class-members -- what a native call reads must not be collected
  #held: unknown;

  /** @param config a serialized tensorflow.ConfigProto, as the function is called with it */
  constructor(context: Context, finished: FinishedGraph, config: Uint8Array = AS_CALLED) {
    const { c } = context;
    this.#context = context;
    this.#finished = finished;
    this.#status = new Status(c);
    const options: Pointer = c.TF_NewSessionOptions();
    c.TF_SetConfig(options, config, config.byteLength, this.#status.pointer);
    this.#session = c.TF_NewSession(finished.graph.pointer, options, this.#status.pointer);
    c.TF_DeleteSessionOptions(options);
    this.#status.check("profile");
  }

  /** Gives the graph's variable number `index` a value, a TF_Tensor that stays the caller's. */
  assign(index: number, dtype: number, shape: readonly number[], value: Pointer): void {
    const { graph, variables } = this.#finished;
    const input = graph.placeholder(dtype, shape);
    const assign = graph.addOperation(
      "AssignVariableOp",
      [{ name: "dtype", type: AttributeType.TYPE, value: dtype }],
      [variables[index]!, input],
    );
    const { pointer } = this.#status;
    this.#context.c.TF_SessionRun(
      this.#session,
      null,
      [input],
      BigUint64Array.of(value),
      1,
      [],
      null,
      0,
      BigUint64Array.of(assign),
      1,
      null,
      pointer,
    );
    this.#status.check("profile");
  }

  /**
   * Runs the graph off the main thread.
   *
   * @param feeds TF_Tensors, one for each input of the graph
   * @returns outputs, TF_Tensors that are the caller's to delete; a serialized tensorflow.RunMetadata, empty where
   *   nothing is noted
   */
  async run(feeds: readonly Pointer[], noted: Noted): Promise<{ outputs: Pointer[]; metadata: Uint8Array }> {
    const { c } = this.#context;
    const { inputs, outputs, effects } = this.#finished;
    const fed: readonly GraphOutput[] = inputs;
    const fetched = new BigUint64Array(Math.max(1, outputs.length));
    // Held until the run is over: the call keeps addresses, not objects.
    const held = [BigUint64Array.from(feeds), BigUint64Array.from(effects)] as const;
    this.#held = held;
    const asked = { trace: FULL_TRACE, graphs: GRAPHS, nothing: undefined }[noted];
    const options: Pointer = asked ? c.TF_NewBufferFromString(asked, asked.byteLength) : 0n;
    const metadata: Pointer = asked ? c.TF_NewBuffer() : 0n;
    try {
      await new Promise<void>((resolve, reject) => {
        c.TF_SessionRun.async(
          this.#session,
          options || null,
          fed,
          held[0],
          fed.length,
          outputs,
          fetched,
          outputs.length,
          held[1],
          effects.length,
          metadata || null,
          this.#status.pointer,
          (error: unknown) => (error ? reject(error as Error) : resolve()),
        );
      });
      this.#status.check("profile");
      return {
        outputs: Array.from(fetched.subarray(0, outputs.length)),
        metadata: asked ? c.readBuffer(metadata) : new Uint8Array(0),
      };
    } finally {
      this.#held = undefined;
      if (options) c.TF_DeleteBuffer(options);
      if (metadata) c.TF_DeleteBuffer(metadata);
    }
  }

  /** Frees session and graph. */
  delete(): void {
    const { c } = this.#context;
    c.TF_CloseSession(this.#session, this.#status.pointer);
    this.#status.clear();
    c.TF_DeleteSession(this.#session, this.#status.pointer);
    this.#status.delete();
    this.#finished.graph.delete();
  }
}
