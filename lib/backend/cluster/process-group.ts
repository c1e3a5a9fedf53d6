import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import { AttributeType, type OpAttribute, setAttribute } from "../attributes.js";
import type { Pointer } from "../c-api.js";
import { type BackendInternals, idOf } from "../compile/backend-internals.js";
import { callOf, runOffThread } from "../compile/call.js";
import { inTurn } from "../compile/turns.js";
import { CONFIG, relistDevices } from "../context.js";
import type { EagerBinding } from "../eager.js";
import { makeHandle } from "../handles.js";
import { withoutStderr } from "../library.js";
import { ownVersion } from "../../files/own-folder.js";
import { currentBinding } from "../register.js";
import { DType } from "../tensorflow-dtypes.js";
import type { InputValues } from "../tensors.js";
import { type GroupConfig, Peers } from "./peers.js";
import { serverDef } from "./server-def.js";
import { nameOf } from "./tf-config.js";

/** All processes are one group. */
export const GROUP_KEY = 1;
/** In so many seconds processes that are all there do their first operation. */
const MEETING_SECONDS = 60;

/**
 * The processes of a cluster, joined by TensorFlow's collective ops (gRPC). All of them do the same operations in the
 * same order; what is sent has been checked to be of one shape everywhere. Each runs off the main thread, in turn with
 * compiled functions.
 */
export class ProcessGroup {
  readonly config: GroupConfig;
  readonly peers: Peers;
  readonly #binding: EagerBinding;
  /** TensorFlow knows an operation by a number, which may be used again for the same shape. */
  readonly #keys = new Map<string, number>();
  /** How long an operation waits for the other processes. */
  #timeoutSeconds: number;

  private constructor(binding: EagerBinding, config: GroupConfig) {
    this.#binding = binding;
    this.config = config;
    this.peers = new Peers(binding.context, config);
    this.#timeoutSeconds = Math.min(config.timeoutSeconds, MEETING_SECONDS);
  }

