import type { tf } from "../../backend/index.js";
import { meanShares } from "../../layers/adaptive-average-pool.js";
import {
  BLIND,
  boxOf,
  hull,
  listed,
  merged,
  slide,
  whole,
  type Axis,
  type Box,
  type Field,
  type Span,
} from "./spans.js";

/** One use of a layer: what its inputs see of the image, and its own sizes. */
export interface Use {
  readonly layer: tf.layers.Layer;
  readonly fields: readonly Field[];
  /** Without the batch. */
  readonly outputShape: readonly (number | null)[];
  readonly inputShape: readonly (number | null)[];
}

type Rule = (field: Field, use: Use) => Field | undefined;

const asItIs: Rule = (field) => field;
const onMaps =
  (along: (axis: Axis, i: 0 | 1, use: Use) => Axis): Rule =>
  (field, use) =>
    field.kind === "map"
      ? { kind: "map", axes: [along(field.axes[0], 0, use), along(field.axes[1], 1, use)] }
      : undefined;
const onLists =
  (change: (boxes: readonly Box[], use: Use) => readonly Box[]): Rule =>
  (field, use) =>
    field.kind === "list" ? { ...field, boxes: change(field.boxes, use) } : undefined;
const allInOne: Rule = (field) => ({ kind: "list", boxes: [boxOf(field)] });
const together: Rule = (_, { fields }) => merged(fields);

/** A window of a layer's config along rows (0) or columns (1). */
const window: Rule = onMaps((axis, i, { layer, outputShape }) => {
  const config = layer.getConfig();
  const at = (name: string): number | undefined => {
    const value = config[name] as number | readonly number[] | null | undefined;
    return Array.isArray(value) ? (value[i] as number) : ((value as number | null) ?? undefined);
  };
  const size = at("kernelSize") ?? at("poolSize")!;
  const [stride, dilation, count] = [at("strides") ?? size, at("dilationRate") ?? 1, outputShape[i]!];
  const { padding } = config;
  const missing = (count - 1) * stride + (size - 1) * dilation + 1 - axis.spans.length;
  const zeros = padding === "same" ? Math.floor(Math.max(missing, 0) / 2) : 0;
  return slide(axis, { size, stride, dilation, count, before: typeof padding === "number" ? padding : zeros });
});

const patches: Rule = (field, { layer }) => {
  if (field.kind !== "map") return undefined;
  const size = Number(layer.getConfig()["patchSize"]);
  const [rows, columns] = field.axes.map((axis) =>
    slide(axis, { size, stride: size, dilation: 1, before: 0, count: axis.spans.length / size }),
  ) as [Axis, Axis];
  return listed({ kind: "map", axes: [rows, columns] });
};

/** Stretches of the channels-first image. */
const imageRows: Rule = (field, { layer, inputShape }) => {
  if (field.kind !== "map") return undefined;
  const [height, width, channels] = inputShape as readonly [number, number, number];
  const length = Number(layer.getConfig()["rowLength"]);
  const [rows, columns] = [field.axes[0].spans, field.axes[1].spans];
  const boxes = Array.from({ length: (height * width * channels) / length }, (_, i): Box => {
    const places = Array.from({ length }, (__, k) => (i * length + k) % (height * width));
    return [
      hull(places.map((place) => rows[Math.floor(place / width)]!)),
      hull(places.map((place) => columns[place % width]!)),
    ];
  });
  return { kind: "list", boxes };
};

/** Same numbers in another shape: a map's places as tokens, or what all see alike. */
const reshaped: Rule = (field, { inputShape, outputShape }) => {
  const keepsChannels = inputShape.at(-1) === outputShape.at(-1) && outputShape.length === 2;
  if (field.kind === "map" && keepsChannels) return listed(field);
  if (field.kind === "list" && outputShape.length < 3 && outputShape[0] === field.boxes.length) return field;
  const box = boxOf(field);
  const boxes = field.kind === "list" ? field.boxes : [];
  const alike = boxes.every(([rows, columns]) => isSame(rows, box[0]) && isSame(columns, box[1]));
  if (boxes.length === 0 || !alike) return undefined;
  if (outputShape.length < 3) return { kind: "list", boxes: [box] };
  const axes = box.map((span, i): Axis => ({ spans: Array.from({ length: outputShape[i]! }, () => span) }));
  return { kind: "map", axes: axes as [Axis, Axis] };
};

