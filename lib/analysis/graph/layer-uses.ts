import type { tf } from "../../backend/index.js";
import { nodesIn, type Container } from "../../layers/layer-calls.js";

/** A model and where its inputs come from: from another model's tensors where it is a layer of that one. */
export interface Scope {
  /** The model whose layers are looked at. */
  readonly model: tf.LayersModel;
  /** Of the model around it, one for each of its inputs. */
  readonly inputs?: readonly tf.SymbolicTensor[];
  /** The model around it. */
  readonly outer?: Scope;
}

/** One use of a layer, in whichever model within the model. */
export interface LayerUse {
  /** Its name behind those of the models it lies in, "encoder/block1/attention"; ":2" behind it for its second use. */
  readonly name: string;
  readonly layer: tf.layers.Layer;
  /** What it takes in, of the scope's model; of several inputs the first. */
  readonly input: tf.SymbolicTensor;
  /** What it gives; of several outputs the first. */
  readonly output: tf.SymbolicTensor;
  readonly scope: Scope;
}

/** The uses of all layers of a kind in a model and in the models within it, in their order. */
export function usesOf(scope: Scope, isWanted: (layer: tf.layers.Layer) => boolean, prefix = ""): LayerUse[] {
  const { model } = scope;
  if (!model.built) model.build(model.inputs[0]!.shape); // a sequential model does that when it is first used
  return model.layers.flatMap((layer) => {
    const inner = isModel(layer);
    if (!inner && !isWanted(layer)) return [];
    const calls = callsOf(model, layer);
    return calls.flatMap(({ inputs, outputs }, i) => {
      const name = `${prefix}${layer.name}${i === 0 ? "" : `:${i + 1}`}`;
      if (inner) return usesOf({ model: layer, inputs, outer: scope }, isWanted, `${name}/`);
      return [{ name, layer, input: inputs[0]!, output: outputs[0]!, scope }];
    });
  });
}

/** Whether a layer is a model. */
export function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return "layers" in layer;
}

/** tfjs' record of a use of a layer, which it does not declare. */
interface Call {
  readonly inputs: readonly tf.SymbolicTensor[];
  readonly outputs: readonly tf.SymbolicTensor[];
}

/** What each use of a layer in a model takes in and gives. */
function callsOf(model: tf.LayersModel, layer: tf.layers.Layer): readonly Call[] {
  const nodes = nodesIn(model as unknown as Container, layer);
  if (nodes.length > 0 || !isModel(layer)) return nodes.map(callOf);
  // tfjs takes a sequential model at the start of another in, layer by layer: their inputs are the same.
  return [{ inputs: model.inputs, outputs: layer.outputs }];
}

/** What made a tensor took in and gave. */
export function callBefore({ sourceLayer, nodeIndex }: tf.SymbolicTensor): Call {
  return callOf(sourceLayer.inboundNodes[nodeIndex]!);
}

function callOf(node: tf.layers.Layer["inboundNodes"][number]): Call {
  const { inputTensors, outputTensors } = node as unknown as Record<string, readonly tf.SymbolicTensor[]>;
  return { inputs: inputTensors!, outputs: outputTensors! };
}