  /**
   * Starts TensorFlow's server of this process, and waits for the others.
   *
   * @throws Error without TensorFlow's library, where the server cannot start, and where another process does not come
   * @throws the reason of `stop`, or of a cell that is interrupted
   */
  static async join(config: GroupConfig, stop?: AbortSignal): Promise<ProcessGroup> {
    const binding = currentBinding();
    const own = config.tasks[config.rank]!;
    if (!binding) throw new Error(`cluster: TensorFlow's library must be here, got ${tf.getBackend()}`);
    const { c, pointer, status } = binding.context;
    const definition = serverDef(config, CONFIG);
    binding.takeVariables();
    withoutStderr(() => c.TFE_EnableCollectiveOps(pointer, definition, definition.byteLength, status.pointer));
    try {
      status.check("TensorFlow");
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`cluster: the port of ${nameOf(own)}, this process, must be free to listen on, got: ${message}`, {
        cause: error,
      });
    }
    relistDevices(binding.context);
    const group = new ProcessGroup(binding, config);
    await group.peers.wait(stop);
    await group.#meet();
    return group;
  }

  /** The first operation of all: where the processes do not find each other, though all are there. */
  async #meet(): Promise<void> {
    try {
      await this.agree(
        "cluster",
        "the versions",
        `saccade ${ownVersion()}, TensorFlow ${this.#binding.context.version}`,
      );
    } catch (error) {
      const { message } = error as Error;
      const [, own, others] = /with size ?(\d+), but that group has size (\d+)/.exec(message) ?? [];
      if (own === undefined && !message.includes("same step")) throw error;
      const got = own === undefined ? "others, or another order" : [own, others].sort().join(" and ");
      throw new Error(`cluster: TF_CONFIG must name the same processes in each of them, got ${got}`, { cause: error });
    }
    this.#timeoutSeconds = this.config.timeoutSeconds;
  }

  get size(): number {
    return this.config.tasks.length;
  }

  /** TensorFlow's number of a tensor's dtype. @throws TypeError for one that is not sent */
  typeOf(what: string, { dataId, dtype }: tf.Tensor): number {
    const type = this.#binding.dtypeOf(this.#idOf(dataId));
    if (type === DType.FLOAT || type === DType.INT32) return type;
    const name = type === DType.UINT8 ? "uint8 (bytes of an image)" : dtype;
    throw new TypeError(`${what}: tensors must be float32 or int32, got ${name}`);
  }

  /** A number for a collective op that a compiled function holds; the same in all processes. */
  keyFor(name: string): number {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    this.#keys.set(name, this.#keys.size + 1);
    return this.#keys.size;
  }

  /** The sum or mean over all processes of a tensor [n], float32 or int32, with n above 0; a new tensor. */
  async reduce(what: string, x: tf.Tensor, final: "Id" | "Div"): Promise<tf.Tensor> {
    const type = this.typeOf(what, x);
    const key = this.keyFor(`reduce ${type} ${x.size}`);
    const attributes = this.reduceAttributes(type, final);
    return this.#tensorOf(await this.#collect(what, { op: "CollectiveReduceV2", attributes, key, tensors: [x] }));
  }

  /** The tensor [n], n above 0, that the first process has; a new tensor. */
  async broadcast(what: string, x: tf.Tensor): Promise<tf.Tensor> {
    const type = this.typeOf(what, x);
    const key = this.keyFor(`broadcast ${type} ${x.size}`);
    const attributes = this.#attributes(type);
    if (this.config.rank === 0)
      return this.#tensorOf(await this.#collect(what, { op: "CollectiveBcastSendV2", attributes, key, tensors: [x] }));
    const shape = { dtype: DType.INT32, shape: [1], values: Int32Array.of(x.size) };
    const shapeType = { name: "Tshape", type: AttributeType.TYPE, value: DType.INT32 };
    const receive = { op: "CollectiveBcastRecvV2", attributes: [...attributes, shapeType], key, after: [shape] };
    return this.#tensorOf(await this.#collect(what, receive));
  }

  /**
   * Holds that all processes give the same text; that they ask for the same operation on tensors of the same shapes.
   *
   * @throws Error in all of them, where they do not
   */
  async agree(what: string, rule: string, text: string): Promise<void> {
    const digest = createHash("sha256").update(text).digest();
    const hashes = await this.#gather(what, [digest.readUIntBE(0, 6), Buffer.byteLength(text)]);
    if (hashes.every((hash) => hash.join() === hashes[0]!.join())) return;
    const texts = await this.#texts(what, text, Math.max(...hashes.map(([, length]) => length!)));
    const other = texts.findIndex((one) => one !== texts[0]);
    const got = [0, other].map((rank) => `${texts[rank]} at ${nameOf(this.config.tasks[rank]!)}`).join(", ");
    throw new Error(`${what}: ${rule} must be the same in all processes, got ${got}`);
  }

  /** Each process' numbers, as many everywhere, by rank. */
  async #gather(what: string, own: readonly number[]): Promise<number[][]> {
    const all = new Float64Array(this.size * own.length);
    all.set(own, this.config.rank * own.length);
    const summed = await this.sum(what, all);
    return Array.from({ length: this.size }, (_, rank) => [
      ...summed.subarray(rank * own.length, (rank + 1) * own.length),
    ]);
  }

  /** Each process' text, by rank. @param most bytes that one has */
  async #texts(what: string, own: string, most: number): Promise<string[]> {
    const bytes = [...Buffer.from(own)];
    const rows = await this.#gather(what, [...bytes, ...Array.from({ length: most - bytes.length }, () => 0)]);
    return rows.map((row) => Buffer.from(row).toString("utf8").replace(/\0+$/, ""));
  }

  /** Sums of numbers over all processes, added up in float64. */
  async sum(what: string, values: Float64Array): Promise<Float64Array> {
    const key = this.keyFor(`reduce ${DType.DOUBLE} ${values.length}`);
    const given = { dtype: DType.DOUBLE, shape: [values.length], values };
    const attributes = this.reduceAttributes(DType.DOUBLE, "Id");
    const output = await this.#collect(what, { op: "CollectiveReduceV2", attributes, key, before: [given] });
    const id = this.#binding.adopt(output);
    try {
      return this.#binding.tensorDataSync(id) as Float64Array;
    } finally {
      this.#binding.deleteTensor(id);
    }
  }

  /** Of CollectiveReduceV2. @param final what is done with the sum: "Div" divides it by the number of processes */
  reduceAttributes(type: number, final: "Id" | "Div"): OpAttribute[] {
    return [
      ...this.#attributes(type),
      { name: "Nordering_token", type: AttributeType.INT, value: 0 },
      { name: "merge_op", type: AttributeType.STRING, value: "Add" },
      { name: "final_op", type: AttributeType.STRING, value: final },
    ];
  }

  /** Of every collective op. */
  #attributes(type: number): OpAttribute[] {
    return [
      { name: "T", type: AttributeType.TYPE, value: type },
      { name: "timeout_seconds", type: AttributeType.FLOAT, value: this.#timeoutSeconds },
    ];
  }

  /** Runs one collective op. */
  #collect(what: string, { op, attributes, key, tensors = [], before = [], after = [] }: Collective): Promise<Pointer> {
    return inTurn(() => {
      const { context } = this.#binding;
      const scalars = [this.size, GROUP_KEY, key].map((value) => ({
        dtype: DType.INT32,
        shape: [],
        values: Int32Array.of(value),
      }));
      const made = [...before, ...scalars, ...after].map(({ shape, dtype, values }) =>
        makeHandle(context, shape, dtype, values),
      );
      const own = tensors.map(({ dataId }) => this.#binding.handle(what, this.#idOf(dataId)));
      const call = callOf(what, context, op, [...own, ...made]);
      for (const handle of made) context.c.TFE_DeleteTensorHandle(handle); // the op holds on to them
      for (const attribute of attributes) setAttribute(context.c, call, attribute, context.status);
      return this.peers.watch(runOffThread(op, context, call, 1)).then(([output]) => output!);
    });
  }

  #idOf(dataId: object): number {
    return idOf(this.#binding, tf.backend() as unknown as BackendInternals, dataId);
  }

  #tensorOf(handle: Pointer): tf.Tensor {
    return (tf.backend() as unknown as BackendInternals).createOutputTensor(this.#binding.describe(handle));
  }
}

/** A collective op, and what it takes: tensors or values, then the group's size and keys, then more values. */
interface Collective {
  readonly op: string;
  readonly attributes: readonly OpAttribute[];
  readonly key: number;
  readonly tensors?: readonly tf.Tensor[];
  readonly before?: readonly Values[];
  readonly after?: readonly Values[];
}

interface Values {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: InputValues;
}
