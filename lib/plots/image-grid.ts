import { aCount, checkOptions, optional, orNull, type Rules } from "../checks.js";
import { checkLength, someNames, TITLED, withNotes, type FigureOptions } from "./figure-checks.js";
import { countText, describe, listText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { checkImages, IMAGES, pictureAt, SET_FIELDS, type ImageBatch } from "./image-batch.js";
import { gridColumns, mosaic } from "./mosaic.js";

/** What {@link imageGrid} draws; a set's fields may stand among them: `{ ...cifar.test, title }`. */
export interface ImageGridOptions extends ImageBatch, FigureOptions {
  /** What stands below each image: its class, what it was taken for. Default, and null: nothing. */
  readonly captions?: readonly string[] | null;
  /** Images in a row. Default: 8, more for more than 32 images. */
  readonly columns?: number;
}

/** Images of a grid at most. */
const MAX_IMAGES = 1024;

const RULES: Rules = {
  ...TITLED,
  ...IMAGES,
  captions: optional(orNull(someNames)),
  columns: optional(aCount),
};

/**
 * Images in rows, with captions. The figure holds at most 750,000 pixels, in one PNG: many or large images are reduced.
 * @throws TypeError for an option of another kind, a shape that is not [H, W, C], or pixels that are not that many
 * @throws RangeError for an unknown option, no image, more than 1,024, a pixel out of 0 to 255, or another number of
 *   captions
 */
export function imageGrid(options: ImageGridOptions): Figure {
  checkOptions("imageGrid", options, RULES, SET_FIELDS);
  const { title, imageShape } = options;
  const [captions, source] = [options.captions ?? undefined, withNotes(options)];
  const count = checkImages("imageGrid", options);
  if (count > MAX_IMAGES)
    throw new RangeError(`imageGrid: images must hold at most ${MAX_IMAGES} images, got ${count}`);
  if (captions) checkLength("imageGrid", "captions", captions, count, "images");
  const columns = gridColumns(count, options.columns);
  const pictures = Array.from({ length: count }, (_, i) => pictureAt("imageGrid", options, i));
  const { data, layout } = mosaic({ title, source, pictures, captions, columns });
  const what = `${countText(count, "image")} of ${imageShape.join(" × ")}`;
  const description = describe(
    [
      `Grid of ${what.replace(/ × \d$/, " pixels")}, ${columns} in a row`,
      captions !== undefined && `Row by row: ${listText(captions, "; ")}`,
    ],
    source,
  );
  return figure({ data, layout, description, text: textGrid({ title, source, captions, columns, what }) });
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
