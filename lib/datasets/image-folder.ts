import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { anyNumber, aText, checkOptions, checkValue, oneOf, optional } from "../checks.js";
import type { FileSet } from "./types.js";

export interface ImageFolderOptions {
  /** Side of the square images when decoded, in pixels, 1 to 4,096. Default 224. */
  readonly side?: number;
  /** 1 or 3. Default 3. */
  readonly channels?: number;
  /** What the set is: default "train". */
  readonly split?: "train" | "test";
  /** What the set is called. Default the folder's own name, so that a run goes on where the folder was moved. */
  readonly name?: string;
}

const EXTENSIONS = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "tif", "tiff", "avif"];

/**
 * A folder of images by class: each folder in it is a class, its images lie in it or in folders below it. Classes and
 * files are in the order of their names' code units. Other files are passed over, and so are links, which could lead
 * out of the folder, and names that begin with a dot, as programs leave them (.ipynb_checkpoints, ._photo.jpg). Nothing
 * is decoded yet: `pipeline`, `loadImages` and `fit` do that.
 * @throws RangeError when an option is out of its range, there is no class, or a class has no image
 * @throws Error with the system's code (ENOENT, EACCES) when a folder cannot be read
 */
export async function imageFolder(folder: string, options: ImageFolderOptions = {}): Promise<FileSet> {
  checkValue("imageFolder", "folder", folder, aText);
  checkOptions("imageFolder", options, { side: optional(anyNumber), channels: optional(anyNumber), split: optional(oneOf(["train", "test"])), name: optional(aText) });
  const { side = 224, channels = 3, split = "train" } = options;
  if (!Number.isInteger(side) || side < 1 || side > 4096) throw new RangeError(`imageFolder: side must be an integer from 1 to 4096, got ${side}`);
  if (channels !== 1 && channels !== 3) throw new RangeError(`imageFolder: channels must be 1 or 3, got ${channels}`);
  const root = resolve(folder);
  const classNames = (await seenIn(root)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (classNames.length === 0) throw new RangeError(`imageFolder: the folder must hold a folder for each class (links are passed over), got none (${root})`);
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const found = await imagesBelow(join(root, name));
    if (found.length === 0) throw new RangeError(`imageFolder: each class must have at least one image (${EXTENSIONS.join(", ")}), got none in ${join(root, name)}`);
    files.push(...found);
    for (let i = 0; i < found.length; i++) labels.push(label);
  }
  return {
    name: options.name ?? (basename(root) || root), split, files, labels: Int32Array.from(labels), imageShape: [side, side, channels], classNames,
    provenance: { kind: "folder", label: `${files.length} images in ${root}`, archives: [] },
  };
}

async function imagesBelow(folder: string): Promise<string[]> {
  const images: string[] = [];
  for (const entry of await seenIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) images.push(...(await imagesBelow(path)));
    else if (entry.isFile() && EXTENSIONS.includes(extname(entry.name).slice(1).toLowerCase())) images.push(path);
  }
  return images;
}

/** What a folder shows, in order. */
async function seenIn(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
}
