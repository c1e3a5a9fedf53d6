import { compile, ops, tf } from "../backend/index.js";
import type { Batch } from "../datasets/batches.js";
import { backward, bestParts } from "./backward.js";
import type { LossConfig } from "./loss.js";
import type { Optimizer } from "./optimizer.js";
import { constraintsOf } from "./penalties.js";

/** What one step reports. */
export interface StepResult {
  /** Mean over the batch, before the step's change, with what the regularizers add. */
  readonly loss: number;
  /** Images whose largest logit was their label's. */
  readonly correct: number;
  readonly images: number;
}

export interface StepConfig extends LossConfig {
  /** Of the random numbers that the model draws, any integer. */
  readonly seed: number;
  /** Largest norm over all gradients, above 0; null: any. */
  readonly clipNorm: number | null;
  /** Images computed at once; null: the whole batch. */
  readonly microBatchSize: number | null;
  /** Parts of it that are computed side by side, 1 or more; null: as suits the model. */
  readonly parallelParts: number | null;
  /** Whether matrix products and convolutions take bfloat16. */
  readonly mixedPrecision: boolean;
}

/** Takes training steps. */
export interface TrainStep {
  /**
   * One batch forward, backward, one step of the optimizer, and the weights back within their constraints. Leaves the
   * batch to the caller.
   */
  run(batch: Batch, learningRate: number, momentum?: number): Promise<StepResult>;
  /** How often each of the two programs has run: with the seed, the state of the random numbers. */
  readonly calls: readonly [number, number];
  dispose(): void;
}

/**
 * A training step as one compiled program for each size of batch; with microBatchSize one more, which only adds
 * gradients up. The parts' gradients count by their images, so that together they are the whole batch's (with class
 * weights, and with batch statistics, each part has its own mean).
 *
 * @param calls of a run that goes on
 */
export function trainStep(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  optimizer: Optimizer,
  config: StepConfig,
  calls: readonly [number, number] = [0, 0],
): TrainStep {
  const { clipNorm, microBatchSize } = config;
  const sums =
    microBatchSize === null ? [] : variables.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));
  const parts = config.parallelParts ?? bestParts(model, config);
  const add = (images: tf.Tensor, labels: tf.Tensor, targets: tf.Tensor, share: tf.Tensor): tf.Tensor[] => {
    const { loss, correct, gradients } = backward(model, variables, { images, labels, targets }, config, parts);
    sums.forEach((sum, i) => sum.assign(tf.add(sum, tf.mul(gradients[i]!, share))));
    return [loss, correct];
  };
  const step = (
    images: tf.Tensor,
    labels: tf.Tensor,
    targets: tf.Tensor,
    share: tf.Tensor,
    learningRate: tf.Tensor,
    momentum?: tf.Tensor,
  ): tf.Tensor[] => {
    const { loss, correct, gradients } = backward(model, variables, { images, labels, targets }, config, parts);
    let all = sums.length === 0 ? gradients : sums.map((sum, i) => tf.add(sum, tf.mul(gradients[i]!, share)));
    if (clipNorm !== null) all = ops.clipByGlobalNorm(all, clipNorm).gradients;
    optimizer.apply(all, learningRate as tf.Scalar, momentum as tf.Scalar | undefined);
    for (const sum of sums) sum.assign(tf.zerosLike(sum));
    return [loss, correct];
  };
  const seed = config.seed | 0;
  const precision = config.mixedPrecision ? { mixedPrecision: "bfloat16" as const } : {};
  const adding = compile(add, {
    name: "addGradients",
    seed: seed ^ 0x5bd1e995,
    firstCall: calls[0],
    interruptible: false,
    ...precision,
  }); // a step is taken whole
  const stepping = compile(step, { name: "trainStep", seed, firstCall: calls[1], interruptible: false, ...precision });
  const constrain = constraintsOf(model);
  const done: [number, number] = [...calls];

  /**
   * Loss and number of right ones of a part; changes the variables where it is the last, which has settings: learning
   * rate, momentum.
   */
  const runPart = async (
    part: Batch,
    share: number,
    settings: readonly number[],
  ): Promise<{ loss: number; correct: number }> => {
    const last = settings.length > 0;
    const scalars: tf.Tensor[] = [share, ...settings].map((value) => tf.scalar(value));
    const inputs = [part.images, part.labels, part.targets ?? part.labels, ...scalars] as Parameters<typeof step>;
    try {
      const [loss, correct] = (await (last
        ? stepping(...inputs)
        : adding(...(inputs as never as Parameters<typeof add>)))) as [tf.Tensor, tf.Tensor];
      done[last ? 1 : 0]++;
      const [lossValues, correctValues] = await Promise.all([loss.data(), correct.data()]);
      tf.dispose([loss, correct]);
      if (last) await constrain?.();
      return { loss: lossValues[0]!, correct: correctValues[0]! };
    } finally {
      tf.dispose(scalars);
    }
  };

  return {
    calls: done,
    async run(batch, learningRate, momentum) {
      const settings = momentum === undefined ? [learningRate] : [learningRate, momentum];
      const images = batch.images.shape[0];
      const size = Math.min(microBatchSize ?? images, images);
      if (size === images) return { ...(await runPart(batch, 1, settings)), images };
      let [loss, correct] = [0, 0];
      for (let first = 0; first < images; first += size) {
        const length = Math.min(size, images - first);
        const part = sliceBatch(batch, first, length);
        try {
          const result = await runPart(part, length / images, first + length === images ? settings : []);
          loss += (result.loss * length) / images;
          correct += result.correct;
        } finally {
          tf.dispose(part);
        }
      }
      return { loss, correct, images };
    },
    dispose() {
      adding.dispose();
      stepping.dispose();
      constrain?.dispose();
      tf.dispose(sums);
    },
  };
}

/** Images `first` to `first + length` of a batch; the caller disposes of them. */
export function sliceBatch({ images, labels, targets }: Batch, first: number, length: number): Batch {
  const [, height, width, channels] = images.shape;
  const part = {
    images: tf.slice(images, [first, 0, 0, 0], [length, height, width, channels]),
    labels: tf.slice(labels, [first], [length]),
  };
  return targets ? { ...part, targets: tf.slice(targets, [first, 0], [length, targets.shape[1]]) } : part;
}
