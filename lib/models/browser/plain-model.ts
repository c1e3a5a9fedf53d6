import { tf } from "../../backend/index.js";
import * as ours from "../../layers/index.js";
import { nodesIn } from "../../layers/layer-calls.js";
import { aModel, checkValue } from "../../checks.js";
import { weightsWithin } from "../weights/named-weights.js";
import { CONVERTERS } from "./converters.js";
import { graphOf, type Graph } from "./layer-graph.js";
import { LOCAL_RESPONSE_NORM } from "./local-response-norm-script.js";
import { convolution, reshape } from "./plain-layer.js";

/**
 * The same network in layers of tfjs' own alone, so that any tfjs loads it without a class of ours: equal outputs up to
 * rounding, in evaluation. A layer's plain ones have its name, with what they do behind a slash where there are
 * several, and before it the name of a model within the model where it lies in one. Drop path is left out, which
 * matters in training alone; local response normalisation, which they cannot say, stays.
 *
 * @returns a new model with weights of its own, [B, H, W, C] → what the model gives; the caller disposes of it
 * @throws TypeError for a layer that tfjs' own cannot say, or one that is used twice, or more inputs than one
 */
export function plainModel(model: tf.LayersModel): tf.LayersModel {
  checkValue("plainModel", "model", model, aModel);
  if (model.inputs.length !== 1) {
    throw new TypeError(`plainModel: a model must have one input, got ${model.inputs.length}`);
  }
  const image = tf.input({ shape: model.inputs[0]!.shape.slice(1), name: "image" });
  const plain = tf.model({ name: model.name, inputs: image, outputs: convertedGraph(graphOf(model), [image], "") });
  const metadata = model.getUserDefinedMetadata();
  if (metadata) plain.setUserDefinedMetadata(metadata);
  return plain;
}

/** A layer, what it is to be called, and what comes in. */
interface Place {
  readonly layer: tf.layers.Layer;
  readonly name: string;
  readonly inputs: readonly tf.SymbolicTensor[];
  readonly before: readonly tf.layers.Layer[];
  /** Of the network that it lies in. */
  readonly image: tf.SymbolicTensor;
}

/** @param prefix of the layers' names */
function convertedGraph(graph: Graph, images: readonly tf.SymbolicTensor[], prefix: string): tf.SymbolicTensor[] {
  const made = new Map<tf.layers.Layer, tf.SymbolicTensor>();
  graph.inputLayers.forEach((layer, i) => made.set(layer, images[i]!));
  for (const layer of graph.layers) {
    if (made.has(layer)) continue;
    const uses = nodesIn(graph, layer);
    if (uses.length !== 1) {
      throw new TypeError(`plainModel: a layer must be used once, got ${layer.name} used ${uses.length} times`);
    }
    const before = uses[0]!.inboundLayers;
    const inputs = before.map((each) => made.get(each)!);
    made.set(layer, converted({ layer, name: prefix + layer.name, inputs, before, image: images[0]! }));
  }
  return graph.outputs.map(({ sourceLayer }) => made.get(sourceLayer)!);
}

function converted({ layer, name, inputs, before, image }: Place): tf.SymbolicTensor {
  if ("inputLayers" in layer) return convertedModel(layer as unknown as tf.LayersModel, inputs, name);
  const kind = layer.getClassName();
  const weight = (last: string): tf.Tensor | undefined => {
    const found = layer.weights.find(({ originalName }) => originalName.endsWith(`${layer.name}/${last}`));
    return found && tf.clone(found.read());
  };
  if (kind === "Patches") return inputs[0]!; // its linear map cuts them
  if (kind === "Linear" && before[0]!.getClassName() === "Patches") {
    return patchMap(name, before[0]!, inputs[0]!, weight);
  }
  if (kind === LOCAL_RESPONSE_NORM.className) return copied(layer, name, inputs);
  const convert = Object.hasOwn(CONVERTERS, kind) ? CONVERTERS[kind] : undefined;
  if (convert) return convert({ name, config: layer.getConfig(), x: inputs[0]!, image, weight });
  if (Object.values(ours).some((each) => (layer as object).constructor === each)) {
    const known = Object.keys(CONVERTERS).join(", ");
    throw new TypeError(`plainModel: a layer must be one that tfjs' own can say (${known}), got ${kind} ${name}`);
  }
  return copied(layer, name, inputs);
}

/** A model within the model, its layers in the outer one's place. */
function convertedModel(model: tf.LayersModel, inputs: readonly tf.SymbolicTensor[], name: string): tf.SymbolicTensor {
  const outputs = convertedGraph(graphOf(model), inputs, `${name}/`);
  if (outputs.length !== 1) {
    throw new TypeError(`plainModel: a model within the model must have one output, got ${name} of ${outputs.length}`);
  }
  return outputs[0]!;
}

/** A layer of tfjs' own, again, with its weights. */
function copied(layer: tf.layers.Layer, name: string, inputs: readonly tf.SymbolicTensor[]): tf.SymbolicTensor {
  const { fromConfig } = layer.constructor as unknown as {
    fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
  };
  const copy = fromConfig.call(layer.constructor, layer.constructor, { ...layer.getConfig(), name });
  const y = copy.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as tf.SymbolicTensor;
  const weights = weightsWithin(layer);
  weightsWithin(copy).forEach((weight, i) => weight.write(weights[i]!.read()));
  return y;
}

/** A linear map of patches is a convolution of the patch's size and stride; then the grid becomes a sequence. */
function patchMap(
  name: string,
  patches: tf.layers.Layer,
  image: tf.SymbolicTensor,
  weight: (last: string) => tf.Tensor | undefined,
): tf.SymbolicTensor {
  const { patchSize } = patches.getConfig() as { patchSize: number };
  const flat = weight("kernel")!;
  const units = flat.shape[1]!;
  const kernel = tf.tidy(() => tf.reshape(flat, [patchSize, patchSize, -1, units]));
  flat.dispose();
  const grid = convolution(name, image, kernel, weight("bias"), { strides: patchSize, padding: "valid" });
  return reshape(`${name}/sequence`, grid, [grid.shape[1]! * grid.shape[2]!, units]);
}
