import { grouped, shownAs, sizesText } from "../shown.js";
import type { Dataset, FileSet, ImageSet } from "./types.js";

/** Classes of which the images are counted for a reader. */
const MOST_CLASSES = 20;

/** The same set; a notebook shows of it how many images it holds, of which size, how many of each class, and whence. */
export function asSet<Kind extends ImageSet | FileSet>(set: Kind): Kind {
  return shownAs(set, (shown) => ({ "text/plain": setText(shown) }));
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
