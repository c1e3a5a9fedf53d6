import { tf } from "../../backend/index.js";
import { tidyValues } from "../../backend/tidy-values.js";
import type { OnnxDtype, OnnxGraph, Stored } from "./onnx-graph.js";
import type { Size, TracedConstant } from "./traced.js";

/** A value: a tensor of the graph, with the shape that it is read by. Reshaping makes no node until it must. */
export interface View {
  readonly base: Stored;
  readonly shape: readonly Size[];
}

/** A constant, with the shape that it is read by. */
export interface Constant {
  readonly constant: TracedConstant;
  /** By rows, of the constant's own size. */
  readonly shape: readonly Size[];
}

export type Operand = View | Constant;

/** [B, H, W, C] → [B, C, H, W] and back. */
export const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

export function isView(operand: Operand): operand is View {
  return "base" in operand;
}

export const whole = (base: Stored): View => ({ base, shape: base.shape });

export function isSameSize(one: Size | undefined, other: Size | undefined): boolean {
  if (typeof one === "object" && typeof other === "object") return one.perImage === other.perImage;
  return one === other;
}

export function isSameShape(one: readonly Size[], other: readonly Size[]): boolean {
  return one.length === other.length && one.every((size, axis) => isSameSize(size, other[axis]));
}

/** Whether a value is read by the shape that it has. */
export const isWhole = ({ base, shape }: View): boolean => isSameShape(base.shape, shape);

/** Whether it is a batch of images that lies channels first, and is read as one. */
export const isFirst = (view: View): boolean => view.base.channelsFirst && isWhole(view);

/** Sizes for ONNX's Reshape, in which one may be −1: what follows the batch's. */
function targetOf(shape: readonly Size[]): number[] {
  if (shape.filter((size) => typeof size !== "number").length > 1)
    throw new TypeError(`exportOnnx: a shape must follow the batch's size in one axis, got ${JSON.stringify(shape)}`);
  return shape.map((size) => (typeof size === "number" ? size : -1));
}

/** In TensorFlow's order; the operand by another shape of as many numbers. */
export function reshaped(operand: Operand, shape: readonly Size[]): Operand {
  return { ...operand, shape };
}

/** Writes what operations take as ONNX's names: laid out as they need it, once for all that need it so. */
export class Operands {
  readonly #made = new Map<string, string>();
  readonly #constants = new Map<TracedConstant, string>();

  /**
   * @param input the graph's, whose first size is the batch's
   * @param nameOf a weight's name
   */
  constructor(
    readonly graph: OnnxGraph,
    private readonly input: string,
    private readonly nameOf: (constant: TracedConstant) => string | undefined,
  ) {}

  /** The operand in its shape, channels last. */
  plain(operand: Operand): string {
    if (!isView(operand)) return this.constant(operand.constant, "", (tensor) => tensor, sizesOf(operand));
    const { base, shape } = operand;
    if (isWhole(operand)) return base.channelsFirst ? this.#turned(base, TO_LAST) : base.name;
    const from = base.channelsFirst && !isOrderless(base.shape) ? this.#turned(base, TO_LAST) : base.name;
    return this.#reshape(from, targetOf(shape));
  }

  /** A batch of images, channels first. */
  first(operand: Operand): string {
    if (!isView(operand)) {
      const [batch, height, width, channels] = sizesOf(operand) as [number, number, number, number];
      const turn = (tensor: tf.Tensor) => tf.transpose(tensor, TO_FIRST);
      return this.constant(operand.constant, "first", turn, [batch, channels, height, width], sizesOf(operand));
    }
    if (isFirst(operand)) return operand.base.name;
    const plain = this.plain(operand);
    return this.#turned({ name: plain, shape: operand.shape, channelsFirst: false }, TO_FIRST);
  }

