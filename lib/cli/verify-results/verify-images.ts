/**
 * The images that stored results were measured on: each dataset is loaded once, while its results are computed again.
 */
import { CIFAR10, cifar10 } from "../../datasets/cifar10.js";
import { CIFAR100, cifar100 } from "../../datasets/cifar100.js";
import type { ArchiveSpec } from "../../files/archive-spec.js";
import { UnavailableError } from "../../files/download.js";
import { typed } from "../../files/own-folder.js";
import { isHere } from "../../files/locate.js";
import { fashionMnist, mnist, mnistArchives } from "../../datasets/mnist.js";
import { imagenetteArchive, imagenetteFiles } from "../../datasets/imagenette.js";
import type { FileSet, ImageSet, Provenance } from "../../datasets/types.js";

/** What predictions are held against: the labels of a dataset's splits, whether its images are decoded or not. */
export interface Labelled {
  /** "cifar-10" */
  readonly name: string;
  readonly train: ImageSet | FileSet;
  readonly test: ImageSet | FileSet;
  readonly provenance: Pick<Provenance, "archives">;
}

interface Source {
  readonly title: string;
  readonly archives: readonly ArchiveSpec[];
  load(): Promise<Labelled>;
}

const archive = { source: "archive" } as const;

/** By the name that their sets carry. */
const SOURCES: Readonly<Record<string, Source>> = {
  "cifar-10": { title: CIFAR10.title, archives: [CIFAR10.archives.binary], load: () => cifar10(archive) },
  "cifar-100": { title: CIFAR100.title, archives: [CIFAR100.archives.binary], load: () => cifar100(archive) },
  "fashion-mnist": {
    title: "Fashion-MNIST",
    archives: mnistArchives("fashion-mnist"),
    load: () => fashionMnist(archive),
  },
  imagenette: {
    title: "Imagenette",
    archives: [imagenetteArchive("160")],
    load: async () => {
      const { train, test } = await imagenetteFiles();
      return { name: train.name, train, test, provenance: test.provenance };
    },
  },
  mnist: { title: "MNIST", archives: mnistArchives("mnist"), load: () => mnist(archive) },
};

/**
 * A dataset by its name, from its archive.
 * @param download whether an archive may be fetched that is not on this machine
 * @returns the images, or why they cannot be had
 */
export async function imagesOf(
  name: string,
  download: boolean,
  print: (line: string) => void,
): Promise<Labelled | string> {
  const source = SOURCES[name];
  if (source === undefined) return `verify-results cannot load ${name}`;
  const absent = source.archives.filter((spec) => !isHere(spec));
  if (!download && absent.length > 0) {
    const megabytes = absent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6;
    print(
      `${absent.map(({ file }) => file).join(", ")} is not on this machine, and its ` +
        `${megabytes.toFixed(0)} MB are not fetched now: ${typed("verify-results")} does, or SACCADE_MIRROR ` +
        "names a folder that holds it",
    );
    return "the archive is not on this machine";
  }
  try {
    return await source.load();
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    print(`${source.title} cannot be had here: ${error.message}`);
    return "the archive cannot be had here";
  }
}
