import type { tf } from "../backend/index.js";

/** A layer's parts that tfjs does not declare. */
interface Ending {
  readonly activation?: { getClassName(): string };
  readonly axis?: number | readonly number[];
}

/** How a model comes to its output. */
export interface SoftmaxEnd {
  /** The layer that takes the softmax at the very end; undefined where means of several, say an ensemble's, follow. */
  readonly layer: tf.layers.Layer | undefined;
}

/** The softmax over its classes in which a model ends; undefined where it ends in logits. */
export function softmaxAtEnd(model: tf.LayersModel): SoftmaxEnd | undefined {
  const { layers, isMean } = endsOf(model.outputs[0]!);
  if (!layers.every(isSoftmax)) return undefined;
  return { layer: isMean ? undefined : layers[0] };
}

function isSoftmax(layer: tf.layers.Layer): boolean {
  if (layer.getClassName() !== "Softmax") return activationOf(layer) === "softmax";
  const axes = [(layer as unknown as Ending).axis].flat();
  return axes.length === 1 && (axes[0] === -1 || axes[0] === 1);
}

/** Layers that give probabilities of probabilities: of the classes, or up to a factor. */
const MEANS = ["Average", "GlobalAveragePooling1D", "GlobalAveragePooling2D", "AveragePooling2D", "Dropout"];

/** By the input layer of a model within: what it is given, and the inputs of the model around it. */
type Around = ReadonlyMap<tf.layers.Layer, readonly [tf.SymbolicTensor, Around]>;

/**
 * What computes a tensor, in whatever model inside that is: past layers that change its shape alone, and past means, of
 * which each part counts.
 */
export function endsOf(
  { sourceLayer, inputs, outputTensorIndex = 0, shape }: tf.SymbolicTensor,
  around: Around = new Map(),
): { readonly layers: readonly tf.layers.Layer[]; readonly isMean: boolean } {
  const given = around.get(sourceLayer);
  if (given) return endsOf(...given);
  if ("layers" in sourceLayer) {
    const inner = sourceLayer as unknown as tf.LayersModel;
    const within = inner.inputs.map((input, i) => [input.sourceLayer, [inputs[i]!, around]] as const);
    return endsOf(inner.outputs[outputTensorIndex]!, new Map(within));
  }
  const name = sourceLayer.getClassName();
  const isView = ["Flatten", "Reshape"].includes(name) && inputs[0]!.shape.at(-1) === shape.at(-1);
  if (isView) return endsOf(inputs[0]!, around);
  if (!MEANS.includes(name)) return { layers: [sourceLayer], isMean: false };
  return { layers: inputs.flatMap((input) => endsOf(input, around).layers), isMean: true };
}

/** Layers whose activation is the last that they do. */
const WITH_ACTIVATION = ["Dense", "Conv2D", "UnfoldConv2d", "Activation"];

/** The name of the activation that a layer ends in; undefined for one of another kind. */
export function activationOf(layer: tf.layers.Layer): string | undefined {
  if (!WITH_ACTIVATION.includes(layer.getClassName())) return undefined;
  return (layer as unknown as Ending).activation?.getClassName();
}
