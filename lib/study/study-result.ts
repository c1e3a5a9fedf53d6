/** What a study hands over, as plain data, and what it makes that of. */
import type { FileSet, ImageSet } from "../datasets/types.js";
import type { Measures, Size } from "./claims.js";
import type { Environment } from "../backend/environment.js";

/**
 * Test images that predictions are for: `datasets.subset(split, { classes, count, seed })` draws them again, `classes`
 * being those of the names that the dataset has.
 */
export interface TestImages {
  /** The set's name, "cifar-10". */
  readonly dataset: string;
  /** Of which split they are. */
  readonly split: "train" | "test";
  /** How many images were drawn of the split. */
  readonly count: number;
  /** The seed of the drawing. */
  readonly seed: number;
  /** Its classes in the order of their labels; a result without them is of all the dataset's. */
  readonly classNames?: readonly string[];
  /** sha256 of their labels, one byte each: whether another machine's data are the same. */
  readonly labels: string;
}

/** Predictions of one run, stored so that accuracy and confusion can be computed again. */
export interface StoredPredictions {
  /** The images. */
  readonly test: TestImages;
  /** Base64 of one byte an image: its predicted class. */
  readonly classes: string;
  /** 0 to 1 */
  readonly accuracy: number;
  /** matrix[label][prediction]: numbers of images [K, K] */
  readonly confusion: readonly (readonly number[])[];
}

/** What a study hands over; plain data. */
export interface StudyResult extends Environment {
  /** The notebook's name. */
  readonly study: string;
  /** The size that ran. */
  readonly size: Size;
  /** Everything that was set. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The images. */
  readonly data: {
    /** Where the images are from: an official archive, a folder, arrays given, or drawn by this library. */
    readonly kind: "archive" | "folder" | "arrays" | "generated";
    /** One line that says so. */
    readonly label: string;
    /** The archives' files. */
    readonly archives: readonly {
      /** Its name. */
      readonly file: string;
      /** "sha256:…", of its bytes. */
      readonly digest: string;
    }[];
  };
  /** Numbers by name. */
  readonly measures: Measures;
  /** By run. */
  readonly predictions: Readonly<Record<string, StoredPredictions>>;
  /** By run: [epoch, batch, loss], the mean of the batches since the row before; what a loss curve draws. */
  readonly losses?: Readonly<Record<string, readonly (readonly [epoch: number, batch: number, loss: number])[]>>;
  /**
   * By run, what was measured of each epoch: "epoch", "loss" and "accuracy" while it trained, and after it
   * "validation.loss", "training.accuracy", "validation." and a metric's name, where they were measured.
   */
  readonly epochs?: Readonly<Record<string, readonly Measures[]>>;
  /** Runs that the size has and this one left out on demand. */
  readonly notRun?: readonly string[];
  /** What took how long. */
  readonly parts: readonly StudyPart[];
}

/** How long a part of a study took. */
export interface StudyPart {
  /** What the part is called. */
  readonly name: string;
  /** Wall time. */
  readonly seconds: number;
}

/** One point of a loss curve, as `train.fit`'s history has it. */
export interface LossEntry {
  /** From 1. */
  readonly epoch: number;
  /** The epoch's last batch of those whose mean it is, from 1. */
  readonly batch: number;
  /** The mean of the batches since the entry before. */
  readonly loss: number;
}

/** What is measured on a set after an epoch, as `train.fit`'s history has it. */
export interface EpochMeasurement {
  /** The mean over the set. */
  readonly loss: number;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Each of the run's metrics, where it has some. */
  readonly metrics?: Measures;
}

/** One epoch, as `train.fit`'s history has it. */
export interface EpochEntry {
  /** From 1. */
  readonly epoch: number;
  /** The mean while it trained. */
  readonly loss: number;
  /** 0 to 1, while it trained. */
  readonly accuracy: number;
  /** On the training images after it, where that was measured. */
  readonly training?: EpochMeasurement;
  /** On the validation images after it, where there were some. */
  readonly validation?: EpochMeasurement;
}

/** The predictions of one run, as a study hands them over. */
export interface RunPredictions {
  /** The test images: a split, or what `datasets.subset` drew of it. */
  readonly set: ImageSet | FileSet;
  /** By which it was drawn. */
  readonly seed: number;
  /** The predicted class of each image [N]. */
  readonly classes: ArrayLike<number>;
}

/** What a study hands over. */
export interface ReportOptions {
  /** The notebook's name. */
  readonly study: string;
  /** The size that ran. */
  readonly size: Size;
  /** Everything that was set, JSON's types only. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Numbers by name: "epoch.vitPatches.accuracy". One table row a name before the last dot. */
  readonly measures: Measures;
  /** By run: the predicted classes, in the order of the set, and how the set was drawn. */
  readonly predictions: Readonly<Record<string, RunPredictions>>;
  /** How long each part of the study took. */
  readonly parts: readonly StudyPart[];
  /** By run: the losses of `train.fit`'s history. Default, and null: none are stored. */
  readonly losses?: Readonly<Record<string, readonly LossEntry[]>> | null;
  /** By run: the epochs of `train.fit`'s history. Default, and null: none are stored. */
  readonly epochs?: Readonly<Record<string, readonly EpochEntry[]>> | null;
  /** Runs left out on demand; claims about them are not judged. Default: none. */
  readonly notRun?: readonly string[];
}
