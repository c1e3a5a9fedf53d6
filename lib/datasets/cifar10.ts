import { checkOptions } from "../checks.js";
import { CIFAR_RULES, loadCifar, type CifarLayoutName, type CifarRow } from "./cifar.js";
import type { CifarMember } from "./cifar-layout.js";
import { SOURCE_ALIASES, type SourceOptions } from "./official.js";
import type { Dataset } from "./types.js";

/** Whence CIFAR-10 is loaded. */
export interface Cifar10Options extends SourceOptions {
  /** Which of the two official archives is read; they hold the same. Default "binary". */
  readonly layout?: CifarLayoutName;
}

/** In the order of the labels. */
export const CIFAR10_CLASSES: readonly string[] = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

/** Six files of 10,000 images; `file` gives the name of the training files 1 to 5 and of the test file. */
function batchFiles(file: (name: string) => string): readonly CifarMember[] {
  const count = 10_000;
  const train = [1, 2, 3, 4, 5].map((n): CifarMember => ({
    path: file(`data_batch_${n}`),
    split: "train",
    first: (n - 1) * count,
    count,
  }));
  return [...train, { path: file("test_batch"), split: "test", first: 0, count }];
}

/** Source: https://www.cs.toronto.edu/~kriz/cifar.html, which publishes the md5. */
export const CIFAR10: CifarRow = {
  name: "cifar-10",
  title: "CIFAR-10",
  labelKind: 0,
  classNames: CIFAR10_CLASSES,
  layout: {
    fn: "cifar10",
    labels: [{ key: "labels", classes: 10 }],
    members: {
      binary: batchFiles((name) => `cifar-10-batches-bin/${name}.bin`),
      python: batchFiles((name) => `cifar-10-batches-py/${name}`),
    },
  },
  archives: {
    binary: {
      dataset: "cifar-10",
      file: "cifar-10-binary.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
      sizeBytes: 170_052_171,
      digest: { algorithm: "md5", hex: "c32a1d4ab5d03f1284b67883e8d87530" },
    },
    python: {
      dataset: "cifar-10",
      file: "cifar-10-python.tar.gz",
      url: "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
      sizeBytes: 170_498_071,
      digest: { algorithm: "md5", hex: "c58f30108f718f92721af3b95e74349a" },
    },
  },
};

/**
 * CIFAR-10: 50,000 training and 10,000 test images [32, 32, 3] of 10 classes, 5,000 and 1,000 a class, from
 * its official archive (170 MB). Needs 185 MB of memory. Licence: none is stated; asked for is the citation.
 * @throws UnavailableError when the archive is neither here nor to be had and there is no fallback
 * @throws DigestError or ArchiveError when what came is not the archive
 * @throws RangeError for an unknown source or layout
 *
 * Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
 */
export async function cifar10(options: Cifar10Options = {}): Promise<Dataset> {
  checkOptions("cifar10", options, CIFAR_RULES, [], SOURCE_ALIASES);
  return loadCifar(CIFAR10, options);
}
