import { tf } from "../../backend/index.js";
import * as ours from "../../layers/index.js";
import { aModel, checkValue } from "../../checks.js";
import { CONVERTERS } from "./converters.js";
import { LOCAL_RESPONSE_NORM } from "./local-response-norm.js";
import { convolution, reshape } from "./plain-layer.js";

/**
 * The same network in layers of tfjs' own alone, so that any tfjs loads it without a class of ours: equal outputs up to
 * rounding, in evaluation. A layer's plain ones have its name, with what they do behind a slash where there are
 * several. Drop path is left out, which matters in training alone; local response normalisation, which they cannot say,
 * stays.
 *
 * @returns a new model with weights of its own, [B, H, W, C] → what the model gives; the caller disposes of it
 * @throws TypeError for a layer that tfjs' own cannot say, or one that is used twice
 */
export function plainModel(model: tf.LayersModel): tf.LayersModel {
  checkValue("plainModel", "model", model, aModel);
  const made = new Map<tf.layers.Layer, tf.SymbolicTensor>();
  const [input] = model.inputs;
  const image = tf.input({ shape: input!.shape.slice(1), name: "image" });
  for (const layer of model.layers) {
    const node = layer.inboundNodes[0];
    if (layer.inboundNodes.length !== 1 || model.inputs.length !== 1)
      throw new TypeError(`plainModel: a layer must be used once, in a model of one input, got ${layer.name}`);
    const before = node!.inboundLayers;
    if (before.length === 0) made.set(layer, image);
    else
      made.set(
        layer,
        converted(
          layer,
          before.map((each) => made.get(each)!),
          image,
          before,
        ),
      );
  }
  const outputs = model.outputs.map(({ sourceLayer }) => made.get(sourceLayer)!);
  const plain = tf.model({ name: model.name, inputs: image, outputs });
  const metadata = model.getUserDefinedMetadata();
  if (metadata) plain.setUserDefinedMetadata(metadata);
  return plain;
}

function converted(
  layer: tf.layers.Layer,
  inputs: readonly tf.SymbolicTensor[],
  image: tf.SymbolicTensor,
  before: readonly tf.layers.Layer[],
): tf.SymbolicTensor {
  const [name, kind] = [layer.name, layer.getClassName()];
  const weight = (last: string): tf.Tensor | undefined => {
    const found = layer.weights.find(({ originalName }) => originalName === `${name}/${last}`);
    return found && tf.clone(found.read());
  };
  if (kind === "Patches") return inputs[0]!; // its linear map cuts them
  if (kind === "Linear" && before[0]!.getClassName() === "Patches")
    return patchMap(layer, before[0]!, inputs[0]!, weight);
  if (kind === LOCAL_RESPONSE_NORM.className) return copied(layer, inputs);
  const convert = Object.hasOwn(CONVERTERS, kind) ? CONVERTERS[kind] : undefined;
  if (convert) return convert({ name, config: layer.getConfig(), x: inputs[0]!, image, weight });
  if (Object.values(ours).some((each) => (layer as object).constructor === each))
    throw new TypeError(
      `plainModel: a layer must be one that tfjs' own can say (${Object.keys(CONVERTERS).join(", ")}), got ` +
        `${kind} ${name}`,
    );
  return copied(layer, inputs);
}

/** A layer of tfjs' own, again, with its weights. */
function copied(layer: tf.layers.Layer, inputs: readonly tf.SymbolicTensor[]): tf.SymbolicTensor {
  const { fromConfig } = layer.constructor as unknown as {
    fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
  };
  const copy = fromConfig.call(layer.constructor, layer.constructor, layer.getConfig());
  const y = copy.apply(inputs.length === 1 ? inputs[0]! : [...inputs]) as tf.SymbolicTensor;
  copy.setWeights(layer.getWeights());
  return y;
}

/** A linear map of patches is a convolution of the patch's size and stride; then the grid becomes a sequence. */
function patchMap(
  layer: tf.layers.Layer,
  patches: tf.layers.Layer,
  image: tf.SymbolicTensor,
  weight: (last: string) => tf.Tensor | undefined,
): tf.SymbolicTensor {
  const { patchSize } = patches.getConfig() as { patchSize: number };
  const flat = weight("kernel")!;
  const units = flat.shape[1]!;
  const kernel = tf.tidy(() => tf.reshape(flat, [patchSize, patchSize, -1, units]));
  flat.dispose();
  const grid = convolution(layer.name, image, kernel, weight("bias"), { strides: patchSize, padding: "valid" });
  return reshape(`${layer.name}/sequence`, grid, [grid.shape[1]! * grid.shape[2]!, units]);
}
