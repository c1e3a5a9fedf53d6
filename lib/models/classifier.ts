import type { tf } from "../backend/index.js";

/** A layer's parts that tfjs does not declare. */
interface Ending {
  readonly activation?: { getClassName(): string };
  readonly axis?: number | readonly number[];
}

/**
 * Checks that a model takes one image and gives one number a class.
 *
 * @returns K, the number of classes
 * @throws TypeError for another number of inputs or outputs, for an output that is not [B, K], and for a model that
 *   ends in a sigmoid, whose numbers are neither logits nor one distribution over the classes
 */
export function checkClassifier(fn: string, model: tf.LayersModel): number {
  const { inputs, outputs } = model;
  const listed = (tensors: readonly tf.SymbolicTensor[]): string => {
    const shapes = tensors.map((tensor) => `${tensor.sourceLayer.name} [${sizes(tensor)}]`);
    return shapes.length === 0
      ? "none: its first layer must have an inputShape"
      : `${shapes.length} (${shapes.join(", ")})`;
  };
  if (inputs.length !== 1)
    throw new TypeError(`${fn}: the model must take one input, images [H, W, C], got ${listed(inputs)}`);
  if (outputs.length !== 1)
    throw new TypeError(`${fn}: the model must give one output, logits [B, K], got ${listed(outputs)}`);
  const [output] = outputs as [tf.SymbolicTensor];
  const classes = output.shape.at(-1);
  if (output.shape.length !== 2 || classes == null) {
    const remedy =
      output.shape.length === 4 ? "; tf.layers.globalAveragePooling2d makes one number a channel of a map" : "";
    throw new TypeError(
      `${fn}: the model must give logits [B, K], got [B, ${sizes(output)}] from ${output.sourceLayer.name}${remedy}`,
    );
  }
  const end = lastLayer(model);
  const name = activationOf(end);
  if (name === "sigmoid" || name === "hardSigmoid") {
    throw new TypeError(
      `${fn}: the model must end in logits or in a softmax over the classes, got a ${name} at ${end.name}`,
    );
  }
  return classes;
}

/** The layer in which a model takes a softmax over its classes at the very end; undefined where it ends in logits. */
export function softmaxAtEnd(model: tf.LayersModel): tf.layers.Layer | undefined {
  const end = lastLayer(model);
  if (end.getClassName() !== "Softmax") return activationOf(end) === "softmax" ? end : undefined;
  const axes = [(end as unknown as Ending).axis].flat();
  return axes.length === 1 && (axes[0] === -1 || axes[0] === 1) ? end : undefined;
}

/** What computes a model's output, in whatever model inside of it that is, past layers that change its shape alone. */
function lastLayer(model: tf.LayersModel): tf.layers.Layer {
  let tensor = model.outputs[0]!;
  for (;;) {
    const { sourceLayer, inputs, outputTensorIndex = 0 } = tensor;
    const isView = ["Flatten", "Reshape"].includes(sourceLayer.getClassName());
    if ("layers" in sourceLayer) tensor = (sourceLayer as unknown as tf.LayersModel).outputs[outputTensorIndex]!;
    else if (isView && inputs[0]!.shape.at(-1) === tensor.shape.at(-1)) tensor = inputs[0]!;
    else return sourceLayer;
  }
}

/** Layers whose activation is the last that they do. */
const WITH_ACTIVATION = ["Dense", "Conv2D", "Activation"];

function activationOf(layer: tf.layers.Layer): string | undefined {
  if (!WITH_ACTIVATION.includes(layer.getClassName())) return undefined;
  return (layer as unknown as Ending).activation?.getClassName();
}

function sizes({ shape }: tf.SymbolicTensor): string {
  return shape
    .slice(1)
    .map((size) => size ?? "?")
    .join(", ");
}
