import { oneOf, optional, type Rules } from "../checks.js";
import { ArchiveError, readArchive } from "../files/archive.js";
import type { ArchiveSpec, LocalArchive } from "../files/archive-spec.js";
import { binaryReader } from "./cifar-binary.js";
import { allocate, partOf, type CifarArrays, type CifarLayout } from "./cifar-layout.js";
import { pythonReader, pythonScratch } from "./cifar-python.js";
import { fromSource, loadArchives, SOURCE_RULES, type SourceOptions } from "./official.js";
import type { Dataset, ImageSet } from "./types.js";
import { PUBLISHED_STATISTICS } from "./statistics.js";
import { asDataset, asSet } from "./show-set.js";

/** Which of the official archives: records of bytes, or pickles. */
export type CifarLayoutName = "binary" | "python";

/** What the functions of the family take. */
export const CIFAR_RULES: Rules = { ...SOURCE_RULES, layout: optional(oneOf(["binary", "python"])) };

/** A dataset of the CIFAR family, with the kind of label that is asked for. */
export interface CifarRow {
  /** Its folder in a mirror, and its name: "cifar-10". */
  readonly name: "cifar-10" | "cifar-100";
  /** "CIFAR-10" */
  readonly title: string;
  readonly layout: CifarLayout;
  readonly archives: Readonly<Record<CifarLayoutName, ArchiveSpec>>;
  /** Which of the layout's kinds of label is taken. */
  readonly labelKind: number;
  readonly classNames: readonly string[];
}

/** The images of a split unpack to at most this; nothing else of size is in an archive. */
const MAX_BYTES = 200_000_000;

/** Loads a dataset of the CIFAR family from its official archive. */
export async function loadCifar(
  row: CifarRow,
  options: SourceOptions & { readonly layout?: CifarLayoutName },
): Promise<Dataset> {
  const { name, title, layout, archives, labelKind, classNames } = row;
  const which = options.layout ?? "binary";
  const statistics = PUBLISHED_STATISTICS[name];
  return fromSource(
    { fn: layout.fn, title, classes: classNames.length, imageShape: [32, 32, 3], statistics },
    options,
    async (signal) => {
      const { contents, provenance } = await loadArchives(
        { fn: layout.fn, title },
        [archives[which]],
        { signal },
        (archive) => readSplits(layout, archive, which, signal),
      );
      const imageSet = (split: "train" | "test"): ImageSet => {
        const { images, labels } = contents[0]![split];
        return asSet({
          name,
          split,
          images,
          labels: labels[labelKind]!,
          imageShape: [32, 32, 3],
          classNames,
          provenance,
          ...statistics,
        });
      };
      return asDataset({ name, train: imageSet("train"), test: imageSet("test"), classNames, provenance });
    },
  );
}

/** Reads the image files of an archive of either layout. */
async function readSplits(
  layout: CifarLayout,
  archive: Pick<LocalArchive, "path" | "digest">,
  which: CifarLayoutName,
  signal?: AbortSignal,
): Promise<Readonly<Record<"train" | "test", CifarArrays>>> {
  const arrays = { train: allocate(layout, "train"), test: allocate(layout, "test") };
  const members = layout.members[which];
  const finishes = new Map<string, () => void>();
  const scratch = which === "python" ? pythonScratch(Math.max(...members.map((member) => member.count))) : undefined;
  await readArchive(archive.path, { maxBytes: MAX_BYTES, digest: archive.digest, signal }, (path, sizeBytes) => {
    const member = members.find((candidate) => candidate.path === path);
    if (!member) return undefined;
    if (finishes.has(path))
      throw new ArchiveError(`${layout.fn}: the archive must hold each batch once, got ${path} twice`);
    const target = partOf(arrays[member.split], member);
    const reader = scratch ? pythonReader(layout, target, sizeBytes, scratch) : binaryReader(layout, target);
    finishes.set(path, reader.finish);
    return reader.sink;
  });
  for (const finish of finishes.values()) finish();
  if (finishes.size !== members.length) {
    throw new ArchiveError(
      `${layout.fn}: the archive must hold ${members.length} batches, got ${finishes.size} (${archive.path})`,
    );
  }
  return arrays;
}
