import {
  axesOf,
  input,
  listed,
  numberOf,
  output,
  refuse,
  viewOf,
  type Call,
  type Operation,
  type Padded,
} from "./kernel-call.js";
import type { Attributes } from "./onnx-graph.js";
import {
  isFirst,
  isSameShape,
  isSameSize,
  isView,
  isWhole,
  TO_FIRST,
  whole,
  type Operand,
  type View,
} from "./operands.js";
import { notePatches } from "./cut-patches.js";
import type { Size } from "./traced.js";

/** Where an axis of [B, H, W, C] lies in [B, C, H, W]. */
const placeOf = (axis: number): number => TO_FIRST.indexOf(axis);

/** An axis among those of a tensor as it is taken. */
const at = (axis: number, channelsFirst: boolean): number => (channelsFirst ? placeOf(axis) : axis);

/** Numbers for each axis, in the order of a tensor as it is taken. */
const inOrder = <T>(values: readonly T[], channelsFirst: boolean): readonly T[] =>
  channelsFirst ? TO_FIRST.map((axis) => values[axis]!) : values;

/** An operator that takes one tensor of its shape, channels first where it lies so. */
function onAxes(
  call: Call,
  x: View,
  op: string,
  rest: (channelsFirst: boolean) => readonly string[],
  attributes: (channelsFirst: boolean) => Attributes = () => ({}),
): View {
  const channelsFirst = isFirst(x);
  const name = channelsFirst ? x.base.name : call.operands.plain(x);
  return whole(
    call.graph.add(op, [name, ...rest(channelsFirst)], { ...output(call), channelsFirst }, attributes(channelsFirst)),
  );
}

const reshape: Operation = (call) => ({ base: viewOf(call, "x").base, shape: output(call).shape });

function transpose(call: Call): View {
  const x = viewOf(call, "x");
  const { graph, operands, attributes } = call;
  const order = attributes["perm"] as readonly number[];
  const { shape } = output(call);
  if (order.every((axis, i) => axis === i)) return x;
  if (isFirst(x) && order.join() === TO_FIRST.join()) return whole({ ...x.base, shape, channelsFirst: false });
  if (isWhole(x) && !x.base.channelsFirst && order.join() === "0,2,3,1")
    return whole({ ...x.base, shape, channelsFirst: true });
  const made = graph.add("Transpose", [operands.plain(x)], output(call), { perm: { ints: order } });
  notePatches(call, x, order, made.name);
  return whole(made);
}

/** Name of an operand that is one of several, of which a constant is not broadcast. */
const named = ({ operands }: Call, operand: Operand): string =>
  isView(operand) || operand.shape.every((size) => typeof size === "number")
    ? operands.plain(operand)
    : operands.repeated(operand);

function concat(call: Call): View {
  const given = listed(call);
  const { graph, operands } = call;
  const [axis] = axesOf(numberOf(call, "axis"), given[0]!.shape.length) as [number];
  const channelsFirst =
    given.some((each) => isView(each) && isFirst(each)) && given.every((each) => isView(each) || isFixed(each));
  const names = given.map((each) => (channelsFirst ? operands.first(each) : named(call, each)));
  return whole(
    graph.add("Concat", names, { ...output(call), channelsFirst }, { axis: { int: at(axis, channelsFirst) } }),
  );
}

const isFixed = ({ shape }: Operand): boolean => shape.every((size) => typeof size === "number");

function split(call: Call): readonly View[] {
  const x = viewOf(call, "x");
  const [axis] = axesOf(numberOf(call, "axis"), x.shape.length) as [number];
  const sizes = call.outputs.map(({ shape }) => shape[axis] as number);
  const channelsFirst = isFirst(x);
  const names = call.graph.addAll(
    "Split",
    [channelsFirst ? x.base.name : call.operands.plain(x), call.graph.int64(sizes)],
    sizes.length,
    { axis: { int: at(axis, channelsFirst) } },
  );
  return call.outputs.map((each, i) => whole({ ...each, name: names[i]!, channelsFirst }));
}

function unpack(call: Call): readonly View[] {
  const x = viewOf(call, "value");
  const [axis] = axesOf(numberOf(call, "axis"), x.shape.length) as [number];
  const { graph, operands } = call;
  const name = operands.plain(x);
  return call.outputs.map((each, i) =>
    whole(graph.add("Gather", [name, graph.int64([i], [])], each, { axis: { int: axis } })),
  );
}

