import { cellSignal } from "../notebook/host.js";
import { ArchiveError, readArchive } from "./archive.js";
import type { ArchiveSpec, LocalArchive } from "./archive-spec.js";
import { allocate, batchOf, type Cifar10Arrays, type SplitArrays } from "./cifar10-arrays.js";
import { BINARY_MEMBER, binaryReader } from "./cifar10-binary.js";
import { PYTHON_MEMBER, pythonReader, pythonScratch } from "./cifar10-python.js";
import { DigestError } from "./digest.js";
import { UnavailableError } from "./download.js";
import { generated, type GeneratedOptions } from "./generated.js";
import { discard, locate, type LocateOptions } from "./locate.js";
import type { Dataset, ImageSet, Provenance } from "./types.js";

export interface Cifar10Options {
  /**
   * "archive": the official archive or an error. "generated": drawn images of the same shape, without asking
   * for the archive. "auto": the archive, and drawn images where it is neither here nor to be had; a warning
   * says so, and the set's name and provenance are those of `generated`. Default "auto".
   */
  readonly source?: "auto" | "archive" | "generated";
  /** How many images are drawn, and from which seed, where they take the archive's place. */
  readonly generated?: GeneratedOptions;
  /** Which of the two official archives is read; they hold the same. Default "binary". */
  readonly layout?: "binary" | "python";
  /** Stops the loading; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
}

export const CIFAR10_CLASSES: readonly string[] = [
  "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
];

/** Source: https://www.cs.toronto.edu/~kriz/cifar.html, which publishes the md5. */
const ARCHIVES: Readonly<Record<"binary" | "python", ArchiveSpec>> = {
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
};

/** The six batches unpack to 184 MB; nothing else of size is in the archive. */
const MAX_BYTES = 200_000_000;

/**
 * CIFAR-10: 50,000 training and 10,000 test images [32, 32, 3] of 10 classes, from its official archive.
 * Needs 185 MB of memory.
 * @throws UnavailableError when the archive is neither here nor to be had and source is "archive"
 * @throws DigestError or ArchiveError when what came is not the archive
 *
 * Source: Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
 */
export async function cifar10(options: Cifar10Options = {}): Promise<Dataset> {
  const { source = "auto", layout = "binary", signal = cellSignal() } = options;
  if (!["auto", "archive", "generated"].includes(source)) {
    throw new RangeError(`cifar10: source must be "auto", "archive" or "generated", got ${JSON.stringify(source)}`);
  }
  if (!Object.hasOwn(ARCHIVES, layout)) throw new RangeError(`cifar10: layout must be "binary" or "python", got ${JSON.stringify(layout)}`);
  if (source === "generated") return generated(options.generated);
  try {
    return await fromArchive(layout, signal);
  } catch (error) {
    if (source === "archive" || !(error instanceof UnavailableError)) throw error;
    console.warn(`cifar10: GENERATED images take the place of CIFAR-10: ${error.message}`);
    return generated(options.generated);
  }
}

async function fromArchive(layout: "binary" | "python", signal: AbortSignal | undefined): Promise<Dataset> {
  const spec = ARCHIVES[layout];
  const { archive, arrays } = await load(spec, layout, { signal });
  const { algorithm, hex } = archive.digest;
  const mirror = archive.from === spec.url ? "" : `, from ${archive.from}`;
  const provenance: Provenance = {
    kind: "archive",
    label: `CIFAR-10 (${spec.file}, ${algorithm} ${hex.slice(0, 12)}…${mirror})`,
    archives: [{ file: spec.file, digest: `${algorithm}:${hex}`, from: archive.from }],
  };
  const imageSet = (split: "train" | "test", part: SplitArrays): ImageSet => ({
    name: "cifar-10", split, ...part, imageShape: [32, 32, 3], classNames: CIFAR10_CLASSES, provenance,
  });
  return {
    name: "cifar-10",
    train: imageSet("train", arrays.train),
    test: imageSet("test", arrays.test),
    classNames: CIFAR10_CLASSES,
    provenance,
  };
}

/** Reads the archive; one that lies damaged in the cache is brought anew, once. */
async function load(spec: ArchiveSpec, layout: "binary" | "python", options: LocateOptions): Promise<{ archive: LocalArchive; arrays: Cifar10Arrays }> {
  const archive = await locate(spec, options);
  try {
    return { archive, arrays: await readBatches(archive, layout, options.signal) };
  } catch (error) {
    if (!archive.cached || !(error instanceof DigestError || error instanceof ArchiveError)) throw error;
    console.warn(`${error.message}: removed from the cache, to be fetched again`);
    await discard(archive);
  }
  const again = await locate(spec, options);
  return { archive: again, arrays: await readBatches(again, layout, options.signal) };
}

/** Reads the six batch files of an archive of either layout. */
export async function readBatches(archive: Pick<LocalArchive, "path" | "digest">, layout: "binary" | "python", signal?: AbortSignal): Promise<Cifar10Arrays> {
  const arrays = allocate();
  const finishes = new Map<string, () => void>();
  const scratch = layout === "python" ? pythonScratch() : undefined;
  await readArchive(archive.path, { maxBytes: MAX_BYTES, digest: archive.digest, signal }, (path, sizeBytes) => {
    const batch = (layout === "binary" ? BINARY_MEMBER : PYTHON_MEMBER).exec(path);
    if (!batch) return undefined;
    if (finishes.has(path)) throw new ArchiveError(`cifar10: the archive must hold each batch once, got ${path} twice`);
    const target = batchOf(arrays, batch[1]);
    const reader = scratch ? pythonReader(target, sizeBytes, scratch) : binaryReader(target);
    finishes.set(path, reader.finish);
    return reader.sink;
  });
  for (const finish of finishes.values()) finish();
  if (finishes.size !== 6) throw new ArchiveError(`cifar10: the archive must hold 6 batches, got ${finishes.size} (${archive.path})`);
  return arrays;
}
