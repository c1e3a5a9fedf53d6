import { dirname } from "node:path";
import { cellSignal } from "../host.js";
import {
  aCount,
  anInteger,
  aSignal,
  calledAs,
  fields,
  oneOf,
  optional,
  orNull,
  type Aliases,
  type Rules,
} from "../checks.js";
import { ArchiveError } from "../files/archive.js";
import type { ArchiveSpec, LocalArchive } from "../files/archive-spec.js";
import { DigestError } from "../files/digest.js";
import { UnavailableError } from "../files/download.js";
import { AUGMENT_INSTEAD } from "./batch-options.js";
import { generated, type GeneratedOptions } from "./generated.js";
import { cachePath, discard, locate, type LocateOptions } from "../files/locate.js";
import { asDataset, asSet } from "./show-set.js";
import type { ChannelStatistics } from "./statistics.js";
import type { Dataset, Provenance } from "./types.js";

/** What every dataset with an official archive takes. */
export interface SourceOptions {
  /**
   * "archive": the official archive. "generated": images drawn by this library, of the same shape and number of
   * classes, without asking for the archive. Default "archive".
   */
  readonly source?: "archive" | "generated";
  /**
   * What takes the place of an archive that is neither here nor to be had: "generated" images, of which a warning, the
   * set's name and its provenance say that they are drawn. Default null: an error that says what to do.
   */
  readonly fallback?: "generated" | null;
  /**
   * How many images are drawn, and from which seed, where they take the archive's place. Default as many as the
   * archive has, from seed 0.
   */
  readonly generated?: Pick<GeneratedOptions, "trainImages" | "testImages" | "seed">;
  /** Stops the loading; in a notebook the running cell's signal by default. */
  readonly signal?: AbortSignal;
}

/** What drawn images must be like, to take a dataset's place. */
export interface Stand {
  readonly fn: string;
  /** The dataset's name in a sentence: "CIFAR-10". */
  readonly title: string;
  readonly classes: number;
  readonly imageShape: readonly [number, number, number];
  /** Images of each split, where they are not `generated`'s 50,000 and 10,000. */
  readonly counts?: Pick<GeneratedOptions, "trainImages" | "testImages">;
  /** What its images are normalized by; drawn ones are, too. */
  readonly statistics: ChannelStatistics;
}

const DRAWN = 'Or give { fallback: "generated" }: images drawn by this library then take its place, and say so.';

/**
 * Loads from the archive, or draws images in its place, as `source` and `fallback` say.
 * @throws RangeError for an option out of its range, or `generated` where nothing may be drawn
 * @throws what `load` throws, save an UnavailableError where there is a fallback
 */
export async function fromSource(
  stand: Stand,
  options: SourceOptions,
  load: (signal: AbortSignal | undefined) => Promise<Dataset>,
): Promise<Dataset> {
  const { source = "archive", fallback = null, signal = cellSignal() } = options;
  const { fn, title, classes, imageShape, counts, statistics } = stand;
  if (options.generated !== undefined && source === "archive" && fallback === null) {
    throw new RangeError(
      `${fn}: generated must come with source "generated" or fallback "generated", got neither; for a part of the ` +
        "archive's images see datasets.subset",
    );
  }
  const draw = (): Dataset => {
    const drawn = calledAs(fn, () => generated({ ...counts, ...options.generated, classes, imageShape }));
    const [train, test] = [drawn.train, drawn.test].map((set) => asSet({ ...set, ...statistics }));
    return asDataset({ ...drawn, train: train!, test: test! });
  };
  if (source === "generated") return draw();
  try {
    return await load(signal);
  } catch (error) {
    if (fallback === null || !(error instanceof UnavailableError)) {
      return calledAs(fn, () => {
        throw error instanceof UnavailableError
          ? new UnavailableError(`${error.message} ${DRAWN}`, { cause: error.cause })
          : error;
      });
    }
    console.warn(`${fn}: GENERATED images take the place of ${title}: ${error.message}`);
    return draw();
  }
}

