/** CCT-6/3x1 on CIFAR-100 for as long as there is time: as many epochs as fit, of one cosine. */
import { performance } from "node:perf_hooks";
import { cifar100, PUBLISHED_STATISTICS, subset, type Dataset, type ImageSet } from "../../datasets/index.js";
import { createModel } from "../../models/index.js";
import { storedPredictions } from "../../study/report.js";
import type { StoredPredictions } from "../../study/study-result.js";
import { evaluate, fit, type FitOptions, type History } from "../../train/index.js";

export const NETWORK = "cct_6_3x1_32";

const { mean, std } = PUBLISHED_STATISTICS["cifar-100"];

/**
 * What the report "Final Project" (on CCT and CIFAR-100, its author unnamed) says, after Hassani et al. 2021; where it
 * says none, the authors' values for CIFAR-100 (SHI-Labs' Compact-Transformers): learning rate, weight decay, batch and
 * label smoothing. Mixup and cutmix, which the authors have and the report has not, are left out.
 */
export const RECIPE = {
  batchSize: 128,
  learningRate: 5.5e-4,
  optimizer: { name: "adamw", weightDecay: 0.06, decayNormsAndBiases: false },
  schedule: { name: "cosine", warmupFraction: 0.1 },
  labelSmoothing: 0.1,
  augment: { horizontalFlip: true, autoAugment: "cifar10" },
  mean,
  std,
  lossEvery: 100,
} as const satisfies FitOptions;

/** Draws a part of the test images. */
const TEST_SEED = 0;
/** Training images whose epoch is timed before the run, to know how many epochs fit. */
const TIMED_IMAGES = 12_800;
/** Share of the time that is kept for evaluations and for what the timing missed. */
const RESERVE = 0.1;

/** How long and on how many images the network is trained. */
export interface Cifar100Options {
  /** Time for all, minutes. */
  readonly minutes: number;
  /** Training images, the first of the set; all where it is left out. */
  readonly images?: number | undefined;
  /** Test images, drawn by a seed of their own; all where it is left out. */
  readonly tested?: number | undefined;
  readonly seed: number;
  /** Threads that make the batches. */
  readonly workers: number;
  readonly progress?: FitOptions["progress"];
}

/** What a training came to. */
export interface Cifar100Run {
  readonly history: History;
  /** Of the test images. */
  readonly accuracy: number;
  readonly top5Accuracy: number;
  readonly loss: number;
  /** Milliseconds a step, over each epoch, validation left out. */
  readonly stepMs: readonly number[];
  readonly parameters: number;
  readonly predictions: StoredPredictions;
  readonly dataset: Dataset;
}

/** Trains and evaluates; an interrupt ends the training after its step, and what there is then is evaluated. */
export async function trainOnCifar100({
  minutes,
  images,
  tested,
  seed,
  workers,
  progress = true,
}: Cifar100Options): Promise<Cifar100Run> {
  const endMs = performance.now() + 60_000 * minutes;
  const dataset = await cifar100();
  const test = tested === undefined ? dataset.test : subset(dataset.test, { count: tested, seed: TEST_SEED });
  const train = images === undefined ? dataset.train : subset(dataset.train, { count: images });
  const stepSeconds = await timeSteps(subset(train, { count: Math.min(TIMED_IMAGES, train.labels.length) }), workers);
  const batches = Math.ceil(train.labels.length / RECIPE.batchSize);
  const seconds = ((endMs - performance.now()) / 1000) * (1 - RESERVE);
  const epochs = Math.max(1, Math.floor(seconds / (batches * stepSeconds)));
  const model = createModel(NETWORK, { numClasses: 100, seed });
  try {
    const parameters = model.countParams();
    const timer = AbortSignal.timeout(Math.max(1, Math.ceil(endMs - performance.now())));
    const history = await fit(model, train, {
      ...RECIPE,
      epochs,
      seed,
      workers,
      progress,
      signal: timer,
      name: `${NETWORK}, ${epochs} epochs`,
    });
    const { accuracy, top5Accuracy, loss, predictions: classes } = await evaluate(model, test, { batchSize: 500 });
    return {
      history,
      accuracy,
      top5Accuracy,
      loss,
      parameters,
      dataset,
      stepMs: history.epochs.map(({ seconds: each }) => (1000 * each) / batches),
      predictions: storedPredictions(test, TEST_SEED, classes),
    };
  } finally {
    model.dispose();
  }
}

/** Seconds a step takes, once it is traced: of the second of two epochs. */
async function timeSteps(set: ImageSet, workers: number): Promise<number> {
  const model = createModel(NETWORK, { numClasses: 100, seed: 0 });
  const { epochs } = await fit(model, set, { ...RECIPE, epochs: 2, workers, progress: false });
  model.dispose();
  return epochs[1]!.seconds / Math.ceil(set.labels.length / RECIPE.batchSize);
}
