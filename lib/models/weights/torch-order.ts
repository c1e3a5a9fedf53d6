import type { tf } from "../../backend/index.js";
import { isModel, layersFrom } from "./named-weights.js";

/**
 * In which order PyTorch has the features that a layer takes: images are [H, W, C] here and [C, H, W] there, so that a
 * flattened one differs. With neither field as here.
 */
export interface FeatureOrder {
  /** The features are a flattened map of this shape, the channels last: [H, W, C]. */
  readonly map?: readonly number[];
  /** Why it cannot be known. */
  readonly unknown?: string;
}

const SAME: FeatureOrder = {};

/** Layers that leave each number at its place. */
const PASSING: readonly string[] = [
  ...["Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU", "Softmax", "Gelu", "Masking"],
  ...["Dropout", "SaccadeDropout", "DropPath", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "AlphaDropout"],
  ...["BatchNormalization", "BatchNorm", "LayerNormalization", "LayerNorm", "LocalResponseNorm"],
];

/** Layers whose every output comes from all features. */
const MIXING: readonly string[] = ["Dense", "Linear", "Embedding", "RNN", "SimpleRNN", "GRU", "LSTM", "Bidirectional"];

/** Layers of sequences [T, C] that PyTorch's modules have as [C, T]. */
const SEQUENCES: readonly string[] = ["Conv1D", "MaxPooling1D", "AveragePooling1D"];

const MERGES: readonly string[] = ["Add", "Average", "Maximum", "Minimum", "Multiply", "Concatenate"];

/** Layers that take the numbers in their order as an array of another shape. */
const RESHAPES: readonly string[] = ["Flatten", "Reshape", "ImageRows"];

/** Where a tensor comes from. */
interface Source {
  /** Undefined for an input of the whole model. */
  readonly layer?: tf.layers.Layer;
  readonly inputs: readonly tf.SymbolicTensor[];
}

/** Finds the order of the features that the layers of a model take, those of models within it too. */
export class FeatureOrders {
  /** What models within the model are given as their inputs. */
  readonly #given = new Map<tf.SymbolicTensor, tf.SymbolicTensor[]>();
  /** Layers whose outputs become a map, by the name of what makes it. */
  readonly #becomeMap = new Map<tf.layers.Layer, string>();
  /** The name of a layer of images that have the channels first here too. */
  readonly #channelsFirst: string | undefined;

  constructor(model: tf.LayersModel) {
    const layers = layersFrom(model.layers).map(({ layer }) => layer);
    this.#channelsFirst = layers.find((layer) => !isModel(layer) && isChannelsFirst(layer))?.name;
    for (const layer of layers.filter(isModel)) {
      for (const { inputTensors } of usesOf(layer)) {
        for (const [i, input] of layer.inputs.entries())
          this.#given.set(input, [...(this.#given.get(input) ?? []), inputTensors[i]!]);
      }
    }
    for (const layer of layers.filter((each) => each.getClassName() === "Reshape")) {
      const flat = usesOf(layer).filter(
        ({ inputTensors, outputTensors }) =>
          inputTensors[0]!.shape.length === 2 &&
          outputTensors[0]!.shape.length > 3 &&
          isMixed(outputTensors[0]!.shape.slice(1)),
      );
      for (const { inputTensors } of flat) this.#note(inputTensors[0]!, layer.name);
    }
  }

