import type { tf } from "../backend/index.js";

/** One use of a layer in a model. Shapes with the batch, each of its inputs or outputs. */
export interface LayerCall {
  readonly inputs: readonly tf.Shape[];
  readonly outputs: readonly tf.Shape[];
}

/** tfjs' record of how a model's layers hang together, which it does not declare. */
export interface Container {
  /** "LAYER_ib-0" for a layer's first use in whatever model. */
  readonly containerNodes: ReadonlySet<string>;
}

/** A layer's uses in a model: it can have others, in models that it was taken from or is a part of. */
export function nodesIn({ containerNodes }: Container, layer: tf.layers.Layer): tf.layers.Layer["inboundNodes"] {
  return layer.inboundNodes.filter((_, i) => containerNodes.has(`${layer.name}_ib-${i}`));
}

/** How often and on what a model uses one of its layers: a layer may be used again, and in other models too. */
export function callsIn(model: tf.LayersModel, layer: tf.layers.Layer): LayerCall[] {
  if (!model.built) model.build(model.inputs[0]!.shape); // a sequential model does that when it is first used
  const nodes = nodesIn(model as unknown as Container, layer);
  const calls = nodes.map(({ inputShapes, outputShapes }) => ({
    inputs: listed(inputShapes),
    outputs: listed(outputShapes),
  }));
  if (calls.length > 0 || !("layers" in layer)) return calls;
  // tfjs takes a sequential model at the start of another in, layer by layer.
  const { inputs, outputs } = layer as unknown as tf.LayersModel;
  return [{ inputs: inputs.map(({ shape }) => shape), outputs: outputs.map(({ shape }) => shape) }];
}

/** tfjs keeps one shape as itself. */
function listed(shapes: tf.Shape | tf.Shape[]): tf.Shape[] {
  return Array.isArray(shapes[0]) ? (shapes as tf.Shape[]) : [shapes as tf.Shape];
}
