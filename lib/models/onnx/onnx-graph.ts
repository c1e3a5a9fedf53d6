import type { tf } from "../../backend/index.js";
import type { Size } from "./traced.js";

/** An attribute of a node. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

export type Attributes = Readonly<Record<string, Attribute>>;

/** A node of ONNX's. */
export interface OnnxNode {
  /** "block1/attention/MatMul" */
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export type OnnxDtype = "float32" | "int32" | "int64" | "bool";

/** A constant of the graph; its values are made when the file is written. */
export interface Initializer {
  readonly name: string;
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  /** Little-endian, by rows. */
  bytes(): Uint8Array;
}

/** An input or output of the graph. */
export interface Port {
  readonly name: string;
  readonly shape: readonly Size[];
}

/** A tensor that a node gives, or the graph's input. */
export interface Stored {
  readonly name: string;
  /** In TensorFlow's order, channels last, whichever way it lies. */
  readonly shape: readonly Size[];
  readonly dtype: tf.DataType;
  /** Whether it lies as [B, C, H, W], as ONNX's operators of images take it. */
  readonly channelsFirst: boolean;
}

/** The nodes of a graph under construction, with their names. */
export class OnnxGraph {
  readonly initializers = new Map<string, Initializer>();
  readonly #nodes: OnnxNode[] = [];
  readonly #producers = new Map<string, OnnxNode>();
  readonly #counts = new Map<string, number>();
  readonly #ends = new Map<string, string>();
  /** The layer whose nodes are added: their names begin with its. */
  layer = "";

  /** Adds a node of one output. */
  add(
    op: string,
    inputs: readonly string[],
    { shape, dtype = "float32", channelsFirst = false }: Pick<Stored, "shape"> & Partial<Stored>,
    attributes: Attributes = {},
  ): Stored {
    const [name] = this.addAll(op, inputs, 1, attributes);
    return { name: name!, shape, dtype, channelsFirst };
  }

  /** Adds a node of several outputs. @returns their names */
  addAll(op: string, inputs: readonly string[], outputs: number, attributes: Attributes): readonly string[] {
    const name = this.#named(op);
    const names = outputs === 1 ? [`${name}_output`] : Array.from({ length: outputs }, (_, i) => `${name}_output${i}`);
    const node = { name, op, inputs, outputs: names, attributes };
    this.#nodes.push(node);
    for (const output of names) this.#producers.set(output, node);
    return names;
  }

  /** The node that gives a tensor; undefined for inputs and constants. */
  producer(name: string): OnnxNode | undefined {
    return this.#producers.get(name);
  }

  /** A constant of whole numbers: shapes, axes, pads. The same one for the same numbers. */
  int64(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = shape.length === 0 ? `int64_${values.join("_")}` : `int64s_${values.join("_")}`;
    const bytes = () => new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.initializers.set(name, { name, dtype: "int64", shape, bytes });
    return name;
  }

  /** A scalar constant. */
  float(value: number): string {
    return this.floats([value], []);
  }

  /** A constant of a few numbers. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const name = `${shape.length === 0 ? "float" : "floats"}_${values.join("_")}`;
    const bytes = () => new Uint8Array(Float32Array.from(values).buffer);
    this.initializers.set(name, { name, dtype: "float32", shape, bytes });
    return name;
  }

  /** The number that a constant of that name is; undefined for another tensor. */
  scalar(name: string): number | undefined {
    const initializer = this.initializers.get(name);
    if (initializer?.dtype !== "float32" || initializer.shape.length > 0) return undefined;
    return new DataView(initializer.bytes().slice().buffer).getFloat32(0, true);
  }

  /** A constant [size] of one number. */
  filled(value: number, size: number): string {
    const name = `filled_${value}_${size}`;
    const bytes = () => new Uint8Array(new Float32Array(size).fill(value).buffer);
    this.initializers.set(name, { name, dtype: "float32", shape: [size], bytes });
    return name;
  }

  /** A name of the layer at work that nothing has yet. */
  unused(last: string): string {
    return this.#named(last);
  }

  /** Makes a tensor an output of the graph under a name: by a node where it is the input, or an output already. */
  end(tensor: string, name: string): void {
    const before = this.#ends.get(tensor);
    if (!this.producer(tensor) || before !== undefined) {
      this.#nodes.push({ name, op: "Identity", inputs: [before ?? tensor], outputs: [name], attributes: {} });
      return;
    }
    this.#ends.set(tensor, name);
    const renamed = (names: readonly string[]) => names.map((each) => (each === tensor ? name : each));
    this.#nodes.forEach((each, i) => {
      this.#nodes[i] = { ...each, inputs: renamed(each.inputs), outputs: renamed(each.outputs) };
    });
  }

  /** The nodes that outputs need, in order, and the constants that those take. */
  needed(outputs: readonly string[]): {
    readonly nodes: readonly OnnxNode[];
    readonly initializers: readonly Initializer[];
  } {
    const wanted = new Set(outputs);
    const nodes: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((name) => wanted.has(name))) continue;
      for (const name of node.inputs) wanted.add(name);
      nodes.unshift(node);
    }
    return { nodes, initializers: [...this.initializers.values()].filter(({ name }) => wanted.has(name)) };
  }

  #named(last: string): string {
    const name = this.layer === "" ? last : `${this.layer}/${last}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  }
}
