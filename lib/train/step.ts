import { compile, ops, tf } from "../backend/index.js";
import type { Optimizer } from "./adam.js";

/** What one step reports. */
export interface StepResult {
  /** Mean over the batch, before the step's change. */
  readonly loss: number;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly images: number;
}

/** Takes training steps. */
export interface TrainStep {
  /** One batch forward, backward, and one step of the optimizer. Leaves the batch to the caller. */
  run(batch: { readonly images: tf.Tensor; readonly labels: tf.Tensor }): Promise<StepResult>;
  dispose(): void;
}

/**
 * A training step as one compiled program for each size of batch.
 *
 * @param seed of the random numbers that the model draws, any integer
 */
export function trainStep(model: tf.LayersModel, variables: readonly tf.Variable[], optimizer: Optimizer, seed: number): TrainStep {
  const step = (images: tf.Tensor, labels: tf.Tensor): [loss: tf.Tensor, correct: tf.Tensor] => {
    let correct: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor2D;
      correct = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), labels), "int32")));
      return ops.softmaxCrossEntropy(logits, labels);
    }, variables as tf.Variable[]);
    optimizer.apply(variables.map((variable) => grads[variable.name]!));
    return [value, correct!];
  };
  const compiled = compile(step, { name: "trainStep", seed: seed | 0 });
  return {
    async run({ images, labels }) {
      const [loss, correct] = await compiled(images, labels);
      const [lossValues, correctValues] = await Promise.all([loss.data(), correct.data()]);
      tf.dispose([loss, correct]);
      return { loss: lossValues[0]!, correct: correctValues[0]!, images: images.shape[0]! };
    },
    dispose: () => compiled.dispose(),
  };
}
