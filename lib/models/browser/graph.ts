import type { tf } from "../../backend/index.js";
import { build } from "../weights/named-weights.js";

/** The layers of a network and how they follow each other. */
export interface Graph {
  readonly layers: readonly tf.layers.Layer[];
  readonly inputLayers: readonly tf.layers.Layer[];
  readonly outputs: readonly tf.SymbolicTensor[];
  /** tfjs' own names of the uses of layers that belong to it. */
  readonly containerNodes: ReadonlySet<string>;
}

/**
 * Of a model; a tf.sequential has its own in a model that it keeps, with the layer of its input, which it does not
 * list.
 */
export function graphOf(model: tf.LayersModel): Graph {
  build([model]);
  const { model: inner } = model as unknown as { readonly model?: tf.LayersModel };
  return (inner ?? model) as unknown as Graph;
}

/** A layer's uses in this network: it can have others, in models that it was taken from or is a part of. */
export function usesIn(graph: Graph, layer: tf.layers.Layer): readonly tf.layers.Layer["inboundNodes"][number][] {
  return layer.inboundNodes.filter((_, i) => graph.containerNodes.has(`${layer.name}_ib-${i}`));
}