function pack(call: Call): View {
  const given = listed(call);
  const { shape } = output(call);
  const [axis] = axesOf(numberOf(call, "axis"), shape.length) as [number];
  const { graph } = call;
  const names = given.map((each) => {
    const one = shape.map((size, i) => (i === axis ? 1 : size));
    return graph.add("Unsqueeze", [named(call, each), graph.int64([axis])], { shape: one }).name;
  });
  return whole(graph.add("Concat", names, output(call), { axis: { int: axis } }));
}

/** A part of each axis, from a place on, in steps. */
function slice(call: Call, begin: readonly Size[], steps: readonly number[]): View {
  const x = viewOf(call, "x");
  const { shape } = output(call);
  const cut = shape.flatMap((size, axis) => (isSameSize(size, x.shape[axis]) && steps[axis] === 1 ? [] : [axis]));
  if (cut.length === 0) return x;
  if (cut.includes(0) && typeof x.shape[0] !== "number")
    refuse(call, "images must be taken with their whole batch", begin);
  const { graph } = call;
  const starts = cut.map((axis) => begin[axis] as number);
  const ends = cut.map((axis, i) => starts[i]! + (shape[axis] as number) * steps[axis]!);
  return onAxes(call, x, "Slice", (channelsFirst) =>
    [starts, ends, cut.map((axis) => at(axis, channelsFirst)), cut.map((axis) => steps[axis]!)].map((values) =>
      graph.int64(values),
    ),
  );
}

function stridedSlice(call: Call): View {
  const { attributes } = call;
  const masks = ["ellipsisMask", "newAxisMask", "shrinkAxisMask", "beginMask", "endMask"];
  const strides = attributes["strides"] as readonly number[];
  if (masks.some((mask) => attributes[mask]) || strides.some((step) => step < 1))
    refuse(call, "a strided slice must go forward, without masks", strides);
  return slice(call, attributes["begin"] as readonly Size[], strides);
}

function pad(call: Call, mode: "constant" | "reflect" | "edge"): View {
  const x = viewOf(call, "x");
  const paddings = call.attributes["paddings"] as readonly (readonly [number, number])[];
  const value = mode === "constant" ? ((call.attributes["constantValue"] as number | undefined) ?? 0) : 0;
  const made = onAxes(
    call,
    x,
    "Pad",
    (channelsFirst) => {
      const pads = inOrder(paddings, channelsFirst);
      const numbers = call.graph.int64([...pads.map(([before]) => before), ...pads.map(([, after]) => after)]);
      return mode === "constant" ? [numbers, call.graph.float(value)] : [numbers];
    },
    () => ({ mode: { text: mode } }),
  );
  const [images, rows, columns, channels] = paddings;
  if (
    mode === "constant" &&
    value === 0 &&
    paddings.length === 4 &&
    [images!, channels!].flat().every((each) => each === 0)
  ) {
    const pads: Padded["pads"] = [rows![0], columns![0], rows![1], columns![1]];
    call.notes.padded.set(made.base.name, { source: x, pads });
  }
  return made;
}

/** Kernels that only move numbers. */
export const SHAPES: Readonly<Record<string, Operation>> = {
  Reshape: reshape,
  ExpandDims: (call) => ({ base: viewOf(call, "input").base, shape: output(call).shape }),
  Transpose: transpose,
  Concat: concat,
  SplitV: split,
  Unpack: unpack,
  Pack: pack,
  Slice: (call) => {
    const begin = [call.attributes["begin"] as number | readonly Size[]].flat();
    const steps = output(call).shape.map(() => 1);
    return slice(call, [...begin, ...steps.slice(begin.length).map(() => 0)], steps);
  },
  StridedSlice: stridedSlice,
  PadV2: (call) => pad(call, "constant"),
  MirrorPad: (call) =>
    pad(
      call,
      call.attributes["mode"] === "reflect" ? "reflect" : refuse(call, "a mirror must leave the edge out", "symmetric"),
    ),
  Tile: (call) => {
    const reps = call.attributes["reps"] as readonly number[];
    const x = viewOf(call, "x");
    if (isSameShape(x.shape, output(call).shape)) return x;
    return onAxes(call, x, "Tile", (channelsFirst) => [call.graph.int64(inOrder(reps, channelsFirst))]);
  },
  GatherV2: (call) => {
    const x = viewOf(call, "x");
    const [axis] = axesOf(call.attributes["axis"], x.shape.length) as [number];
    if (call.attributes["batchDims"]) refuse(call, "gather must be without batchDims", call.attributes["batchDims"]);
    const names = [call.operands.plain(x), call.operands.plain(input(call, "indices"))];
    return whole(call.graph.add("Gather", names, output(call), { axis: { int: axis } }));
  },
};
