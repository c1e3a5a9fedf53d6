import { aList, anyNumber, aText, checkFields, listOf, optional, type Rules } from "../checks.js";
import { checkLength, checkText } from "./figure-checks.js";
import { figure, type Figure } from "./figure.js";
import { checkImages, pictureAt, type ImageBatch } from "./image-batch.js";
import { gridColumns, mosaic } from "./mosaic.js";

export interface ImageGridOptions extends ImageBatch {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** What stands below each image: its class, what it was taken for. */
  readonly captions?: readonly string[];
  /** Images in a row. Default: 8, more for more than 32 images. */
  readonly columns?: number;
  /** Where the images come from, written under the title. */
  readonly source?: string;
}

/** Images of a grid at most. */
export const MAX_IMAGES = 1024;

const KINDS: Rules = {
  title: optional(aText),
  images: aList,
  imageShape: aList,
  captions: optional(listOf(aText)),
  columns: optional(anyNumber),
  source: optional(aText),
};

/**
 * Images in rows, with captions. The figure holds at most 750,000 pixels, in one PNG: many or large images are reduced.
 * @throws TypeError for a shape that is not [H, W, C], or pixels that are not that many
 * @throws RangeError for no image, more than 1,024, a pixel out of 0 to 255, or another number of captions
 */
export function imageGrid(options: ImageGridOptions): Figure {
  checkFields("imageGrid", "options", options, KINDS);
  const { title, captions, imageShape, source } = options;
  checkText("imageGrid", "title", title);
  const count = checkImages("imageGrid", options);
  if (count > MAX_IMAGES)
    throw new RangeError(`imageGrid: images must hold at most ${MAX_IMAGES} images, got ${count}`);
  if (captions) checkLength("imageGrid", "captions", captions, count, "images");
  const columns = gridColumns("imageGrid", count, options.columns);
  const pictures = Array.from({ length: count }, (_, i) => pictureAt("imageGrid", options, i));
  const { data, layout } = mosaic({ title, source, pictures, captions, columns });
  return figure(
    data,
    layout,
    textGrid({
      title,
      source,
      captions,
      columns,
      what: `${count} image${count === 1 ? "" : "s"} of ${imageShape.join(" × ")}`,
    }),
  );
}

/** What a grid shows, as text: its captions in their rows. */
export function textGrid({
  title,
  source,
  captions,
  columns,
  what,
}: {
  readonly title: string;
  readonly source: string | undefined;
  readonly captions: readonly string[] | undefined;
  readonly columns: number;
  readonly what: string;
}): string {
  const rows = captions
    ? Array.from({ length: Math.ceil(captions.length / columns) }, (_, row) =>
        captions.slice(row * columns, (row + 1) * columns).join(" | "),
      )
    : [];
  return [title, `(${what})`, ...rows, ...(source === undefined ? [] : [source])].join("\n");
}
