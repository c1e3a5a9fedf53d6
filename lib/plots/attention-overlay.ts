import { aList, anyNumber, aText, checkFields, listOf, optional, type Rules } from "../checks.js";
import { checkLength, checkText, shortNumber } from "./figure-checks.js";
import { colorAt, plotlyScale } from "./color-scale.js";
import { figure, type Figure } from "./figure.js";
import { colorBar } from "./heatmap.js";
import { AT_THE_LEFT } from "./style.js";
import { checkImages, pictureAt, type ImageBatch, type Picture } from "./image-batch.js";
import { textGrid } from "./image-grid.js";
import { gridColumns, mosaic } from "./mosaic.js";

export interface AttentionOverlayOptions extends ImageBatch {
  /** What the figure shows, in a line above it. */
  readonly title: string;
  /** One map an image, [N, h, w] flat: how much is attended to each place, 0 or more; drawn over the whole image. */
  readonly maps: ArrayLike<number>;
  /** [h, w] */
  readonly mapShape: readonly number[];
  /** What the map's value is. Default "attention, of each map's largest". */
  readonly valueLabel?: string;
  /** "map": each map's colors end at its own largest value; "figure": all at the largest of all. Default "map". */
  readonly scale?: "map" | "figure";
  /** What stands below each image; the map's largest value stands below the overlay. */
  readonly captions?: readonly string[];
  /** Pairs of image and overlay in a row. Default 4. */
  readonly columns?: number;
  /** Where images and weights come from, written under the title. */
  readonly source?: string;
}

const MAX_PAIRS = 256;
/** How much of an overlay's color is the map's, at its least and its largest value; the rest is the image in grey. */
const OPACITY = { least: 0.35, largest: 0.85 };
/** A map smaller than this many pixels a side would hide in its image. */
const LEAST_SIDE = 96;
const COLOR_BAR = 96;

const KINDS: Rules = {
  title: optional(aText),
  images: aList,
  imageShape: aList,
  maps: aList,
  mapShape: aList,
  valueLabel: optional(aText),
  scale: optional(aText),
  captions: optional(listOf(aText)),
  columns: optional(anyNumber),
  source: optional(aText),
};

/**
 * Pairs of an image and the same image in grey under the colors of its map; a map's places keep
 * their hard edges, as nothing is known between them.
 * @throws TypeError for shapes that do not fit the data
 * @throws RangeError for no image, more than 256, or a map's value that is below 0 or not finite
 */
export function attentionOverlay(options: AttentionOverlayOptions): Figure {
  checkFields("attentionOverlay", "options", options, KINDS);
  const { title, maps, mapShape, captions, scale = "map", source } = options;
  const where = "attentionOverlay";
  checkText(where, "title", title);
  const count = checkImages(where, options);
  if (count > MAX_PAIRS) throw new RangeError(`${where}: images must hold at most ${MAX_PAIRS} images, got ${count}`);
  if (mapShape.length !== 2 || !mapShape.every((size) => Number.isInteger(size) && size > 0))
    throw new TypeError(`${where}: mapShape must be [h, w], got [${mapShape.join(", ")}]`);
  if (scale !== "map" && scale !== "figure")
    throw new RangeError(`${where}: scale must be "map" or "figure", got ${JSON.stringify(scale)}`);
  const size = mapShape[0]! * mapShape[1]!;
  if (maps.length !== count * size)
    throw new TypeError(`${where}: maps must hold ${count} × ${mapShape.join(" × ")} values, got ${maps.length}`);
  if (captions) checkLength(where, "captions", captions, count, "images");
  const highs = Array.from({ length: count }, (_, i) => largest(maps, i * size, size));
  const high = Math.max(...highs);
  const { valueLabel = scale === "map" ? "attention, of each map's largest" : "attention" } = options;
  const pictures = Array.from({ length: count }, (_, i) => pictureAt(where, options, i)).flatMap((picture, i) => {
    const top = scale === "map" ? highs[i]! : high;
    return [picture, picture]
      .map((one) => enlarged(one))
      .map((one, k) =>
        k === 0
          ? one
          : overlaid(
              one,
              (row, column) => (top === 0 ? 0 : maps[i * size + row * mapShape[1]! + column]! / top),
              mapShape,
            ),
      );
  });
  const columns = 2 * gridColumns(where, count, options.columns ?? Math.min(count, 4));
  const paired = captions?.flatMap((caption, i) => [caption, `largest ${shortNumber(highs[i]!)}`]);
  const { data, layout } = mosaic({ title, source, pictures, captions: paired, columns, left: COLOR_BAR });
  const top = scale === "map" ? 1 : high || 1;
  const length = (layout["height"] as number) - (layout["margin"] as { t: number }).t;
  const bar = {
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
      colorbar: { ...colorBar(valueLabel, length), ...AT_THE_LEFT },
    },
  };
  const text = textGrid({
    title,
    source,
    captions: captions?.map((caption, i) => `${caption} (largest ${shortNumber(highs[i]!)})`),
    columns: columns / 2,
    what:
      `${count} image${count === 1 ? "" : "s"} and ${count === 1 ? "its map" : "their maps"} of ` +
      `${mapShape.join(" × ")}`,
  });
  return figure([...data, bar], layout, text);
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

/** The picture in grey under the colors of a map, whose shares are 0 to 1. */
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
      const grey = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!;
      const value = share(Math.floor((y * rows!) / height), Math.floor((x * columns!) / width));
      const color = colorAt(stops, value);
      const opacity = OPACITY.least + (OPACITY.largest - OPACITY.least) * value;
      for (let part = 0; part < 3; part++) out[at + part] = Math.round(opacity * color[part]! + (1 - opacity) * grey);
      out[at + 3] = 255;
    }
  }
  return { width, height, rgba: out };
}
