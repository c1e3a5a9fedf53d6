import { checkOptions } from "../checks.js";
import type { ArchiveSpec } from "../files/archive-spec.js";
import { ArchiveError } from "../files/archive.js";
import { readIdx } from "./idx.js";
import { fromSource, loadArchives, SOURCE_ALIASES, SOURCE_RULES, type SourceOptions } from "./official.js";
import type { Dataset, ImageSet } from "./types.js";
import { PUBLISHED_STATISTICS } from "./statistics.js";
import { asDataset, asSet } from "./show-set.js";

/** A dataset in MNIST's form: four IDX files, 60,000 training and 10,000 test images [28, 28, 1], ten classes. */
interface MnistRow {
  readonly fn: string;
  readonly name: "mnist" | "fashion-mnist";
  readonly title: string;
  readonly classNames: readonly string[];
  /** The folder that holds the four files. */
  readonly url: string;
  /** Size and md5 of the training images, training labels, test images, test labels. */
  readonly files: readonly (readonly [sizeBytes: number, md5: string])[];
}

const FILES = [
  "train-images-idx3-ubyte.gz",
  "train-labels-idx1-ubyte.gz",
  "t10k-images-idx3-ubyte.gz",
  "t10k-labels-idx1-ubyte.gz",
];
const SHAPES = [[60_000, 28, 28], [60_000], [10_000, 28, 28], [10_000]] as const;

/** Source: https://github.com/zalandoresearch/fashion-mnist, which publishes the md5s. */
const FASHION_MNIST: MnistRow = {
  fn: "fashionMnist",
  name: "fashion-mnist",
  title: "Fashion-MNIST",
  classNames: [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
  ],
  url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
  files: [
    [26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"],
    [29_515, "25c81989df183df01b3e8a0aad5dffbe"],
    [4_422_102, "bef4ecab320f06d8554ea6380940ec79"],
    [5_148, "bb300cfdad3c16e7a12a480ee83cd310"],
  ],
};

/**
 * Source: http://yann.lecun.com/exdb/mnist/, which no longer gives the files; the address is the copy that
 * PyTorch keeps, and the md5s are those that torchvision checks.
 */
const MNIST: MnistRow = {
  fn: "mnist",
  name: "mnist",
  title: "MNIST",
  classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  url: "https://ossci-datasets.s3.amazonaws.com/mnist",
  files: [
    [9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"],
    [28_881, "d53e105ee54ea40749a09fcbcd1e9432"],
    [1_648_877, "9fb629c4189551a2d022fa330f9573f3"],
    [4_542, "ec29112dd5afa0611ce80d1b7f02629c"],
  ],
};

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images [28, 28, 1] of ten classes of clothing, in equal
 * numbers, from its official archives (31 MB). Needs 55 MB of memory. Licence: MIT, Copyright 2017 Zalando SE.
 * @throws UnavailableError when an archive is neither here nor to be had and there is no fallback
 * @throws DigestError or ArchiveError when what came is not the archive
 *
 * Source: Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
 * Learning Algorithms", arXiv:1708.07747.
 */
export async function fashionMnist(options: SourceOptions = {}): Promise<Dataset> {
  return load(FASHION_MNIST, options);
}

/**
 * MNIST: 60,000 training and 10,000 test images [28, 28, 1] of handwritten digits, from its archives
 * (12 MB). Needs 55 MB of memory. Licence: none is stated by its authors; it derives from NIST's databases.
 * @throws UnavailableError when an archive is neither here nor to be had and there is no fallback
 * @throws DigestError or ArchiveError when what came is not the archive
 *
 * Source: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-Based Learning Applied to Document Recognition".
 */
export async function mnist(options: SourceOptions = {}): Promise<Dataset> {
  return load(MNIST, options);
}

/** The archives that make up one of the two. */
export function mnistArchives(name: "mnist" | "fashion-mnist"): readonly ArchiveSpec[] {
  return archivesOf(name === "mnist" ? MNIST : FASHION_MNIST);
}

function archivesOf({ name, url, files }: MnistRow): readonly ArchiveSpec[] {
  return FILES.map((file, i) => {
    const [sizeBytes, hex] = files[i]!;
    return { dataset: name, file, url: `${url}/${file}`, sizeBytes, digest: { algorithm: "md5", hex } };
  });
}

async function load(row: MnistRow, options: SourceOptions): Promise<Dataset> {
  const { fn, name, title, classNames } = row;
  checkOptions(fn, options, SOURCE_RULES, [], SOURCE_ALIASES);
  const specs = archivesOf(row);
  const counts = { trainImages: SHAPES[0][0], testImages: SHAPES[2][0] };
  const statistics = PUBLISHED_STATISTICS[name];
  return fromSource(
    { fn, title, classes: classNames.length, imageShape: [28, 28, 1], counts, statistics },
    options,
    async (signal) => {
      const { contents, provenance } = await loadArchives({ fn, title }, specs, { signal }, (archive, spec) =>
        readIdx(archive, SHAPES[specs.indexOf(spec)]!, signal),
      );
      const imageSet = (split: "train" | "test", images: Uint8Array, labels: Uint8Array): ImageSet => {
        const wrong = labels.find((label) => label >= classNames.length);
        if (wrong !== undefined)
          throw new ArchiveError(`${fn}: a label must be 0 to ${classNames.length - 1}, got ${wrong}`);
        return asSet({
          name,
          split,
          images,
          labels: Int32Array.from(labels),
          imageShape: [28, 28, 1],
          classNames,
          provenance,
          ...statistics,
        });
      };
      return asDataset({
        name,
        train: imageSet("train", contents[0]!, contents[1]!),
        test: imageSet("test", contents[2]!, contents[3]!),
        classNames,
        provenance,
      });
    },
  );
}
