import { tf } from "../backend/index.js";
import type { Optimizer } from "./adam.js";
import { softmaxCrossEntropy } from "./loss.js";

/** What one step reports. */
export interface StepResult {
  /** Mean over the batch, before the step's change. */
  readonly loss: number;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly images: number;
}

/** One batch forward, backward, and one step of the optimizer. Leaves the batch to the caller. */
export async function trainStep(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  optimizer: Optimizer,
  { images, labels }: { readonly images: tf.Tensor; readonly labels: tf.Tensor },
): Promise<StepResult> {
  const [loss, correct] = tf.tidy(() => {
    let correct: tf.Tensor | undefined;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true }) as tf.Tensor2D;
      correct = tf.keep(tf.sum(tf.cast(tf.equal(tf.argMax(logits, -1), labels), "int32")));
      return softmaxCrossEntropy(logits, labels);
    }, variables as tf.Variable[]);
    optimizer.apply(variables.map((variable) => grads[variable.name]!));
    return [value, correct!] as const;
  });
  const [lossValues, correctValues] = await Promise.all([loss.data(), correct.data()]);
  tf.dispose([loss, correct]);
  return { loss: lossValues[0]!, correct: correctValues[0]!, images: images.shape[0]! };
}
