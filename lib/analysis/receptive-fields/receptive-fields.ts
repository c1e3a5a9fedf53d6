import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { percentText, shownAs, sizesText, type MimeBundle } from "../../shown.js";
import type { LayerUse } from "../graph/layer-uses.js";
import { tableBundle } from "../summary/show-summary.js";
import { fieldsOf } from "./fields-of.js";
import type { Box, Field, Line } from "./spans.js";

/** What one place of a layer's output sees of the image. */
export interface ReceptiveField {
  /** The layer's name; within a model inside, behind that one's. */
  readonly layer: string;
  /** The class of the layer, "Conv2d". */
  readonly className: string;
  /** Without the batch; null where a size is free. */
  readonly outputShape: readonly (number | null)[];
  /**
   * Rows and columns of pixels, those of the padding counted: [899, 899] may be more than the image has. Where places
   * do not lie evenly on the image, what is seen within it by the one that sees most, of tokens by the one in the
   * middle. Null where it is not known.
   */
  readonly size: readonly [number, number] | null;
  /** Pixels from what one place sees to what the next does; null where places lie unevenly, as behind attention. */
  readonly stride: readonly [number, number] | null;
  /** The first row and column that the first place sees; below 0 in the padding. Null as `stride`. */
  readonly offset: readonly [number, number] | null;
  /** The share of the image's pixels that the same place sees, 0 to 1. Null where it is not known. */
  readonly share: number | null;
}

/**
 * The receptive field of each layer: the pixels of the image that one place of its output depends on, from the first to
 * the last, the widest of all paths. Behind attention, a global pool and a dense layer on features that is all of what
 * came in. A layer of a class that is not known here, and what comes behind it, has null.
 *
 * @param model its input must be one image [H, W, C] of a known size
 * @throws TypeError for what is no model, and for another input
 * Source of size, stride and offset: Araujo et al. 2019, "Computing receptive fields of convolutional neural networks".
 */
export function receptiveFields(model: tf.LayersModel): ReceptiveField[] {
  checkValue("receptiveFields", "model", model, aModel);
  const shape = model.inputs[0]!.shape.slice(1);
  if (model.inputs.length !== 1 || shape.length !== 3 || shape.includes(null))
    throw new TypeError(
      `receptiveFields: model must have one input [H, W, C] of a known size, got ${model.inputs
        .map(
          (input) =>
            `[${input.shape
              .slice(1)
              .map((size) => size ?? "?")
              .join(", ")}]`,
        )
        .join(" and ")}`,
    );
  const image = shape as [number, number, number];
  const found = fieldsOf(model, image).map(({ use, field }) => rowOf(use, field, image));
  return shownAs(found, (rows) => shownTable(rows));
}

function rowOf({ name, layer, output }: LayerUse, field: Field | undefined, image: readonly number[]): ReceptiveField {
  const row = { layer: name, className: layer.getClassName(), outputShape: output.shape.slice(1) };
  if (field === undefined) return { ...row, size: null, stride: null, offset: null, share: null };
  const lines = field.kind === "map" ? field.axes.map(({ line }) => line) : (field.lines ?? []);
  const [rows, columns] = lines as readonly (Line | undefined)[];
  const box = widestOf(field);
  const share = box.reduce((all, span) => all * lengthOf(span), 1) / (image[0]! * image[1]!);
  if (!rows || !columns)
    return { ...row, size: [lengthOf(box[0]), lengthOf(box[1])], stride: null, offset: null, share };
  return {
    ...row,
    size: [rows.size, columns.size],
    stride: [rows.stride, columns.stride],
    offset: [rows.offset, columns.offset],
    share,
  };
}

function widestOf(field: Field): Box {
  if (field.kind === "list" && !field.lines) return field.boxes[Math.floor(field.boxes.length / 2)]!;
  if (field.kind === "list") return widest(field.boxes, ([rows, columns]) => lengthOf(rows) * lengthOf(columns));
  return [widest(field.axes[0].spans, lengthOf), widest(field.axes[1].spans, lengthOf)];
}

function widest<Item>(items: readonly Item[], size: (item: Item) => number): Item {
  return items.reduce((best, item) => (size(item) > size(best) ? item : best));
}

function lengthOf({ from, to }: Box[number]): number {
  return Math.max(0, to - from + 1);
}

function shownTable(fields: readonly ReceptiveField[]): MimeBundle {
  const pair = (sizes: readonly [number, number] | null): string =>
    sizes === null ? "–" : sizes[0] === sizes[1] ? String(sizes[0]) : sizesText(sizes);
  const rows = fields.map(({ layer, className, outputShape, size, stride, offset, share }) => [
    layer,
    className,
    sizesText(outputShape),
    pair(size),
    pair(stride),
    pair(offset),
    share === null ? "–" : percentText(share),
  ]);
  const columns = ["layer", "kind", "output", "sees (pixels)", "stride", "from", "of the image"];
  return tableBundle(columns, rows, "Receptive fields: what one place of a layer's output sees of the image");
}