const isSame = (a: Span, b: Span): boolean => a.from === b.from && a.to === b.to;

/** A dense layer on features mixes all numbers of an image, on tokens and on maps those of one place. */
const dense: Rule = (field, use) => (use.inputShape.length === 1 ? allInOne(field, use) : field);

const padded = (sign: 1 | -1, option: string): Rule =>
  onMaps((axis, i, { layer, outputShape }) => {
    const [before] = (layer.getConfig()[option] as number[][])[i] as [number, number];
    return slide(axis, { size: 1, stride: 1, dilation: 1, before: sign * before, count: outputShape[i]! });
  });

/** Each mean's first place and last. */
const adaptive: Rule = onMaps((axis, i, { outputShape }) => {
  const count = outputShape[i]!;
  const side = Math.ceil(axis.spans.length / count);
  if (side * count === axis.spans.length)
    return slide(axis, { size: side, stride: side, dilation: 1, before: 0, count });
  const shares = meanShares(axis.spans.length, count);
  return { spans: shares.map((row) => hull(axis.spans.filter((_, place) => row[place]! > 0))) };
});

const repeated: Rule = onMaps((axis, i, { layer }) => {
  const times = (layer.getConfig()["size"] as readonly number[])[i]!;
  return { spans: axis.spans.flatMap((span) => Array.from({ length: times }, () => span)) };
});

const named = (names: readonly string[], rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));

/** By class name; tf.layers' and ours. */
const RULES: Readonly<Record<string, Rule>> = {
  ...named(["Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax", "Gelu"], asItIs),
  ...named(["BatchNorm", "BatchNormalization", "LayerNorm", "LayerNormalization", "LocalResponseNorm"], asItIs),
  ...named(["SaccadeDropout", "Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout", "DropPath"], asItIs),
  ...named(["PositionalEmbedding", "SinusoidalEmbedding", "Rescaling"], asItIs),
  ...named(["Conv2D", "Conv2d", "DepthwiseConv2D", "SeparableConv2D", "UnfoldConv2d"], window),
  ...named(["MaxPooling2D", "AveragePooling2D"], window),
  ...named(["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"], together),
  ...named(["GlobalAveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "SequencePooling"], allInOne),
  ...named(["Dense", "Linear"], dense),
  Concatenate: (field, use) => {
    const axis = Number(use.layer.getConfig()["axis"] ?? -1);
    return [-1, use.outputShape.length].includes(axis) ? together(field, use) : undefined;
  },
  Flatten: (field) => (field.kind === "map" ? listed(field) : field),
  Reshape: reshaped,
  ZeroPadding2D: padded(1, "padding"),
  Cropping2D: padded(-1, "cropping"),
  UpSampling2D: repeated,
  AdaptiveAveragePool: adaptive,
  Patches: patches,
  ImageRows: imageRows,
  ClassToken: onLists((boxes) => [BLIND, ...boxes]),
  SelectToken: (field, { layer }) =>
    field.kind === "list"
      ? { kind: "list", boxes: [field.boxes[Number(layer.getConfig()["index"])] ?? BLIND] }
      : undefined,
  MultiHeadSelfAttention: (field) =>
    field.kind === "list" ? { kind: "list", boxes: field.boxes.map(() => boxOf(field)) } : undefined,
  SpatialSelfAttention: onMaps(whole),
};

/** What a use of a layer sees of the image; undefined for a layer that is not known here, and behind one. */
export function fieldBehind(use: Use): Field | undefined {
  const channelsFirst = use.layer.getConfig()["dataFormat"] === "channelsFirst";
  return channelsFirst ? undefined : RULES[use.layer.getClassName()]?.(use.fields[0]!, use);
}