/**
 * Reads the archives that make up a dataset, each brought here if need be. One that lies damaged in the
 * cache is brought anew, once.
 * @returns what `read` made of each archive, in order, and where they came from
 */
export async function loadArchives<T>(
  { fn, title }: Pick<Stand, "fn" | "title">,
  specs: readonly ArchiveSpec[],
  options: LocateOptions,
  read: (archive: LocalArchive, spec: ArchiveSpec) => Promise<T>,
): Promise<{ readonly contents: readonly T[]; readonly provenance: Provenance }> {
  const archives: LocalArchive[] = [];
  const contents: T[] = [];
  for (const spec of specs) {
    const [archive, content] = await loadOne(spec, options, read).catch((error: unknown) => {
      throw error instanceof UnavailableError ? unavailable(fn, title, specs, error) : error;
    });
    archives.push(archive);
    contents.push(content);
  }
  const { algorithm, hex } = archives[0]!.digest;
  const others = specs.length > 1 ? ` and ${specs.length - 1} more` : "";
  // which one, a figure that is passed on need not tell
  const mirror = archives[0]!.from === specs[0]!.url ? "" : ", from a mirror";
  const provenance: Provenance = {
    kind: "archive",
    label: `${title} (${specs[0]!.file}${others}, ${algorithm} ${hex.slice(0, 12)}…${mirror})`,
    archives: specs.map(({ file }, i) => {
      const { digest, from } = archives[i]!;
      return { file, digest: `${digest.algorithm}:${digest.hex}`, from };
    }),
  };
  return { contents, provenance };
}

async function loadOne<T>(
  spec: ArchiveSpec,
  options: LocateOptions,
  read: (archive: LocalArchive, spec: ArchiveSpec) => Promise<T>,
): Promise<[LocalArchive, T]> {
  const archive = await locate(spec, options);
  try {
    return [archive, await read(archive, spec)];
  } catch (error) {
    if (!archive.cached || !(error instanceof DigestError || error instanceof ArchiveError)) throw error;
    console.warn(`${error.message}: removed from the cache, to be fetched again`);
    await discard(archive);
  }
  const again = await locate(spec, options);
  return [again, await read(again, spec)];
}

/** What to do about an archive that cannot be had, in one paragraph. */
function unavailable(
  fn: string,
  title: string,
  specs: readonly ArchiveSpec[],
  { message, cause }: UnavailableError,
): UnavailableError {
  const [first] = specs;
  const files = specs.map(({ file }) => file).join(", ");
  const size = (specs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6).toFixed(0);
  const [what, them] = specs.length === 1 ? ["archive", "it"] : ["archives", "them"];
  const from = new URL(".", first!.url).href;
  return new UnavailableError(
    `${fn}: ${title}'s ${what} cannot be had (${message.replace(/^download: /, "")}). Is there a network? ` +
      `Without one, bring ${files} (${size} MB) from ${from} by other means and put ${them} into ` +
      `${dirname(cachePath(first!))}, or into the subfolder ${first!.dataset} of a folder, or of a web address, that ` +
      "the environment variable SACCADE_MIRROR names.",
    { cause },
  );
}

/** What torchvision and Keras call them, and what takes their place. */
export const SOURCE_ALIASES: Aliases = {
  root: "the environment variable SACCADE_CACHE, the folder that archives are kept in",
  dataDir: "the environment variable SACCADE_CACHE, the folder that archives are kept in",
  train: "the .train and .test of what comes back",
  download: "none (the archive is fetched where it is not here)",
  transform: AUGMENT_INSTEAD,
};

/** What the options that every dataset takes must be. */
export const SOURCE_RULES: Rules = {
  source: optional(oneOf(["archive", "generated"])),
  fallback: optional(orNull(oneOf(["generated"]))),
  generated: optional(
    fields("an object of trainImages, testImages and seed", {
      trainImages: optional(aCount),
      testImages: optional(aCount),
      seed: optional(anInteger),
    }),
  ),
  signal: optional(aSignal),
};
