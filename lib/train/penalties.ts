import { compile, tf, type CompiledFunction } from "../backend/index.js";

/** What a weight is held to after each step, which tfjs does not declare. */
interface Constrained {
  readonly constraint?: { apply(weight: tf.Tensor): tf.Tensor } | null;
}

/**
 * A loss with what the model's layers add to it by their regularizers (`kernelRegularizer` and its like), as tfjs' own
 * `fit` adds it. Call it after the model has been applied, inside a tidy.
 */
export function withPenalties(model: tf.LayersModel, loss: tf.Scalar): tf.Scalar {
  const { model: graph = model } = model as { readonly model?: tf.LayersModel }; // a sequential model keeps one inside
  return graph.calculateLosses().reduce((sum, penalty) => tf.add(sum, penalty), loss);
}

/**
 * What puts a model's trained weights back within their constraints (`kernelConstraint` and its like) after a step, as
 * Keras does; undefined where no weight has one. tfjs' own `fit` passes them over.
 */
export function constraintsOf(model: tf.LayersModel): CompiledFunction<[], void> | undefined {
  const constrained = [...new Set(model.trainableWeights)].flatMap((weight) => {
    const { constraint } = weight as unknown as Constrained;
    return constraint ? [{ variable: weight.read() as tf.Variable, constraint }] : [];
  });
  if (constrained.length === 0) return undefined;
  return compile(
    () => {
      for (const { variable, constraint } of constrained) variable.assign(constraint.apply(variable));
    },
    { name: "constrain", interruptible: false },
  );
}
