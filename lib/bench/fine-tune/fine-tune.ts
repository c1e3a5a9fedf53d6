/**
 * What pretraining is worth: a network trained on CIFAR-100 and moved to a few images of CIFAR-10, beside fresh
 * weights.
 */
import { join } from "node:path";
import { cifar10, cifar100, PUBLISHED_STATISTICS, subset, type Dataset } from "../../datasets/index.js";
import { createModel, freeze, loadWeights, saveWeights, unfreeze } from "../../models/index.js";
import { evaluate, fit, type FitOptions } from "../../train/index.js";

/** The authors' smallest network. */
export const NETWORK = "cct_2_3x2_32";

export const FRESH = "fresh weights";
export const ALL = "pretrained, all trained";
export const HEAD = "pretrained, only the head trained";
export const STARTS = [ALL, HEAD, FRESH] as const;
type Start = (typeof STARTS)[number];

/** How much is trained and tested. */
export interface FineTuneSizes {
  /** Images of CIFAR-100. */
  readonly pretrainImages: number;
  readonly pretrainEpochs: number;
  /** Images of CIFAR-10, as many of each class; others for each seed. */
  readonly images: number;
  readonly epochs: number;
  readonly seeds: number;
  /** Test images. */
  readonly tested: number;
}

/** What pretraining came to. */
export interface FineTuned {
  /** Share of CIFAR-100's test images that the pretrained network has right. */
  readonly pretrainedAccuracy: number;
  readonly pretrainSeconds: number;
  /** Shares of CIFAR-10's test images, one for each seed. */
  readonly accuracies: Readonly<Record<Start, readonly number[]>>;
  readonly data: readonly [cifar100: string, cifar10: string];
  /** The official archives by their digests; empty where a set is none. */
  readonly archives: Readonly<Record<string, string>>;
}

const { mean, std } = PUBLISHED_STATISTICS["cifar-100"]; // for both: the weights have seen these
const DROPS = { attnDropRate: 0, dropPathRate: 0 }; // they are for hundreds of epochs

/** The same for every training: the authors' optimizer and label smoothing, with fewer augmentations for few epochs. */
export const RECIPE = {
  batchSize: 100,
  learningRate: 1e-3,
  optimizer: { name: "adamw", weightDecay: 0.06, decayNormsAndBiases: false },
  clipNorm: 1,
  schedule: { name: "cosine", warmupFraction: 0.1 },
  labelSmoothing: 0.1,
  augment: { cropPadding: 4, horizontalFlip: true },
} as const satisfies FitOptions;

/**
 * Trains on CIFAR-100, saves the weights, and trains on CIFAR-10 from them, from their body alone, and from fresh
 * weights.
 *
 * @param folder where the pretrained weights go: `pretrained.safetensors`
 * @param progress as `fit` takes it
 */
export async function fineTune(
  sizes: FineTuneSizes,
  folder: string,
  progress: FitOptions["progress"] = true,
): Promise<FineTuned> {
  const file = join(folder, "pretrained.safetensors");
  const source = await cifar100();
  const { accuracy, seconds } = await pretrain(source, sizes, file, progress);
  const target = await cifar10();
  const test = subset(target.test, { count: sizes.tested });
  const accuracies: Record<Start, number[]> = { [ALL]: [], [HEAD]: [], [FRESH]: [] };
  for (let seed = 1; seed <= sizes.seeds; seed++) {
    const images = subset(target.train, { count: sizes.images, seed, stratified: true });
    for (const start of STARTS) {
      const model = createModel(NETWORK, { seed, ...DROPS });
      if (start !== FRESH) await loadWeights(model, file, { head: "new" });
      if (start === HEAD) {
        freeze(model, "*");
        unfreeze(model, "head");
      }
      await fit(model, images, {
        ...RECIPE,
        mean,
        std,
        epochs: sizes.epochs,
        seed,
        progress,
        name: `CIFAR-10, ${start}, seed ${seed}`,
      });
      accuracies[start].push((await evaluate(model, test, { mean, std })).accuracy);
      model.dispose();
    }
  }
  const sets = [source.provenance, target.provenance];
  const archives = Object.fromEntries(
    sets.every(({ kind }) => kind === "archive")
      ? sets.flatMap((each) => each.archives.map(({ file, digest }) => [file, digest]))
      : [],
  );
  return {
    pretrainedAccuracy: accuracy,
    pretrainSeconds: seconds,
    accuracies,
    data: [source.provenance.label, target.provenance.label],
    archives,
  };
}

async function pretrain(
  source: Dataset,
  { pretrainImages, pretrainEpochs, tested }: FineTuneSizes,
  file: string,
  progress: FitOptions["progress"],
): Promise<{ accuracy: number; seconds: number }> {
  const model = createModel(NETWORK, { numClasses: 100, seed: 0, ...DROPS });
  const { seconds } = await fit(model, subset(source.train, { count: pretrainImages }), {
    ...RECIPE,
    mean,
    std,
    epochs: pretrainEpochs,
    progress,
    name: "CIFAR-100",
  });
  await saveWeights(model, file);
  const { accuracy } = await evaluate(model, subset(source.test, { count: tested }), { mean, std });
  model.dispose();
  return { accuracy, seconds };
}
