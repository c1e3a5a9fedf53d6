import { cellSignal } from "../host.js";
import { anObject, aSignal, aText, calledAs, optional, type Rules } from "../checks.js";
import { ArchiveError } from "../files/archive.js";
import type { ArchiveSpec, LocalArchive } from "../files/archive-spec.js";
import { DigestError } from "../files/digest.js";
import { UnavailableError } from "../files/download.js";
import { generated, type GeneratedOptions } from "./generated.js";
import { discard, locate, type LocateOptions } from "../files/locate.js";
import type { Dataset, Provenance } from "./types.js";

/** What every dataset with an official archive takes. */
export interface SourceOptions {
  /**
   * "archive": the official archive or an error. "generated": drawn images of the same shape and number of
   * classes, without asking for the archive. "auto": the archive, and drawn images where it is neither here
   * nor to be had; a warning says so, and the set's name and provenance are those of `generated`. Default "auto".
   */
  readonly source?: "auto" | "archive" | "generated";
  /** How many images are drawn, and from which seed, where they take the archive's place. */
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
}

/**
 * Loads from the archive, or draws images in its place, as `options.source` says.
 * @throws what `load` throws, save an UnavailableError with "auto"
 */
export async function fromSource(
  stand: Stand,
  options: SourceOptions,
  load: (signal: AbortSignal | undefined) => Promise<Dataset>,
): Promise<Dataset> {
  const { source = "auto", signal = cellSignal() } = options;
  const { fn, title, classes, imageShape } = stand;
  checkChoice(fn, "source", source, ["auto", "archive", "generated"]);
  const draw = (): Dataset => calledAs(fn, () => generated({ ...options.generated, classes, imageShape }));
  if (source === "generated") return draw();
  try {
    return await load(signal);
  } catch (error) {
    if (source === "archive" || !(error instanceof UnavailableError)) {
      return calledAs(fn, () => {
        throw error;
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
  title: string,
  specs: readonly ArchiveSpec[],
  options: LocateOptions,
  read: (archive: LocalArchive, spec: ArchiveSpec) => Promise<T>,
): Promise<{ readonly contents: readonly T[]; readonly provenance: Provenance }> {
  const archives: LocalArchive[] = [];
  const contents: T[] = [];
  for (const spec of specs) {
    const [archive, content] = await loadOne(spec, options, read);
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

/** What the options that every dataset takes must be; which source is checked with the others' words. */
export const SOURCE_RULES: Rules = {
  source: optional(aText),
  generated: optional(anObject),
  signal: optional(aSignal),
};

/** @throws RangeError unless an option is one of the known words */
export function checkChoice(fn: string, option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  const words = known.map((word) => JSON.stringify(word));
  const last = words.pop()!;
  const list = words.length > 1 ? `${words.join(", ")} or ${last}` : `${words[0]} or ${last}`;
  throw new RangeError(`${fn}: ${option} must be ${list}, got ${JSON.stringify(value)}`);
}
