/** What each kind of layer makes of units that have gone, and which of its own weights stay. */
import type { tf } from "../../backend/index.js";
import { activated, calledOn, goneOf, isSameLane, laneOfRuns, laneWithout, Refusal, type Lane } from "./lane.js";

/** Places of a weight's axis. An axis below 0 counts from the last. */
export interface AxisPlaces {
  readonly axis: number;
  readonly places: readonly number[];
}

/** What a layer does where units of its inputs have gone, or its own go. */
export interface Passage {
  /** What is left of its output; undefined: all of it. */
  readonly output: Lane | undefined;
  /** Arguments that its config gets. */
  readonly config?: tf.serialization.ConfigDict;
  /** By a weight's own name what stays of it. */
  readonly stays?: Readonly<Record<string, readonly AxisPlaces[]>>;
  /** By a weight's own name the places that are `value` in the masked network. */
  readonly masked?: Readonly<Record<string, AxisPlaces & { readonly value: number }>>;
  /** What each kept unit of the output gets from those that have gone, as its bias: by the kernel's input places. */
  readonly folded?: { readonly weight: string; readonly places: readonly number[]; readonly rest: number };
}

/** One use of a layer. */
export interface Use {
  readonly layer: tf.layers.Layer;
  readonly config: tf.serialization.ConfigDict;
  readonly tensors: readonly tf.SymbolicTensor[];
  readonly lanes: readonly (Lane | undefined)[];
  readonly output: tf.SymbolicTensor;
  /** Units of the layer itself that go. */
  readonly removed: ReadonlySet<number>;
}

type Rule = (use: Use) => Passage;

/** The axes of a kernel: what comes in, and what goes out. */
const KERNEL_AXES = { in: -2, out: -1 };

/** The argument that says how many units a layer has, of those whose units can be pruned. */
export const UNITS_ARGUMENT: Readonly<Record<string, "filters" | "units">> = {
  Conv1D: "filters",
  Conv2D: "filters",
  Conv2d: "filters",
  UnfoldConv2d: "filters",
  SeparableConv2D: "filters",
  Dense: "units",
  Linear: "units",
};

/** A convolution or a dense layer: its kernel's rows go with what comes in, its columns with its own units. */
const weighted: Rule = ({ layer, config, lanes: [lane], removed }) => {
  const argument = UNITS_ARGUMENT[layer.getClassName()]!;
  const separable = layer.getClassName() === "SeparableConv2D";
  const kernel = separable ? "pointwise_kernel" : "kernel";
  const incoming = separable && lane ? laneOfRuns(lane, 1, Number(config["depthMultiplier"] ?? 1)) : lane;
  const ownRest = removed.size === 0 ? 0 : activated((config["activation"] as string) ?? "linear", 0);
  const output = removed.size === 0 ? undefined : laneWithout(Number(config[argument]), removed, ownRest, layer.name);
  const gone = [...removed];
  return {
    output,
    ...(output && {
      config: { [argument]: output.kept.length },
      masked: {
        [kernel]: { axis: KERNEL_AXES.out, places: gone, value: 0 },
        bias: { axis: 0, places: gone, value: 0 },
      },
    }),
    stays: {
      [kernel]: [...places(KERNEL_AXES.in, incoming), ...places(KERNEL_AXES.out, output)],
      bias: places(0, output),
      ...(separable && { depthwise_kernel: places(-2, lane) }),
    },
    ...(lane && lane.rest !== 0 && { folded: folding(config, kernel, lane, separable) }),
  };
};

function places(axis: number, lane: Lane | undefined): AxisPlaces[] {
  return lane ? [{ axis, places: lane.kept }] : [];
}

/** Units that are not 0 when they are masked go on in the bias, which no padding may interrupt. */
function folding(config: tf.serialization.ConfigDict, weight: string, lane: Lane, separable: boolean) {
  const padding = config["padding"] ?? "valid";
  const what = `a masked unit is ${lane.rest} behind its activation`;
  if ((padding !== "valid" && padding !== 0) || separable)
    throw new Refusal(`${what}, and 0 in the padding: no bias stands for that`);
  if (config["useBias"] === false) throw new Refusal(`${what}, and there is no bias to hold it`);
  return { weight, places: goneOf(lane), rest: lane.rest };
}

/** One kernel for each channel: nothing of its own goes. */
const depthwise: Rule = ({ config, lanes: [lane], removed }) => {
  if (removed.size > 0) throw new Refusal("it has a kernel for each channel that comes in: prune the layer before it");
  if (lane!.rest !== 0)
    throw new Refusal(`a masked unit is ${lane!.rest} behind its activation, and the kernel differs`);
  const output = laneOfRuns(lane!, 1, Number(config["depthMultiplier"] ?? 1));
  return {
    output: { ...output, rest: activated((config["activation"] as string) ?? "linear", 0) },
    stays: { depthwise_kernel: places(-2, lane), bias: places(0, output) },
    masked: { bias: { axis: 0, places: goneOf(output), value: 0 } },
  };
};

/** The masked unit is 0 behind a norm: its scale and shift are 0, and its kept mean is the unit's number. */
const batchNorm: Rule = ({ config, lanes: [lane], output }) => {
  const axis = [config["axis"] ?? -1].flat();
  if (axis.length !== 1 || (axis[0] !== -1 && axis[0] !== output.shape.length - 1))
    throw new Refusal("it normalizes another axis than the last");
  const gone = goneOf(lane!);
  const stays = places(0, lane);
  return {
    output: { ...lane!, rest: 0 },
    stays: { gamma: stays, beta: stays, moving_mean: stays, moving_variance: stays },
    masked: {
      gamma: { axis: 0, places: gone, value: 0 },
      beta: { axis: 0, places: gone, value: 0 },
      moving_mean: { axis: 0, places: gone, value: lane!.rest },
    },
  };
};

