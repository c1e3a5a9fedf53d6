import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import {
  aFlag,
  aText,
  checkOptions,
  checkValue,
  inRange,
  oneOf,
  optional,
  type Aliases,
  type Rule,
} from "../checks.js";
import { AUGMENT_INSTEAD } from "./batch-options.js";
import { EXTENSIONS } from "./decoders/kinds.js";
import { PassedOver } from "./passed-over.js";
import type { FileSet } from "./types.js";
import { asSet } from "./show-set.js";

/** How a folder of images is taken for a set. */
export interface ImageFolderOptions {
  /** Side of the square images when decoded, in pixels, 1 to 4,096. Default 224. */
  readonly side?: number;
  /** 1 or 3. Default 3. */
  readonly channels?: 1 | 3;
  /** Whether links to folders and images are followed, wherever they lead. Default false: they are passed over. */
  readonly followLinks?: boolean;
  /** What the set is: default "train". */
  readonly split?: "train" | "test";
  /** What the set is called. Default the folder's own name, so that a run goes on where the folder was moved. */
  readonly name?: string;
}

/** The side of square images, in pixels. */
export const aSide: Rule = inRange({ from: 1, to: 4096, whole: true });

/** What torchvision and Keras call them. */
const ALIASES: Aliases = {
  imageSize: "side",
  imgSize: "side",
  targetSize: "side",
  size: "side",
  colorMode: "channels",
  transform: AUGMENT_INSTEAD,
};

/** Folders of a set's splits, each of which holds the classes. */
const SPLITS = ["train", "training", "val", "valid", "validation", "test", "testing"];

/**
 * A folder of images by class: each folder in it is a class, its images lie in it or in folders below it. Classes and
 * files are in the order of their names' code units. Images are told by their names' ends: jpg, jpeg, jpe, jfif, png,
 * webp, gif, tif, tiff, avif, bmp, pbm, pgm, ppm, pnm, in either case. What else lies there is passed over, and a
 * warning says how many files of which kind; so are links, which could lead out of the folder, unless they are to be
 * followed. Names that begin with a dot, as programs leave them (.ipynb_checkpoints, ._photo.jpg), are left out without
 * a word. Nothing is decoded yet: `pipeline`, `loadImages` and `fit` do that, and name a file that is empty or damaged.
 * They decode as Pillow's `convert("RGB")` does, but turn a photograph upright by its EXIF orientation, lay what is
 * transparent on black and take the upper eight of 16 bits of grey (`decodeImage`); the middle square is cut out.
 * A folder that lacks a class of another set numbers the later ones otherwise: `withClasses` matches them by name.
 * @throws RangeError when an option is out of its range, there is no class, a class has no image, or the folders in it
 * are a set's splits (train, val), which hold the classes
 * @throws Error with the system's code (ENOENT, EACCES) when a folder cannot be read
 */
export async function imageFolder(folder: string, options: ImageFolderOptions = {}): Promise<FileSet> {
  checkValue("imageFolder", "folder", folder, aText);
  checkOptions(
    "imageFolder",
    options,
    {
      side: optional(aSide),
      channels: optional(oneOf([1, 3])),
      followLinks: optional(aFlag),
      split: optional(oneOf(["train", "test"])),
      name: optional(aText),
    },
    [],
    ALIASES,
  );
  const { side = 224, channels = 3, split = "train", followLinks = false } = options;
  const root = resolve(folder);
  const passed = new PassedOver(root);
  const classNames = await classFolders(root, followLinks, passed);
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const found = await imagesBelow(join(root, name), followLinks, passed);
    if (found.length === 0) throw new RangeError(noImage(join(root, name), passed));
    for (const file of found) {
      // there may be too many for the arguments of one push
      files.push(file);
      labels.push(label);
    }
  }
  checkNoSplits(root, classNames, files);
  if (`${passed}` !== "") console.warn(`imageFolder: passed over in ${root}: ${passed}`);
  return asSet({
    name: options.name ?? (basename(root) || root),
    split,
    files,
    labels: Int32Array.from(labels),
    imageShape: [side, side, channels],
    classNames,
    provenance: { kind: "folder", label: `${files.length} images in ${root}`, archives: [] },
  });
}

async function classFolders(root: string, followLinks: boolean, passed: PassedOver): Promise<string[]> {
  const entries = await seenIn(root, followLinks);
  for (const { name, isDirectory, isFile } of entries) {
    const path = join(root, name);
    if (isFile && isImage(name)) passed.add("beside the classes' folders", path);
    else if (isFile) passed.addFile(path);
    else if (!isDirectory) passed.add("link", path);
  }
  const names = entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  if (names.length === 0) {
    const besides = `${passed}` === "" ? "" : `, but ${passed}`;
    const rule = `the folder must hold a folder for each class${followLinks ? "" : " (links are passed over)"}`;
    throw new RangeError(`imageFolder: ${rule}, got none (${root})${besides}`);
  }
  return names;
}

function noImage(folder: string, passed: PassedOver): string {
  const besides = `${passed}` === "" ? "" : `; passed over: ${passed}`;
  const rule = `each class must have at least one image (${EXTENSIONS.join(", ")})`;
  return `imageFolder: ${rule}, got none in ${folder}${besides}`;
}

/** Splits in the place of classes would give a network that tells training images from others. */
function checkNoSplits(root: string, classNames: readonly string[], files: readonly string[]): void {
  const deep = files.every((file) => dirname(dirname(file)) !== root);
  if (!deep || !classNames.every((name) => SPLITS.includes(name.toLowerCase()))) return;
  const got = classNames.join(", ");
  throw new RangeError(
    `imageFolder: the folder must hold a folder for each class, got a set's splits: give one (${got})`,
  );
}

/** @param above the folders that it lies in: a link to one of them would have no end */
async function imagesBelow(
  folder: string,
  followLinks: boolean,
  passed: PassedOver,
  above: readonly string[] = [],
): Promise<string[]> {
  const here = followLinks ? await realpath(folder) : folder;
  if (above.includes(here)) return [];
  let images: string[] = [];
  for (const { name, isDirectory, isFile } of await seenIn(folder, followLinks)) {
    const path = join(folder, name);
    if (isDirectory) images = images.concat(await imagesBelow(path, followLinks, passed, [...above, here]));
    else if (isFile && isImage(name)) images.push(path);
    else if (isFile) passed.addFile(path);
    else passed.add("link", path);
  }
  return images;
}

function isImage(name: string): boolean {
  return EXTENSIONS.includes(extname(name).slice(1).toLowerCase());
}

/** What a folder shows, in order; a link as what it leads to, or neither a folder nor a file. */
async function seenIn(
  folder: string,
  followLinks: boolean,
): Promise<{ readonly name: string; readonly isDirectory: boolean; readonly isFile: boolean }[]> {
  const all = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw Object.assign(new Error(`imageFolder: the folder must be one that can be read, got ${error.message}`), {
      code: error.code,
      cause: error,
    });
  });
  const entries = all.filter(({ name }) => !name.startsWith("."));
  const seen = entries.map(async (entry) => {
    const kind = followLinks && entry.isSymbolicLink() ? await stat(join(folder, entry.name)) : entry;
    return { name: entry.name, isDirectory: kind.isDirectory(), isFile: kind.isFile() };
  });
  return (await Promise.all(seen)).sort((a, b) => (a.name < b.name ? -1 : 1));
}
