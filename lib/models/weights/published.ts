import { mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheFolder, type tf } from "../../backend/index.js";
import {
  aCount,
  aFunction,
  anObject,
  aSignal,
  aText,
  calledAs,
  checkArguments,
  checkOptions,
  checkValue,
  notNegative,
  optional,
  type Rules,
  withFields,
} from "../../checks.js";
import { DigestError, sha256Of, type Digest } from "../../files/digest.js";
import { discard, locate, type LocateOptions } from "../../files/locate.js";
import { writeWholeSync } from "../../files/write-whole.js";
import { didYouMean } from "../../nearest.js";
import { ALIASES } from "../model-names.js";
import { setModelUse } from "../model-use.js";
import { createModel, outline } from "../registry.js";
import { loadWeights } from "./load.js";
import { PUBLISHED, type PublishedRow } from "./published-rows.js";

/** What {@link pretrained} and {@link publishedWeights} take besides. */
export interface PublishedOptions extends LocateOptions {
  /** The SHA-256 that the file must have, 64 hexadecimal digits. Default: the row's. */
  readonly sha256?: string;
}

const RULES: Rules = {
  sha256: optional({
    what: "64 digits 0 to 9 and a to f",
    kindFits: aText.holds,
    holds: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  }),
  attempts: optional(aCount),
  backoffMs: optional(notNegative),
  progress: optional(withFields("a display of progress", { update: aFunction, note: aFunction, end: aFunction })),
  signal: optional(aSignal),
  env: optional(anObject),
};

/** A published file on this machine. */
export interface PublishedWeights {
  /** Where it lies, absolute. */
  readonly path: string;
  /** Of the whole file. */
  readonly sha256: string;
  /**
   * What it was held to: the digest that was "given" or is "published" (or its published first digits); the one that
   * this cache "recorded" before; or nothing, on "first use", which records it.
   */
  readonly heldTo: "given" | "published" | "first digits" | "recorded" | "first use";
  /** What is known of it. */
  readonly row: PublishedRow;
}

/**
 * All published weights that are known by name.
 *
 * @example publishedWeights().filter(({ model }) => model === "resnet18").map(({ name }) => name)
 */
export function publishedWeights(): readonly PublishedRow[];
/**
 * Weights by their published name, brought here if need be and checked: as datasets' archives are, from SACCADE_MIRROR
 * (`weights/<file>`), the cache, or the publisher. Where no digest is published the first file's is recorded in the
 * cache and shown, and any later file must have it.
 *
 * @param name one of {@link PUBLISHED}: "timm/resnet18.tv_in1k"
 * @throws RangeError for an unknown name or digest, UnavailableError where it cannot be had, DigestError where it is
 *   another file
 */
export function publishedWeights(name: string, options?: PublishedOptions): Promise<PublishedWeights>;
export function publishedWeights(
  ...args: [] | [name: string, options?: PublishedOptions]
): readonly PublishedRow[] | Promise<PublishedWeights> {
  return args.length === 0 ? PUBLISHED : fetched(args[0], args[1]);
}

async function fetched(name: string, options: PublishedOptions = {}): Promise<PublishedWeights> {
  const row = rowOf("publishedWeights", name);
  checkOptions("publishedWeights", options, RULES);
  const { sha256: given, ...rest } = options;
  const file = fileOf(row);
  const noteFile = join(cacheFolder(options.env ?? process.env), "datasets", "weights", `${file}.sha256`);
  const recorded = (await readNote(noteFile)) ?? undefined;
  const known = given ?? (row.sha256?.length === 64 ? row.sha256 : recorded);
  const digest: Digest = { algorithm: "sha256", hex: known ?? row.sha256 ?? "", firstDigits: known === undefined };
  const archive = await locate({ dataset: "weights", file, url: row.url, sizeBytes: row.sizeBytes, digest }, rest);
  const sha256 = await sha256Of(archive.path);
  const wanted = known ?? row.sha256 ?? "";
  if (!sha256.startsWith(wanted)) {
    await discard(archive);
    const whose =
      given !== undefined
        ? "given"
        : known === recorded && known !== undefined
          ? `recorded in ${noteFile} when it was first fetched`
          : "published";
    throw new DigestError(
      `publishedWeights: ${name} must have the sha256 ${wanted}, as ${whose}, got ${sha256} in ${archive.path}`,
    );
  }
  if (recorded === undefined) await writeNote(noteFile, sha256);
  const heldTo =
    given !== undefined
      ? "given"
      : row.sha256?.length === 64
        ? "published"
        : recorded !== undefined
          ? "recorded"
          : row.sha256 !== null
            ? "first digits"
            : "first use";
  if (heldTo === "first use")
    console.warn(
      `publishedWeights: no digest of ${name} is published; its sha256 is ${sha256}, recorded in ` +
        `${noteFile}. Compare it with one that you trust.`,
    );
  return { path: archive.path, sha256, heldTo, row };
}

/**
 * A model with published weights: ready to predict, or, with another number of classes, to be trained further from a
 * new head. The publisher's mean and std are noted with it, for `predict`.
 *
 * @param overrides of the model's config; another image size interpolates the positions
 * @example await pretrained("timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k", { numClasses: 10 })
 * @throws as {@link publishedWeights}, `createModel` and `loadWeights` do
 */
export async function pretrained(
  name: string,
  overrides: Readonly<Record<string, unknown>> = {},
  options: PublishedOptions = {},
): Promise<tf.LayersModel> {
  const row = rowOf("pretrained", name);
  checkArguments("pretrained", { overrides, options }, { overrides: anObject, options: anObject });
  const config = { ...row.config, ...overrides };
  calledAs("pretrained", () => outline(row.model, config as object, () => {})); // before anything is fetched
  const { path } = await calledAs("pretrained", () => publishedWeights(name, options));
  const model = createModel(row.model, config as object);
  const head = config.numClasses === row.config.numClasses ? "load" : "new";
  try {
    await calledAs("pretrained", () => loadWeights(model, path, { names: row.names, head }));
  } catch (error) {
    model.dispose();
    throw error;
  }
  setModelUse(model, {
    classNames: Array.from({ length: config.numClasses }, (_, i) => `class ${i}`),
    mean: row.mean,
    std: row.std,
  });
  return model;
}

function rowOf(fn: string, name: string): PublishedRow {
  checkValue(fn, "name", name, aText);
  const row = PUBLISHED.find((each) => each.name === name);
  if (!row)
    throw new RangeError(
      `${fn}: name must be one of models.publishedWeights(), got ${JSON.stringify(name)}${publishedHint(name)}`,
    );
  return row;
}

/** The weights that there are of the network that a name is or begins with, or else the nearest name. */
function publishedHint(name: string): string {
  const network = name.replace(/^.*\//, "").replace(/\..*$/, "");
  const model = Object.hasOwn(ALIASES, network) ? ALIASES[network as keyof typeof ALIASES] : network;
  const names = PUBLISHED.filter((row) => row.model === model || basename(row.name).split(".")[0] === model);
  if (names.length > 0) return `; of ${model} there are ${names.map((row) => row.name).join(", ")}`;
  return didYouMean(
    name,
    PUBLISHED.map((row) => row.name),
  );
}

/** timm's files all have one name. */
function fileOf({ name, url }: PublishedRow): string {
  return url.endsWith("/model.safetensors") ? `${basename(name)}.safetensors` : basename(url);
}

async function readNote(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
}

async function writeNote(path: string, sha256: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  writeWholeSync(path, `${sha256}\n`);
}
