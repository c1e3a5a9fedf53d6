import { readArchive } from "./archive.js";
import type { ArchiveSpec, LocalArchive } from "./archive-spec.js";
import { allocateSplit, recordReader, type SplitArrays } from "./cifar10-records.js";
import { locate } from "./locate.js";
import type { Dataset, ImageSet, Provenance } from "./types.js";

export interface Cifar10Options {
  /** Stops the loading. */
  readonly signal?: AbortSignal;
}

export const CIFAR10_CLASSES: readonly string[] = [
  "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
];

const BATCH_IMAGES = 10_000;

/** Source: https://www.cs.toronto.edu/~kriz/cifar.html, which publishes the md5. */
const BINARY: ArchiveSpec = {
  dataset: "cifar-10",
  file: "cifar-10-binary.tar.gz",
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  sizeBytes: 170_052_171,
  digest: { algorithm: "md5", hex: "c32a1d4ab5d03f1284b67883e8d87530" },
};

/**
 * CIFAR-10: 50,000 training and 10,000 test images [32, 32, 3] of 10 classes, from its official archive.
 *
 * Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
 */
export async function cifar10(options: Cifar10Options = {}): Promise<Dataset> {
  const archive = await locate(BINARY);
  const { train, test } = await readBinary(archive, options.signal);
  const provenance: Provenance = {
    kind: "archive",
    label: `CIFAR-10 (${BINARY.file}, ${archive.digest.algorithm} ${archive.digest.hex.slice(0, 12)}…)`,
    archives: [{ file: BINARY.file, digest: `${archive.digest.algorithm}:${archive.digest.hex}`, from: archive.from }],
  };
  return {
    name: "cifar-10",
    train: imageSet("train", train, provenance),
    test: imageSet("test", test, provenance),
    classNames: CIFAR10_CLASSES,
    provenance,
  };
}

function imageSet(split: "train" | "test", arrays: SplitArrays, provenance: Provenance): ImageSet {
  return { name: "cifar-10", split, ...arrays, imageShape: [32, 32, 3], classNames: CIFAR10_CLASSES, provenance };
}

async function readBinary(archive: LocalArchive, signal: AbortSignal | undefined): Promise<{ train: SplitArrays; test: SplitArrays }> {
  const train = allocateSplit(5 * BATCH_IMAGES);
  const test = allocateSplit(BATCH_IMAGES);
  const finishes: (() => number)[] = [];
  await readArchive(archive.path, { maxBytes: 200_000_000, digest: archive.digest, signal }, (path) => {
    const batch = /^cifar-10-batches-bin\/(?:data_batch_([1-5])|test_batch)\.bin$/.exec(path);
    if (!batch) return undefined;
    const reader = batch[1] ? recordReader(train, (Number(batch[1]) - 1) * BATCH_IMAGES) : recordReader(test, 0);
    finishes.push(reader.finish);
    return reader.sink;
  });
  const counts = finishes.map((finish) => finish());
  if (counts.length !== 6 || counts.some((count) => count !== BATCH_IMAGES)) {
    throw new RangeError(`cifar10: the archive must hold 6 batches of ${BATCH_IMAGES} images, got ${counts.join(", ")}`);
  }
  return { train, test };
}
