import type { tf } from "../../backend/index.js";
import type { Container } from "../../layers/layer-calls.js";
import { build } from "../weights/named-weights.js";

/** The layers of a network and how they follow each other. */
export interface Graph extends Container {
  readonly layers: readonly tf.layers.Layer[];
  readonly inputLayers: readonly tf.layers.Layer[];
  readonly outputs: readonly tf.SymbolicTensor[];
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
