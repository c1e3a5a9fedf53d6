import { tf } from "../../backend/index.js";

/** Where a tensor of a model's graph comes from. */
interface Origin {
  readonly layer: tf.layers.Layer;
  /** The layer's use that gives the tensor, which no other tensor's but its siblings' is. */
  readonly node: tf.layers.Layer["inboundNodes"][number];
  readonly inputs: readonly tf.SymbolicTensor[];
}

/** The network of a model: a tf.sequential keeps its own in a model within. */
export function networkOf(model: tf.LayersModel): tf.LayersModel {
  if (!model.built) model.build(model.inputs[0]!.shape);
  return (model as { readonly model?: tf.LayersModel }).model ?? model;
}

/** What gives a tensor, and from which others. */
export function originOf(tensor: tf.SymbolicTensor): Origin {
  const { sourceLayer: layer, nodeIndex = 0 } = tensor as tf.SymbolicTensor & { readonly nodeIndex?: number };
  const node = layer.inboundNodes[nodeIndex]!;
  const isInput = layer.getClassName() === "InputLayer";
  return { layer, node, inputs: isInput ? [] : node.inputTensors };
}

/** Every use of a layer in a network, each after those that it takes from. */
export function usesOf(model: tf.LayersModel): readonly Origin[] {
  const found = new Map<object, Origin>();
  const visit = (tensor: tf.SymbolicTensor): void => {
    const origin = originOf(tensor);
    if (found.has(origin.node)) return;
    origin.inputs.forEach(visit);
    found.set(origin.node, origin);
  };
  networkOf(model).outputs.forEach(visit);
  return [...found.values()];
}

/** A layer's weights in an order that freezing does not change: those that it learns, then those that it keeps. */
export function weightsOf(layer: tf.layers.Layer): readonly tf.LayerVariable[] {
  if ("layers" in layer) return (layer.layers as tf.layers.Layer[]).flatMap(weightsOf);
  const own = layer as unknown as Readonly<Record<"_trainableWeights" | "_nonTrainableWeights", tf.LayerVariable[]>>;
  const lists = [...own._trainableWeights, ...own._nonTrainableWeights];
  return lists.length > 0 ? lists : layer.weights; // a wrapper has them in the layers that it holds
}

/** A weight's own name: "kernel" of "stage1/conv1/kernel". */
export function lastName({ originalName }: tf.LayerVariable): string {
  return originalName.slice(originalName.lastIndexOf("/") + 1);
}
