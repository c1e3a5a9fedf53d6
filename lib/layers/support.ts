import { tf } from "../backend/index.js";
import {
  aCount,
  aFlag,
  anObject,
  aText,
  checkArguments,
  checkValue,
  listOf,
  optional,
  orNull,
  strangerOf,
  type Aliases,
  type Rules,
} from "../checks.js";

/** What `tf.layers.Layer` takes, without the parts that no layer of ours reads. */
export interface LayerArgs {
  /** Stable, and set by the model's builder: "block1/attention". */
  readonly name?: string;
  /** false keeps its weights as they are in training. Default true. */
  readonly trainable?: boolean;
  /** Of the first layer of a tf.sequential: its input's sizes without the batch, null where one is free. */
  readonly inputShape?: tf.Shape;
}

/** One size of an input. */
const aSize = { ...orNull(aCount), what: "a whole number of 1 or more, or null where it is free" };

/** What every layer of tfjs takes besides, and what it hands to one that it loads. */
const BASE = ["batchInputShape", "batchSize", "dtype", "inputDType", "weights", "customObjects"];

/** What PyTorch's layers call them. What comes in is not said: a layer is built for its first input. */
const ALIASES = [
  ["outChannels", "filters"],
  ["inChannels", "filters", " (the channels that come in are read from the input)"],
  ["outFeatures", "units"],
  ["inFeatures", "units", " (the features that come in are read from the input)"],
  ["stride", "strides"],
  ["bias", "useBias"],
  ["eps", "epsilon"],
  ["p", "rate"],
] as const;

/** Of those, the ones that mean an argument of the layer. */
function aliasesOf(rules: Rules): Aliases {
  const own = ALIASES.filter(([, meant]) => meant in rules);
  return Object.fromEntries(own.map(([name, meant, remark = ""]) => [name, meant + remark]));
}

/**
 * A layer's arguments as they came, checked before anything is made.
 *
 * @param rules of those that the layer has besides
 * @throws TypeError unless they are an object, and for one of another kind; RangeError for one that is out of range, or
 *   that the layer does not have
 */
export function layerArgs<A extends LayerArgs>(layer: string, args: A, rules: Rules = {}): A {
  checkValue(layer, "args", args, anObject);
  const all: Rules = {
    name: optional(aText),
    trainable: optional(aFlag),
    inputShape: optional(listOf(aSize)),
    ...rules,
  };
  const own = Object.fromEntries(Object.entries(args).filter(([key]) => !BASE.includes(key)));
  const stranger = strangerOf(own, Object.keys(all), { aliases: aliasesOf(all) });
  if (stranger !== undefined) throw new stranger.kind(`${layer}: ${stranger.text}`);
  checkArguments(layer, args, all);
  return args;
}

/** The only input of a layer that takes one. */
export function single(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs;
}

/** The only shape of a layer that takes one input. */
export function singleShape(shape: tf.Shape | tf.Shape[]): tf.Shape {
  return (Array.isArray(shape[0]) ? shape[0] : shape) as tf.Shape;
}

/**
 * The only shape of a layer whose input has axes of its own: "[B, H, W, C]".
 *
 * @throws TypeError for another number of axes
 */
export function shapeOf(layer: string, inputShape: tf.Shape | tf.Shape[], axes: string): tf.Shape {
  const shape = singleShape(inputShape);
  if (shape.length !== axes.split(",").length)
    throw new TypeError(`${layer}: the input must be ${axes}, got [${shape.map((size) => size ?? "?").join(", ")}]`);
  return shape;
}

/**
 * The known size of one axis.
 *
 * @throws TypeError where the axis is missing or free
 */
export function sizeOf(layer: string, shape: tf.Shape, axis: number): number {
  const size = shape.at(axis);
  if (size == null) throw new TypeError(`${layer}: axis ${axis} of the input must be known, got shape [${shape}]`);
  return size;
}
