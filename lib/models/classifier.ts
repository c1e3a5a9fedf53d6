import type { tf } from "../backend/index.js";
import { activationOf, endsOf } from "../layers/model-end.js";

/** What an error adds where a model has one number for two classes. */
const ONE_UNIT = "; two classes take 2 units (and a softmax or none)";

/**
 * Checks that a model takes one image and gives one number a class.
 *
 * @returns K, the number of classes
 * @throws TypeError for another number of inputs or outputs, for an output that is not [B, K] of 2 classes or more, and
 *   for a model that ends in a sigmoid, whose numbers are neither logits nor one distribution over the classes
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
  const sigmoid = endsOf(output).layers.find((layer) => ["sigmoid", "hardSigmoid"].includes(activationOf(layer) ?? ""));
  if (sigmoid) {
    throw new TypeError(
      `${fn}: the model must end in logits or in a softmax over the classes, got a ${activationOf(sigmoid)} at ` +
        `${sigmoid.name}${classes === 1 ? ONE_UNIT : ""}`,
    );
  }
  if (classes < 2) {
    throw new TypeError(
      `${fn}: the model must give logits [B, K] of 2 classes or more, got [B, ${classes}] from ` +
        `${output.sourceLayer.name}${ONE_UNIT}`,
    );
  }
  return classes;
}

function sizes({ shape }: tf.SymbolicTensor): string {
  return shape
    .slice(1)
    .map((size) => size ?? "?")
    .join(", ");
}
