import { aCount, aList, aText, checkOptions, listOf, oneOf, optional, orNull, type Rules } from "../checks.js";
import { checkLength, shortNumber, someNames, TITLED, withNotes, type FigureOptions } from "./figure-checks.js";
import { colorAt, plotlyScale } from "./color-scale.js";
import { countText, describe, listText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { checkImages, IMAGES, pictureAt, SET_FIELDS, type ImageBatch, type Picture } from "./image-batch.js";
import { textGrid } from "./image-grid.js";
import { gridColumns, mosaic } from "./mosaic.js";
import { AT_THE_LEFT, colorBar } from "./style.js";

/** What {@link attentionOverlay} draws; a set's fields may stand among them. */
export interface AttentionOverlayOptions extends ImageBatch, FigureOptions {
  /** One map an image, [N, h, w] flat: how much is attended to each place, 0 or more; drawn over the whole image. */
  readonly maps: ArrayLike<number>;
  /** [h, w], whole numbers above 0 */
  readonly mapShape: readonly number[];
  /** What the map's value is. Default "attention, of each map's largest". */
  readonly valueLabel?: string;
  /** "map": each map's colors end at its own largest value; "figure": all at the largest of all. Default "map". */
  readonly scale?: "map" | "figure";
  /**
   * What stands below each image; below the overlay stands the map's largest value, where not all are 1. Default, and
   * null: nothing.
   */
  readonly captions?: readonly string[] | null;
  /** Pairs of image and overlay in a row. Default 4. */
  readonly columns?: number;
}

const MAX_PAIRS = 256;
/** How much of an overlay's color is the map's, at its least and its largest value; the rest is the image in gray. */
const OPACITY = { least: 0.35, largest: 0.85 };
/** A map smaller than this many pixels a side would hide in its image. */
const LEAST_SIDE = 96;
const COLOR_BAR = 96;

const RULES: Rules = {
  ...TITLED,
  ...IMAGES,
  maps: aList,
  mapShape: listOf(aCount, 2),
  valueLabel: optional(aText),
  scale: optional(oneOf(["map", "figure"])),
  captions: optional(orNull(someNames)),
  columns: optional(aCount),
};

/**
 * Pairs of an image and the same image in gray under the colors of its map; a map's places keep
 * their hard edges, as nothing is known between them.
 * @throws TypeError for an option of another kind, and for shapes that do not fit the data
 * @throws RangeError for an unknown option, no image, more than 256, or a map's value that is below 0 or not finite
 */
export function attentionOverlay(options: AttentionOverlayOptions): Figure {
  const where = "attentionOverlay";
  checkOptions(where, options, RULES, SET_FIELDS);
  const { title, maps, mapShape, scale = "map" } = options;
  const [captions, source] = [options.captions ?? undefined, withNotes(options)];
  const count = checkImages(where, options);
  if (count > MAX_PAIRS) throw new RangeError(`${where}: images must hold at most ${MAX_PAIRS} images, got ${count}`);
  const size = mapShape[0]! * mapShape[1]!;
  if (maps.length !== count * size)
    throw new TypeError(`${where}: maps must hold ${count} × ${mapShape.join(" × ")} values, got ${maps.length}`);
  if (captions) checkLength(where, "captions", captions, count, "images");
  const highs = Array.from({ length: count }, (_, i) => largest(maps, i * size, size));
  const high = Math.max(...highs);
  const { valueLabel = scale === "map" ? "attention, of each map's largest" : "attention" } = options;
  const pictures = Array.from({ length: count }, (_, i) => pairOf(options, i, scale === "map" ? highs[i]! : high));
  const columns = 2 * gridColumns(count, options.columns ?? Math.min(count, 4));
  const largests = highs.map((value) => `largest ${shortNumber(value)}`);
  const isScaled = highs.every((value) => value === 1); // as upsampledMaps does: it says nothing of a map
  const paired = captions?.flatMap((caption, i) => [caption, isScaled ? "" : largests[i]!]);
  const drawn = { title, source, pictures: pictures.flat(), captions: paired, columns, left: COLOR_BAR };
  const { data, layout } = mosaic(drawn);
  const length = (layout["height"] as number) - (layout["margin"] as { t: number }).t;
  const scaleTrace = colorsTrace(valueLabel, scale === "map" ? 1 : high || 1, length);
  const each = captions?.map((caption, i) => (isScaled ? caption : `${caption} (${largests[i]!})`));
  const what = `${countText(count, "image")} and ${count === 1 ? "its map" : "their maps"} of ${mapShape.join(" × ")}`;
  const description = describe(
    [
      `${countText(count, "image")}, each beside itself in gray under the colors of its map of ` +
        `${mapShape.join(" × ")} places`,
      `The colors are ${valueLabel}`,
      `Maps: ${listText(each ?? largests, "; ")}`,
    ],
    source,
  );
  const text = textGrid({ title, source, captions: each, columns: columns / 2, what });
  return figure({ data: [...data, scaleTrace], layout, description, text });
}

/** An image, and it under its map. @param top the value whose color is the scale's last */
function pairOf(options: AttentionOverlayOptions, index: number, top: number): [Picture, Picture] {
  const { maps, mapShape } = options;
  const image = enlarged(pictureAt("attentionOverlay", options, index));
  const [rows, columns] = mapShape as [number, number];
  const share = (row: number, column: number): number =>
    top === 0 ? 0 : maps[(index * rows + row) * columns + column]! / top;
  return [image, overlaid(image, share, mapShape)];
}

/** A trace without a point, for the scale of colors beside the pictures. @param length in pixels */
function colorsTrace(label: string, top: number, length: number): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "markers",
    x: [null],
    y: [null],
    hoverinfo: "skip",
    marker: {
      color: [0],
      cmin: 0,
      cmax: top,
      colorscale: plotlyScale("sequential"),
      showscale: true,
      colorbar: { ...colorBar(label, length), ...AT_THE_LEFT },
    },
  };
}

function largest(values: ArrayLike<number>, from: number, count: number): number {
  let most = 0;
  for (let i = from; i < from + count; i++) {
    const value = values[i]!;
    if (!(typeof value === "number" && value >= 0 && value < Infinity))
      throw new RangeError(`attentionOverlay: a map's value must be 0 or more and finite, got ${String(value)}`);
    most = Math.max(most, value);
  }
  return most;
}

/** Whole copies of each pixel, so that a map finer than a small image keeps its places. */
function enlarged(picture: Picture): Picture {
  const factor = Math.ceil(LEAST_SIDE / Math.max(picture.width, picture.height));
  if (factor <= 1) return picture;
  const [width, height] = [picture.width * factor, picture.height * factor];
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / factor) * picture.width + Math.floor(x / factor)) * 4;
      rgba.set(picture.rgba.subarray(from, from + 4), (y * width + x) * 4);
    }
  }
  return { width, height, rgba };
}

/** The picture in gray under the colors of a map, whose shares are 0 to 1. */
function overlaid(
  { width, height, rgba }: Picture,
  share: (row: number, column: number) => number,
  [rows, columns]: readonly number[],
): Picture {
  const stops = plotlyScale("sequential");
  const out = new Uint8Array(rgba.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const gray = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
      const value = share(Math.floor((y * rows!) / height), Math.floor((x * columns!) / width));
      const color = colorAt(stops, value);
      const opacity = OPACITY.least + (OPACITY.largest - OPACITY.least) * value;
      for (let part = 0; part < 3; part++) out[at + part] = Math.round(opacity * color[part]! + (1 - opacity) * gray);
      out[at + 3] = 255;
    }
  }
  return { width, height, rgba: out };
}
