import { dtypeName, shapeOf, type GraphNode, type OpAttribute, type TensorSpec } from "./graph-nodes.js";
import { integer, messages, readMessage, string, type Message } from "../../protobuf.js";

/** One op that TensorFlow ran. */
export interface ProfiledOp {
  /** The operation's name in the graph, as TensorFlow rewrote it. */
  readonly name: string;
  /**
   * The kind of op, such as "Conv2D"; "_MklNativeConv2DWithBias" where oneDNN computes it, with the bias that follows.
   */
  readonly op: string;
  /** The layer that it came from; "" for what belongs to none: the loss, the optimizer, the clipping. */
  readonly layer: string;
  /** Of which pass it is; "" for what belongs to none. */
  readonly pass: "forward" | "gradient" | "";
  /** TensorFlow's name of the device. */
  readonly device: string;
  /**
   * Its row in a drawing, 0 or more: ops of one device and row do not overlap. TensorFlow keeps no thread's number for
   * CPU ops.
   */
  readonly row: number;
  /** From the start of the step. */
  readonly startUs: number;
  /** How long it took. */
  readonly durationUs: number;
  /** Size of its outputs. */
  readonly bytes: number;
  /** What it takes, in order; a variable as its numbers. null for what TensorFlow does not tell. */
  readonly inputs: readonly (TensorSpec | null)[];
  /** What it makes, in order; null for what TensorFlow does not tell. */
  readonly outputs: readonly (TensorSpec | null)[];
  /** Its settings that say what it costs: window sizes, strides, transposed matrices. */
  readonly attributes: Readonly<Record<string, OpAttribute>>;
}

/**
 * The timeline in a serialized tensorflow.RunMetadata, by start.
 *
 * @param originNs what its times are counted from, in nanoseconds since 1970
 * @param nodes the ops of the graph that ran, which say what goes from one to another
 * Source: tensorflow/core/framework/step_stats.proto of TensorFlow 2.21.
 *
 * @throws SyntaxError for other bytes
 */
export function readStepStats(
  metadata: Uint8Array,
  originNs: bigint,
  nodes: ReadonlyMap<string, GraphNode> = new Map(),
): ProfiledOp[] {
  const ops = messages(readMessage(metadata), 1)
    .flatMap((stats) => messages(stats, 1))
    .flatMap((device) => messages(device, 2).map((node) => readNode(node, string(device, 1), originNs)));
  const made = new Map(ops.map(({ name, outputs }) => [name, outputs]));
  const specOf = (input: string): TensorSpec | null => {
    const colon = input.lastIndexOf(":");
    const name = input.slice(0, colon);
    return nodes.get(name)?.variable ?? made.get(name)?.[Number(input.slice(colon + 1))] ?? null;
  };
  const known = ops.map((op): Omit<ProfiledOp, "row"> => {
    const node = nodes.get(op.name);
    return { ...op, inputs: node?.inputs.map(specOf) ?? [], attributes: node?.attributes ?? {} };
  });
  return inRows(known.sort((a, b) => a.startUs - b.startUs));
}

/** Gives each op the first row of its device that is free when it starts. */
function inRows(ops: readonly Omit<ProfiledOp, "row">[]): ProfiledOp[] {
  const ends = new Map<string, number[]>();
  return ops.map((op) => {
    const rows = ends.get(op.device) ?? [];
    ends.set(op.device, rows);
    const free = rows.findIndex((end) => end <= op.startUs);
    const row = free < 0 ? rows.length : free;
    rows[row] = op.startUs + op.durationUs;
    return { ...op, row };
  });
}

function readNode(node: Message, device: string, originNs: bigint): Omit<ProfiledOp, "row" | "inputs" | "attributes"> {
  const name = string(node, 1);
  const start = Number(((node.get(13)?.at(-1) as bigint | undefined) ?? 0n) - originNs) / 1000;
  const [opStart, opEnd] = [integer(node, 14) / 1000, integer(node, 15) / 1000];
  const slots = messages(node, 7).map((output) => [integer(output, 1), messages(output, 3)[0]] as const);
  const allocations = slots.flatMap(([, tensor]) => (tensor ? messages(tensor, 4) : []));
  const outputs: (TensorSpec | null)[] = [];
  for (const [slot, tensor] of slots) {
    while (outputs.length <= slot) outputs.push(null);
    if (tensor) outputs[slot] = { dtype: dtypeName(integer(tensor, 1)), shape: shapeOf(messages(tensor, 2)[0]) };
  }
  return {
    name,
    op: /= (\w+)\(/.exec(string(node, 8))?.[1] ?? name.slice(name.lastIndexOf("/") + 1).replace(/_\d+$/, ""),
    ...originOf(name),
    device,
    startUs: start + opStart,
    durationUs: Math.max(0, opEnd - opStart),
    bytes: allocations.reduce((sum, allocation) => sum + integer(allocation, 1), 0),
    outputs,
  };
}

/** TensorFlow puts names of its own before an operation's and after it. */
function originOf(name: string): Pick<ProfiledOp, "layer" | "pass"> {
  const found = /(?:^|\/)(forward|gradient)\/(.+)\/[A-Za-z0-9_]+_\d+(?:$|[/:-])/.exec(name);
  return { layer: found?.[2] ?? "", pass: (found?.[1] ?? "") as ProfiledOp["pass"] };
}
