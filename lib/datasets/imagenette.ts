import { join } from "node:path";
import { cacheFolder } from "../files/cache-folder.js";
import { cellSignal } from "../host.js";
import { aSignal, checkOptions, oneOf, optional, type Rules } from "../checks.js";
import type { ArchiveSpec } from "../files/archive-spec.js";
import { aSide, imageFolder } from "./image-folder.js";
import { loadImages } from "./load-images.js";
import { fromSource, loadArchives, SOURCE_ALIASES, SOURCE_RULES, type SourceOptions } from "./official.js";
import { PUBLISHED_STATISTICS } from "./statistics.js";
import type { Dataset, FileSet } from "./types.js";
import { unpackArchive } from "../files/unpack.js";
import { asDataset, asSet } from "./show-set.js";

/** Which archive of Imagenette, and the size that its photographs are decoded to. */
export interface ImagenetteFilesOptions {
  /**
   * Which of the three official archives: shorter side 160 (99 MB), 320 (342 MB) or as in ImageNet (1,557 MB). Default
   * "160".
   */
  readonly size?: "160" | "320" | "full";
  /** Side of the square images when decoded, in pixels. Default 128. */
  readonly side?: number;
  /** Stops the loading; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
}

/** As for the files, and what may take the archive's place. */
export interface ImagenetteOptions extends ImagenetteFilesOptions, SourceOptions {}

/** In the order of the labels, which is that of the folders' names. */
export const IMAGENETTE_CLASSES: readonly string[] = [
  "tench",
  "English springer",
  "cassette player",
  "chain saw",
  "church",
  "French horn",
  "garbage truck",
  "gas pump",
  "golf ball",
  "parachute",
];
const FOLDERS =
  "n01440764 n02102040 n02979186 n03000684 n03028079 n03394916 n03417042 n03425413 n03445777 n03888257".split(" ");

function archive(file: string, sizeBytes: number, hex: string): ArchiveSpec {
  return {
    dataset: "imagenette",
    file,
    url: `https://s3.amazonaws.com/fast-ai-imageclas/${file}`,
    sizeBytes,
    digest: { algorithm: "sha256", hex },
  };
}

/** Source: https://github.com/fastai/imagenette; the sha256 as TensorFlow Datasets checks them. */
const ARCHIVES: Readonly<Record<"160" | "320" | "full", ArchiveSpec>> = {
  "160": archive("imagenette2-160.tgz", 99_003_388, "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5"),
  "320": archive(
    "imagenette2-320.tgz",
    341_663_724,
    "569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c",
  ),
  full: archive("imagenette2.tgz", 1_557_161_267, "6cbfac238434d89fe99e651496f0812ebc7a10fa62bd42d6874042bf01de4efd"),
};

/** The archive of a size: a text can say whether it is here. */
export function imagenetteArchive(size: keyof typeof ARCHIVES): ArchiveSpec {
  return ARCHIVES[size];
}

const FILES_RULES: Rules = {
  size: optional(oneOf(Object.keys(ARCHIVES))),
  side: optional(aSide),
  signal: optional(aSignal),
};
const MEMBER = /^imagenette2(-\d+)?\/(train|val)\/n\d{8}\/[\w-]+\.JPEG$/;

/** A dataset in files: its training and its test split. */
export interface FileDataset {
  /** To train on. */
  readonly train: FileSet;
  /** To evaluate on. */
  readonly test: FileSet;
}

/**
 * Imagenette's files: 9,469 training and 3,925 validation photographs of ten classes of ImageNet, which are its test
 * split here; for `pipeline`, which decodes them in its workers. They are unpacked into the cache folder once.
 * Licence: Apache-2.0 for the collection; the photographs are their authors', under ImageNet's terms
 * (non-commercial research and education).
 * @throws UnavailableError when the archive is neither here nor to be had
 * @throws DigestError or ArchiveError when what came is not the archive
 *
 * Source: Howard 2019, "Imagenette"; Deng et al. 2009, "ImageNet: A Large-Scale Hierarchical Image Database".
 */
export async function imagenetteFiles(options: ImagenetteFilesOptions = {}): Promise<FileDataset> {
  checkOptions("imagenetteFiles", options, FILES_RULES, [], SOURCE_ALIASES);
  const { size = "160", side = 128, signal = cellSignal() } = options;
  const spec = ARCHIVES[size];
  const { contents, provenance } = await loadArchives(
    { fn: "imagenetteFiles", title: "Imagenette" },
    [spec],
    { signal },
    async ({ path, digest }) => {
      const folder = join(
        cacheFolder(),
        "datasets",
        "imagenette",
        `${spec.file.replace(/\.tgz$/, "")}-${digest.hex.slice(0, 12)}`,
      );
      await unpackArchive(path, folder, { digest, signal, maxBytes: 3 * spec.sizeBytes, maxMembers: 20_000 }, MEMBER);
      return join(folder, spec.file.replace(/\.tgz$/, ""));
    },
  );
  const read = async (split: "train" | "test"): Promise<FileSet> => {
    const set = await imageFolder(join(contents[0]!, split === "train" ? "train" : "val"), {
      side,
      split,
      name: "imagenette",
    });
    if (set.classNames.join() !== FOLDERS.join()) {
      throw new RangeError(
        `imagenette: the archive must hold the folders ${FOLDERS.join(", ")}, got ${set.classNames.join(", ")}`,
      );
    }
    return asSet({ ...set, classNames: IMAGENETTE_CLASSES, provenance, ...PUBLISHED_STATISTICS.imagenet });
  };
  return { train: await read("train"), test: await read("test") };
}

/**
 * Imagenette in memory: of each photograph the largest middle square, resized to [side, side, 3]. Needs
 * 13,394 · 3 · side² bytes: 660 MB at 128. For random windows of the whole photographs see `imagenetteFiles`, which
 * tells licence and source too.
 * @throws ImageError, naming the file, when one cannot be decoded; and as imagenetteFiles()
 */
export async function imagenette(options: ImagenetteOptions = {}): Promise<Dataset> {
  checkOptions("imagenette", options, { ...SOURCE_RULES, ...FILES_RULES }, [], SOURCE_ALIASES);
  const { size, side = 128 } = options;
  const counts = { trainImages: 9469, testImages: 3925 };
  const statistics = PUBLISHED_STATISTICS.imagenet;
  return fromSource(
    { fn: "imagenette", title: "Imagenette", classes: 10, imageShape: [side, side, 3], counts, statistics },
    options,
    async (signal) => {
      const loading = signal && { signal };
      const files = await imagenetteFiles({ side, ...(size && { size }), ...loading });
      const [train, test] = [await loadImages(files.train, loading), await loadImages(files.test, loading)];
      return asDataset({
        name: "imagenette",
        train,
        test,
        classNames: train.classNames,
        provenance: train.provenance,
      });
    },
  );
}
