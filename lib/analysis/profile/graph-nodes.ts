import { messages, packed, readMessage, string, integer, type Message } from "../../protobuf.js";

/** A tensor that an op takes or makes. */
export interface TensorSpec {
  /** TensorFlow's name of its numbers: "float32", "bfloat16", "int32". */
  readonly dtype: string;
  /** Its sizes, the batch among them. */
  readonly shape: readonly number[];
}

/** A setting of an op: window sizes, strides, whether a matrix is taken transposed. */
export type OpAttribute = number | boolean | string | readonly number[] | readonly string[];

/** An op of the graph that ran, as TensorFlow's rewriting left it. */
export interface GraphNode {
  /** Where its inputs come from, each "NAME:SLOT"; those that it only waits for are left out. */
  readonly inputs: readonly string[];
  /** Those that say what it costs. */
  readonly attributes: Readonly<Record<string, OpAttribute>>;
  /** Of a variable's handle: the variable's numbers. */
  readonly variable?: TensorSpec;
}

/** The attributes on which an op's cost depends. */
const KEPT = new Set([
  ...["ksize", "strides", "padding", "data_format", "fused_ops", "is_training", "depth_radius", "axis"],
  ...["transpose_a", "transpose_b", "adj_x", "adj_y", "f", "op_names"],
]);

/** Source: tensorflow/core/framework/types.proto; the usual ones. */
const DTYPES: Readonly<Record<number, string>> = {
  1: "float32",
  2: "float64",
  3: "int32",
  4: "uint8",
  5: "int16",
  6: "int8",
  7: "string",
  8: "complex64",
  9: "int64",
  10: "bool",
  14: "bfloat16",
  17: "uint16",
  19: "float16",
  20: "resource",
  21: "variant",
  22: "uint32",
  23: "uint64",
};

/** TensorFlow's name of a data type. */
export function dtypeName(number: number): string {
  return DTYPES[number] ?? `dtype ${number}`;
}

/** The sizes in a TensorShapeProto. */
export function shapeOf(proto: Message | undefined): number[] {
  return proto === undefined ? [] : messages(proto, 2).map((size) => integer(size, 1));
}

/**
 * The ops of the graphs in a serialized tensorflow.RunMetadata, by name; none where it holds no graph.
 * Source: tensorflow/core/protobuf/config.proto, core/framework/{graph,node_def,attr_value}.proto of TensorFlow 2.21.
 *
 * @throws SyntaxError for other bytes
 */
export function readGraphNodes(metadata: Uint8Array): Map<string, GraphNode> {
  const nodes = messages(readMessage(metadata), 3).flatMap((graph) => messages(graph, 1));
  return new Map(nodes.map((node) => [string(node, 1), nodeOf(node)]));
}

function nodeOf(node: Message): GraphNode {
  const values = messages(node, 5).map((entry) => [string(entry, 1), messages(entry, 2)[0]!] as const);
  const inputs = (node.get(3) ?? []).map((name) => Buffer.from(name as Uint8Array).toString("utf8"));
  const found = values.filter(([name]) => KEPT.has(name)).map(([name, value]) => [name, attributeOf(value)] as const);
  const handle = string(node, 2) === "VarHandleOp" ? Object.fromEntries(values) : undefined;
  return {
    inputs: inputs.filter((name) => !name.startsWith("^")).map((name) => (name.includes(":") ? name : `${name}:0`)),
    attributes: Object.fromEntries(found.filter(([, value]) => value !== undefined)) as GraphNode["attributes"],
    ...(handle && {
      variable: {
        dtype: dtypeName(integer(handle["dtype"]!, 6)),
        shape: shapeOf(messages(handle["shape"]!, 7)[0]),
      },
    }),
  };
}

/** The value of a tensorflow.AttrValue: a list, a text, a number, a flag, or a function's name. */
function attributeOf(value: Message): OpAttribute | undefined {
  if (value.has(10)) return string(messages(value, 10)[0]!, 1);
  if (value.has(5)) return integer(value, 5) === 1;
  if (value.has(3)) return integer(value, 3);
  if (value.has(2)) return string(value, 2);
  const list = messages(value, 1)[0];
  if (list?.has(2)) return list.get(2)!.map((text) => Buffer.from(text as Uint8Array).toString("utf8"));
  return list?.has(3) ? packed(list, 3) : undefined;
}
