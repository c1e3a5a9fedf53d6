import { aList, aNatural, checkOptions, inRange, optional, orNull, someOf, aText, type Rules } from "../../checks.js";
import { checkLength, TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { pageFigure, type PageFigure } from "../figure.js";
import { checkImages, IMAGES, SET_FIELDS, type ImageBatch } from "../image-batch.js";
import { chooseImages } from "./choose-images.js";
import { drawGridStill } from "./grid-still.js";
import { descriptionOf, textOf } from "./grid-words.js";
import { gridPage } from "./grid-page.js";
import { spriteSheet } from "./sprite-sheet.js";
import { tallyOf, checkConfidences } from "./tally.js";
import { groupsOf } from "./groups.js";

/** What {@link confusionGrid} draws; a set's fields may stand among them: `{ ...cifar.test, title, predictions }`. */
export interface ConfusionGridOptions extends ImageBatch, FigureOptions {
  /** True class indices [N], 0 to K − 1. */
  readonly labels: ArrayLike<number>;
  /** What each image was taken for: class indices [N], as `train.evaluate` returns them. */
  readonly predictions: ArrayLike<number>;
  /** The predicted class's probability [N], 0 to 1, NaN where there is none. Default, and null: none are shown. */
  readonly confidences?: ArrayLike<number> | null;
  /** Names of the K classes, in the order of the labels. */
  readonly classNames: readonly string[];
  /** Of the images that are drawn by lot. Default 0. */
  readonly seed?: number;
  /** Images shown at most, 1 to 10,000. Default 3,000. */
  readonly maxImages?: number;
  /** Bytes that their sheet may take in a notebook, as base64: 10,000 or more. Default 700,000. */
  readonly maxBytes?: number;
}

const RULES: Rules = {
  ...TITLED,
  ...IMAGES,
  labels: aList,
  predictions: aList,
  confidences: optional(orNull(aList)),
  classNames: someOf(aText),
  seed: optional(aNatural),
  maxImages: optional(inRange({ from: 1, to: 10_000, whole: true })),
  maxBytes: optional(inRange({ from: 10_000, whole: true })),
};

/**
 * Images in a table of true classes (rows) by predicted ones (columns): which are taken for which, seen. On a page, the
 * image under the pointer is shown large with its labels; a click on a cell, a row's or a column's name, or a choice of
 * a class shows its images below; arrow keys move between cells, Enter chooses, Escape shows all again.
 *
 * The counts are of all images. Shown are all that were taken wrong, then right ones by lot; where the wrong ones alone
 * are more than `maxImages`, the most confident of them, or some by lot where there are no confidences. Of more than 20
 * classes the 20 of the pairs most often confused stand on their own, the others together; a class that is chosen
 * stands with those it is most often confused with. Images of more than 32 pixels a side are reduced to what `maxBytes`
 * lets; opacity is put on white.
 *
 * @throws TypeError for an option of another kind, a shape that is not [H, W, C], or pixels that are not that many
 * @throws RangeError for an unknown option, no image, labels, predictions or confidences of another number than the
 *   images, one that is no class or no probability, or a pixel out of 0 to 255
 */
export async function confusionGrid(options: ConfusionGridOptions): Promise<PageFigure> {
  checkOptions("confusionGrid", options, RULES, SET_FIELDS);
  const { title, classNames, labels, predictions, seed = 0, maxImages = 3000, maxBytes = 700_000 } = options;
  const count = checkImages("confusionGrid", options);
  const confidences = options.confidences ?? undefined;
  checkLength("confusionGrid", "labels", labels, count, "images");
  checkLength("confusionGrid", "predictions", predictions, count, "images");
  if (confidences !== undefined) checkConfidences("confusionGrid", confidences, count);
  const tally = tallyOf("confusionGrid", labels, predictions, classNames.length);
  const chosen = chooseImages(tally, { confidences, seed, maxImages });
  const sheet = await spriteSheet("confusionGrid", options, chosen, maxBytes);
  const groups = groupsOf(tally, classNames);
  const grid = { title, source: withNotes(options), classNames, tally, groups, sheet, confidences, seed };
  const description = descriptionOf(grid);
  const svg = await drawGridStill(grid, description);
  return pageFigure({ svg, html: gridPage(grid, svg, description), description, text: textOf(grid) });
}