  /** A constant [C] or of one number for an element-wise operation with a tensor as it lies. */
  alongChannels({ constant, shape }: Constant, base: Stored): string {
    const size = shape.reduce<number>((product, each) => product * (each as number), 1);
    const as = size === 1 ? [] : base.channelsFirst ? [size, ...base.shape.slice(2).map(() => 1)] : [size];
    return this.constant(constant, as.join("x"), (tensor) => tensor, as);
  }

  /** A constant [1, …] as often as there are images. */
  repeated(operand: Constant): string {
    const { graph } = this;
    const [batch, ...rest] = operand.shape as [{ readonly perImage: number }, ...number[]];
    const plain = this.plain(operand);
    const images = this.#once("batch", () => {
      const shape = graph.add("Shape", [this.input], { shape: [4] }, { start: { int: 0 }, end: { int: 1 } });
      return shape.name;
    });
    const count =
      batch.perImage === 1 ? images : graph.add("Mul", [images, graph.int64([batch.perImage])], { shape: [1] }).name;
    const shape = graph.add(
      "Concat",
      [count, graph.int64(rest)],
      { shape: [operand.shape.length] },
      { axis: { int: 0 } },
    );
    return graph.add("Expand", [plain, shape.name], { shape: operand.shape }).name;
  }

  /**
   * A constant in another form.
   *
   * @param key names the form: a constant is written once for each
   * @param shape what the form has
   * @param from by which shape it is read before
   */
  constant(
    constant: TracedConstant,
    key: string,
    form: (tensor: tf.Tensor) => tf.Tensor,
    shape: readonly number[],
    from: readonly number[] = shape,
  ): string {
    return this.#once(`${this.#nameOf(constant)}|${key}|${from.join()}|${shape.join()}`, () => {
      const name = this.#unusedName(this.#nameOf(constant));
      const { tensor } = constant;
      const bytes = () => bytesOf(tensor, (given) => tf.reshape(form(tf.reshape(given, [...from])), [...shape]));
      this.graph.initializers.set(name, { name, dtype: tensor.dtype as OnnxDtype, shape, bytes });
      return name;
    });
  }

  #nameOf(constant: TracedConstant): string {
    let name = this.#constants.get(constant);
    if (name === undefined) {
      name = this.nameOf(constant) ?? this.graph.unused("constant");
      this.#constants.set(constant, name);
    }
    return name;
  }

  #unusedName(name: string): string {
    const { initializers } = this.graph;
    let found = name;
    for (let n = 2; initializers.has(found); n++) found = `${name}_${n}`;
    return found;
  }

  /** Transposed, or reshaped where that is the same. */
  #turned(
    { name, shape, channelsFirst }: Pick<Stored, "name" | "shape" | "channelsFirst">,
    order: readonly number[],
  ): string {
    const to = channelsFirst ? shape : TO_FIRST.map((axis) => shape[axis]!);
    if (isOrderless(shape)) return this.#reshape(name, targetOf(to));
    return this.#once(
      `${name}|turned`,
      () => this.graph.add("Transpose", [name], { shape: to }, { perm: { ints: order } }).name,
    );
  }

  #reshape(name: string, target: readonly number[]): string {
    const { graph } = this;
    return this.#once(
      `${name}|${target.join()}`,
      () => graph.add("Reshape", [name, graph.int64(target)], { shape: target }).name,
    );
  }

  #once(key: string, make: () => string): string {
    const name = this.#made.get(key) ?? make();
    this.#made.set(key, name);
    return name;
  }
}

/** Whether images lie the same channels first and last: of one channel, or of one pixel. */
function isOrderless([, height, width, channels]: readonly Size[]): boolean {
  return channels === 1 || (height === 1 && width === 1);
}

/** A constant's sizes; 1 where it is repeated for each image. */
function sizesOf({ shape }: Constant): number[] {
  return shape.map((size) => (typeof size === "number" ? size : 1));
}

function bytesOf(tensor: tf.Tensor, form: (tensor: tf.Tensor) => tf.Tensor): Uint8Array {
  const values = tidyValues(() => form(tensor));
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