const passed: Rule = ({ lanes: [lane] }) => ({ output: lane });

const elementwise: Rule = ({ layer, lanes: [lane] }) => ({
  output: { ...lane!, rest: calledOn(layer, lane!.rest) },
});

const activation: Rule = ({ config, lanes: [lane] }) => ({
  output: { ...lane!, rest: activated(config["activation"] as string, lane!.rest) },
});

const prelu: Rule = ({ lanes: [lane] }) => {
  if (lane!.rest < 0) throw new Refusal(`a masked unit is ${lane!.rest}, and each has a slope of its own`);
  return { output: lane, stays: { alpha: places(-1, lane) } };
};

const padded: Rule = ({ lanes: [lane] }) => {
  if (lane!.rest !== 0) throw new Refusal(`a masked unit is ${lane!.rest} behind its activation, and 0 in the padding`);
  return { output: lane };
};

const flatten: Rule = ({ tensors, lanes: [lane] }) => ({
  output: laneOfRuns(lane!, sizeOf(tensors[0]!.shape.slice(1, -1))),
});

const reshape: Rule = ({ tensors, lanes: [lane], output }) => {
  const [from, to] = [tensors[0]!.shape.slice(1), output.shape.slice(1)];
  if (from.at(-1) === to.at(-1))
    return { output: lane, config: { targetShape: [...to.slice(0, -1), lane!.kept.length] } };
  if (to.length !== 1) throw new Refusal("it takes the units apart");
  const flat = laneOfRuns(lane!, sizeOf(from.slice(0, -1)));
  return { output: flat, config: { targetShape: [flat.kept.length] } };
};

function sizeOf(shape: tf.Shape): number {
  if (shape.includes(null)) throw new Refusal(`its input's size is not known: [${shape.map((size) => size ?? "?")}]`);
  return (shape as number[]).reduce((all, size) => all * size, 1);
}

/** What of numbers that are merged place by place. */
const MERGES: Readonly<Record<string, (rests: readonly number[]) => number>> = {
  Add: (rests) => rests.reduce((sum, rest) => sum + rest, 0),
  Average: (rests) => rests.reduce((sum, rest) => sum + rest, 0) / rests.length,
  Multiply: (rests) => rests.reduce((all, rest) => all * rest, 1),
  Maximum: (rests) => Math.max(...rests),
  Minimum: (rests) => Math.min(...rests),
};

/** Units that are added to others go with them alone. */
const merged: Rule = ({ layer, lanes, tensors }) => {
  const [first] = lanes;
  if (first === undefined || !lanes.every((lane) => lane !== undefined && lane.kept.join() === first.kept.join())) {
    const others = tensors.filter((_, i) => lanes[i] === undefined).map(({ sourceLayer }) => sourceLayer.name);
    const partner = others.length > 0 ? ` those of ${others.join(", ")}` : " others, of which other ones have gone";
    throw new Refusal(`its units are merged one by one with${partner}`);
  }
  const all = lanes as readonly Lane[];
  const rest = MERGES[layer.getClassName()]!(all.map((lane) => lane.rest));
  return { output: { ...first, rest, from: [...new Set(all.flatMap(({ from }) => from))] } };
};

/** Units side by side. */
const concatenated: Rule = ({ config, lanes, tensors }) => {
  const axis = Number(config["axis"] ?? -1);
  if (axis !== -1 && axis !== tensors[0]!.shape.length - 1) {
    if (!lanes.every((lane) => isSameLane(lane, lanes[0]))) throw new Refusal("other inputs keep the units");
    return { output: lanes[0] };
  }
  const rests = new Set(lanes.flatMap((lane) => (lane ? [lane.rest] : [])));
  if (rests.size > 1) throw new Refusal(`masked units are ${[...rests].join(" and ")} behind their activations`);
  let size = 0;
  const kept = lanes.flatMap((lane, i) => {
    const start = size;
    const width = lane?.size ?? tensors[i]!.shape.at(-1)!;
    size += width;
    return (lane?.kept ?? Array.from({ length: width }, (_, unit) => unit)).map((unit) => start + unit);
  });
  const from = [...new Set(lanes.flatMap((lane) => lane?.from ?? []))];
  return { output: { size, kept, rest: [...rests][0]!, from } };
};

const all = (names: readonly string[], rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.map((name) => [name, rule]));

const POOLS = ["MaxPooling", "AveragePooling", "GlobalMaxPooling", "GlobalAveragePooling"];
const DROPS = ["Dropout", "SaccadeDropout", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout"];

/** By class name; tf.layers' and ours. */
export const PASSAGES: Readonly<Record<string, Rule>> = {
  ...all(Object.keys(UNITS_ARGUMENT), weighted),
  ...all(["BatchNorm", "BatchNormalization"], batchNorm),
  ...all([...POOLS.flatMap((name) => [`${name}1D`, `${name}2D`]), "AdaptiveAveragePool"], passed),
  ...all([...DROPS, "DropPath", "UpSampling2D", "Cropping2D", "RepeatVector"], passed),
  ...all(["ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Gelu"], elementwise),
  ...all(Object.keys(MERGES), merged),
  DepthwiseConv2D: depthwise,
  Activation: activation,
  PReLU: prelu,
  ZeroPadding2D: padded,
  Flatten: flatten,
  Reshape: reshape,
  Concatenate: concatenated,
};
