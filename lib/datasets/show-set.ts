import { grouped, shownAs, sizesText, type MimeBundle } from "../shown.js";
import { resize } from "./augment/resize.js";
import { drawing } from "./picture.js";
import type { Dataset, FileSet, ImageSet } from "./types.js";

/** Classes of which the images are counted for a reader. */
const MOST_CLASSES = 20;

/** A strip of images: at most so many, so wide, each about so high, so far apart; in pixels. */
const STRIP = { most: 12, width: 800, height: 64, gap: 2 };

/**
 * The same set; a notebook shows of it how many images it holds, of which size, how many of each class, and whence,
 * below its first images.
 */
export function asSet<Kind extends ImageSet | FileSet>(set: Kind): Kind {
  return shownAs(set, bundleOf, setText);
}

function bundleOf(set: ImageSet | FileSet): MimeBundle {
  const text = setText(set);
  return { ...strip(set, text), "text/plain": text };
}

/** The same dataset; a notebook shows what its splits hold. */
export function asDataset(dataset: Dataset): Dataset {
  return shownAs(dataset, ({ train, test }) => ({ "text/plain": `${setText(train)}\n${setText(test)}` }));
}

function setText(set: ImageSet | FileSet): string {
  const { name, split, labels, imageShape, classNames, provenance } = set;
  const counts = new Int32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  const rows = classNames.map((className, label) => `${className} ${grouped(counts[label]!)}`);
  const more = rows.length > MOST_CLASSES ? ` and ${rows.length - MOST_CLASSES} more` : "";
  const images = `${grouped(labels.length)} ${labels.length === 1 ? "image" : "images"}`;
  const classes = `${classNames.length} ${classNames.length === 1 ? "class" : "classes"}`;
  const what = "files" in set ? `${images} in files, decoded to` : `${images} of`;
  return [
    `${name}, ${split}: ${what} ${sizesText(imageShape)}`,
    `  ${classes}: ${rows.slice(0, MOST_CLASSES).join(", ")}${more}`,
    `  ${provenance.label}`,
  ].join("\n");
}

/** The first images side by side; nothing of a set of files, of an empty one, or of channels that are no colors. */
function strip(set: ImageSet | FileSet, text: string): MimeBundle {
  if ("files" in set || set.labels.length === 0) return {};
  const [height, width, channels] = set.imageShape;
  if (channels !== 1 && channels !== 3) return {};
  const times = Math.max(1, Math.floor(STRIP.height / height));
  const shrunk = Math.max(1, Math.round(height / STRIP.height));
  const [high, wide] = [Math.ceil(height / shrunk), Math.ceil(width / shrunk)];
  const fitting = Math.max(1, Math.floor(STRIP.width / (times * (wide + STRIP.gap))));
  const count = Math.min(STRIP.most, fitting, set.labels.length);
  const whole = count * wide + (count - 1) * STRIP.gap;
  const data = new Uint8Array(high * whole * channels).fill(255);
  for (let i = 0; i < count; i++) {
    const image = set.images.subarray(i * height * width * channels, (i + 1) * height * width * channels);
    const small = shrunk === 1 ? image : resize({ height, width, channels, data: image }, high, wide).data;
    for (let y = 0; y < high; y++) {
      const row = small.subarray(y * wide * channels, (y + 1) * wide * channels);
      data.set(row, (y * whole + i * (wide + STRIP.gap)) * channels);
    }
  }
  return drawing({ height: high, width: whole, channels, data }, text, times * Math.max(whole, high));
}
