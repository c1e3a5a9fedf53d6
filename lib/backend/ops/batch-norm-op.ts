import * as tf from "@tensorflow/tfjs";
import { aboveZero, checkValue } from "../../checks.js";
import { checkFloat, checkShape, defineOp, flag, float, text, type } from "./op.js";

interface Attributes {
  readonly epsilon: number;
}

const attributes = (epsilon: number) => [
  type("T"),
  type("U"),
  float("epsilon", epsilon),
  text("data_format", "NHWC"),
  flag("is_training", true),
];
const AXES = [0, 1, 2];

/** dx, dgamma, dbeta at once, from what the forward op kept. */
const trainingGradient = defineOp<
  { dy: tf.Tensor; x: tf.Tensor; gamma: tf.Tensor; kept1: tf.Tensor; kept2: tf.Tensor },
  Attributes
>({
  name: "BatchNormTrainingGrad",
  tensorflow: (run, { dy, x, gamma, kept1, kept2 }, { epsilon }) =>
    run("FusedBatchNormGradV2", attributes(epsilon), [dy, x, gamma, kept1, kept2], 5).slice(0, 3),
  composed: ({ dy, x, gamma, kept1: mean, kept2: r }) => {
    const n = tf.mul(tf.sub(x, mean), r);
    const [dgamma, dbeta] = [tf.sum(tf.mul(dy, n), AXES), tf.sum(dy, AXES)];
    const count = x.size / gamma.size;
    const dx = tf.mul(tf.mul(gamma, r), tf.sub(dy, tf.add(tf.mul(n, tf.div(dgamma, count)), tf.div(dbeta, count))));
    return [dx, dgamma, dbeta];
  },
});

/** y, mean, unbiased variance, and two tensors [C] for the gradient. */
const training = defineOp<{ x: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor }, Attributes>({
  name: "BatchNormTraining",
  // V3 has a sixth output whose shape TensorFlow does not say; on a CPU it is empty.
  tensorflow: (run, { x, gamma, beta }, { epsilon }) =>
    run("FusedBatchNormV2", attributes(epsilon), [x, gamma, beta, tf.tensor1d([]), tf.tensor1d([])], 5),
  composed: ({ x, gamma, beta }, { epsilon }) => {
    const { mean, variance } = tf.moments(x, AXES);
    const r = tf.rsqrt(tf.add(variance, epsilon));
    const count = x.size / gamma.size;
    const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
    return [tf.add(tf.mul(tf.mul(tf.sub(x, mean), r), gamma), beta), mean, unbiased, mean, r].map((tensor, i) =>
      i === 3 ? tensor.clone() : tensor,
    );
  },
  gradient: {
    inputsToSave: ["x", "gamma"],
    outputsToSave: [false, false, false, true, true],
    gradFunc: (dys, saved, attrs) => {
      const [x, gamma, kept1, kept2] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
      const [dx, dgamma, dbeta] = trainingGradient(
        { dy: (dys as tf.Tensor[])[0]!, x, gamma, kept1, kept2 },
        attrs as unknown as Attributes,
      );
      return { x: () => dx!, gamma: () => dgamma!, beta: () => dbeta! };
    },
  },
});

/** What {@link batchNormTraining} gives. */
export interface BatchNormTraining {
  /** [B, H, W, C] */
  readonly y: tf.Tensor;
  /** The batch's mean [C]; no gradient goes through it. */
  readonly mean: tf.Tensor;
  /** The batch's unbiased variance [C] (over n − 1), for the moving statistics; no gradient goes through it. */
  readonly variance: tf.Tensor;
}

/**
 * Batch normalisation by the batch's own statistics: (x − mean) / √(variance + epsilon) · gamma + beta over batch,
 * height and width, with the biased variance. Forward, statistics and gradient are one op each.
 *
 * @param x [B, H, W, C] float32
 * @param gamma [C]
 * @param beta [C]
 * @param epsilon added to the variance, above 0
 * @throws TypeError for another shape or dtype
 * Source: Ioffe & Szegedy 2015, algorithm 1; TensorFlow's FusedBatchNorm.
 */
export function batchNormTraining(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): BatchNormTraining {
  checkFloat("batchNormTraining", "x", x);
  checkValue("batchNormTraining", "epsilon", epsilon, aboveZero);
  checkShape("batchNormTraining", "x", x, [null, null, null, null]);
  for (const [name, tensor] of Object.entries({ gamma, beta }))
    checkShape("batchNormTraining", name, tensor, [x.shape[3]!]);
  const [y, mean, variance, ...kept] = training({ x, gamma, beta }, { epsilon }) as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    ...tf.Tensor[],
  ];
  tf.dispose(kept); // a tape holds what it needs
  return { y, mean, variance };
}