  /** Of the features along the last axis of what a layer takes. */
  of(layer: tf.layers.Layer): FeatureOrder {
    const map = this.#becomeMap.get(layer);
    if (map !== undefined) return { unknown: `features that ${map} makes a map of: PyTorch's has the channels first` };
    return agreed(usesOf(layer).map(({ inputTensors }) => this.#order(inputTensors[0]!)));
  }

  #order(tensor: tf.SymbolicTensor): FeatureOrder {
    const sources = this.#sources(tensor);
    return agreed(sources.map((source) => this.#orderFrom(source, tensor.shape)));
  }

  #orderFrom({ layer, inputs }: Source, shape: tf.Shape): FeatureOrder {
    const kind = layer?.getClassName() ?? "";
    if (layer === undefined || MIXING.includes(kind)) return SAME;
    const from = inputs[0]!.shape;
    if (RESHAPES.includes(kind)) {
      if (from.length === 2) return this.#order(inputs[0]!);
      if (shape.length === 2) return this.#flattened(inputs[0]!, layer);
      const whole = shape.at(-1) === from.at(-1) || !isMixed(from.slice(1));
      return whole ? SAME : { unknown: `features behind ${layer.name}, which puts places and channels together` };
    }
    const own = inputs.filter((input) => input.shape.length === 2).map((input) => this.#order(input));
    const isFlattened = inputs.some(
      (input) =>
        shape.length === 2 &&
        input.shape.length > 2 &&
        shape[1] === sizeOf(input.shape) &&
        isMixed(input.shape.slice(1)),
    );
    return isFlattened || own.some((order) => order !== SAME)
      ? { unknown: `features behind ${layer.name}, which takes or makes flattened maps` }
      : SAME;
  }

  /** @param by what flattens */
  #flattened(tensor: tf.SymbolicTensor, by: tf.layers.Layer): FeatureOrder {
    const map = tensor.shape.slice(1);
    if (!isMixed(map)) return SAME;
    const unknown = { unknown: `features that ${by.name} flattens, whose axes can have another order` };
    if (this.#channelsFirst !== undefined) return unknown;
    return agreed(
      this.#sources(tensor).map(({ layer, inputs }): FeatureOrder => {
        const kind = layer?.getClassName() ?? "";
        if (MERGES.includes(kind))
          return agreed(
            inputs.map((input) => this.#flattened(input, by)),
            map,
          );
        if (kind === "Permute") {
          const dims = layer!.getConfig()["dims"] as number[];
          const isTheirs = dims.join() === [map.length, ...map.keys()].filter((dim) => dim > 0).join();
          return isTheirs ? SAME : unknown;
        }
        if (kind === "TimeDistributed" || RESHAPES.includes(kind)) return unknown;
        // tokens [N, D] lie there as here
        return map.length > 2 || SEQUENCES.includes(kind) ? { map: map as number[] } : SAME;
      }),
    );
  }

  /** The layers that made a tensor, past those that leave its numbers at their places and the models' borders. */
  #sources(tensor: tf.SymbolicTensor): readonly Source[] {
    const layer = tensor.sourceLayer;
    if (isModel(layer)) return this.#sources(layer.outputs[tensor.tensorIndex] ?? layer.outputs[0]!);
    const given = this.#given.get(tensor);
    if (given) return given.flatMap((each) => this.#sources(each));
    const inputs = layer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? [];
    if (layer.getClassName() === "InputLayer" || inputs.length === 0) return [{ inputs: [] }];
    return PASSING.includes(layer.getClassName()) ? this.#sources(inputs[0]!) : [{ layer, inputs }];
  }

  /** Notes the layers on whose features a map's order lies. */
  #note(tensor: tf.SymbolicTensor, map: string): void {
    const layer = tensor.sourceLayer;
    const inner = isModel(layer) ? [layer.outputs[tensor.tensorIndex] ?? layer.outputs[0]!] : this.#given.get(tensor);
    if (inner) return inner.forEach((each) => this.#note(each, map));
    const kind = layer.getClassName();
    this.#becomeMap.set(layer, map);
    if (![...PASSING, ...MERGES].includes(kind)) return;
    for (const input of layer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? []) this.#note(input, map);
  }
}

/** A layer's uses; a model's first node is its own. */
function usesOf(layer: tf.layers.Layer): tf.layers.Layer["inboundNodes"] {
  return layer.inboundNodes.filter(({ inboundLayers }) => inboundLayers.length > 0);
}

/** What all uses have, those of a merge side by side. @param map of the merged ones */
function agreed(orders: readonly FeatureOrder[], map?: tf.Shape): FeatureOrder {
  const [first = SAME] = orders;
  const unknown = orders.find((order) => order.unknown !== undefined);
  if (unknown) return unknown;
  const kinds = orders.map((order) => (map && order.map ? "map" : (order.map?.join() ?? "")));
  if (kinds.some((kind) => kind !== kinds[0]))
    return { unknown: "features that have one order in one use of the layer, and another in the next" };
  return map && first.map ? { map: map as number[] } : first;
}

/** Whether flattening it mixes places with channels. */
function isMixed(map: tf.Shape): boolean {
  const channels = map.at(-1);
  return channels !== 1 && map.slice(0, -1).some((size) => size !== 1);
}

function sizeOf(shape: tf.Shape): number {
  return shape.slice(1).reduce<number>((product, size) => product * (size ?? NaN), 1);
}

function isChannelsFirst(layer: tf.layers.Layer): boolean {
  return layer.getConfig()["dataFormat"] === "channelsFirst";
}
