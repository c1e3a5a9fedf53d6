import { aNatural, aList, checkArguments, checkOptions, listOf, oneOf, optional, withFields } from "../../checks.js";
import { shownAs, sizesText } from "../../shown.js";
import { runName, type FeatureMap } from "./feature-maps.js";

/** Pictures as `plots.imageGrid` takes them: `plots.imageGrid({ title, ...pictures })`. */
export interface CaptionedImages {
  /** uint8 [N, H, W, C], 0 to 255. */
  readonly images: Uint8Array;
  /** [H, W, C]; C is 1 (gray) or 3 (red, green, blue). */
  readonly imageShape: readonly [number, number, number];
  /** What stands below each. */
  readonly captions: readonly string[];
  /** What black and white are, for the line under the title. */
  readonly source: string;
}

/** What {@link channelImages} takes. */
export interface ChannelImagesOptions {
  /** Which image of the batch, from 0. Default 0. */
  readonly image?: number;
  /** Which channels, from 0. Default all. */
  readonly channels?: readonly number[];
  /**
   * "channel": each channel from its own least value, black, to its own greatest, white; "map": all from the least to
   * the greatest of the image's map. Default "channel".
   */
  readonly scale?: "channel" | "map";
}

/** Of an argument that is a {@link FeatureMap}. */
const aMap = withFields("one of what featureMaps gives", { shape: aList, values: aList }, "shape", "values");

/**
 * The channels of one image's feature map as gray images, for `plots.imageGrid`, which draws up to 1,024. A channel
 * whose values are all the same is black.
 *
 * @param map [B, h, w, C]
 * @throws RangeError for an image or channel that the map does not have; TypeError for a map of another rank
 * @example plots.imageGrid({ title: "conv1", ...channelImages(maps[0]) })
 */
export function channelImages(map: FeatureMap, options: ChannelImagesOptions = {}): CaptionedImages {
  const fn = "channelImages";
  checkArguments(fn, { map }, { map: aMap });
  checkOptions(fn, options, {
    image: optional(aNatural),
    channels: optional(listOf(aNatural)),
    scale: optional(oneOf(["channel", "map"])),
  });
  const { image = 0, scale = "channel" } = options;
  const [, height, width, count] = sizes(fn, map, image);
  const channels = options.channels ?? Array.from({ length: count }, (_, i) => i);
  checkChannels(fn, channels, count);
  const planes = channels.map((channel) => plane(map, image, channel));
  const all = scale === "map" ? rangeOf(Array.from({ length: count }, (_, i) => plane(map, image, i)).flat()) : null;
  const images = new Uint8Array(planes.length * height * width);
  planes.forEach((rows, i) => {
    const [least, greatest] = all ?? rangeOf(rows);
    const factor = greatest > least ? 255 / (greatest - least) : 0;
    rows.forEach((row, y) =>
      row.forEach((value, x) => (images[(i * height + y) * width + x] = Math.round((value - least) * factor))),
    );
  });
  const ends = scale === "map" ? "the map's least and greatest value" : "each channel's own least and greatest value";
  return asPictures({
    images,
    imageShape: [height, width, 1],
    captions: channels.map(String),
    source: `${runName(map)}, image ${image}: black and white are ${ends}`,
  });
}

/** The same pictures; a notebook names them, in place of their pixels. */
export function asPictures(pictures: CaptionedImages): CaptionedImages {
  return shownAs(pictures, ({ captions, imageShape, source }) => {
    const what = `${captions.length} images of ${sizesText(imageShape)}`;
    return { "text/plain": `${what}: plots.imageGrid({ title, ...images })\n${source}` };
  });
}

/**
 * One channel of one image's feature map as rows, for `plots.heatmap`; of tokens [B, N, D] all, a row a token.
 *
 * @param map [B, h, w, C] or [B, N, D]
 * @param image which of the batch, from 0. Default 0
 * @param channel which one, from 0, of [B, h, w, C]. Default 0
 * @throws RangeError for an image or channel that the map does not have; TypeError for a map of another rank
 */
export function channelRows(map: FeatureMap, image = 0, channel = 0): Float32Array[] {
  checkArguments("channelRows", { map, image, channel }, { map: aMap, image: aNatural, channel: aNatural });
  if (map.shape.length === 3) {
    const [batch, tokens, width] = map.shape as [number, number, number];
    if (image >= batch) throw new RangeError(`channelRows: image must be 0 to ${batch - 1}, got ${image}`);
    const first = image * tokens;
    const row = (i: number) => map.values.slice((first + i) * width, (first + i + 1) * width);
    return asRows(Array.from({ length: tokens }, (_, i) => row(i)));
  }
  const count = sizes("channelRows", map, image)[3];
  checkChannels("channelRows", [channel], count, "channel");
  return asRows(plane(map, image, channel));
}

function asRows(rows: Float32Array[]): Float32Array[] {
  const text = (shown: Float32Array[]) => `${shown.length} rows of ${shown[0]!.length} numbers: plots.heatmap's values`;
  return shownAs(rows, (shown) => ({ "text/plain": text(shown) }));
}

function sizes(fn: string, { layer, shape }: FeatureMap, image: number): [number, number, number, number] {
  if (shape.length !== 4) throw new TypeError(`${fn}: map must be [B, h, w, C], got [${shape.join(", ")}] of ${layer}`);
  if (image >= shape[0]!) throw new RangeError(`${fn}: image must be 0 to ${shape[0]! - 1}, got ${image}`);
  return shape as unknown as [number, number, number, number];
}

function checkChannels(fn: string, channels: readonly number[], count: number, name = "channels"): void {
  const wrong = channels.find((channel) => channel >= count);
  if (wrong !== undefined) throw new RangeError(`${fn}: ${name} must be 0 to ${count - 1}, got ${wrong}`);
  if (channels.length === 0) throw new RangeError(`${fn}: ${name} must hold one or more, got none`);
}

/** A channel's rows [h][w]. */
function plane({ shape, values }: FeatureMap, image: number, channel: number): Float32Array[] {
  const [, height, width, channels] = shape as [number, number, number, number];
  return Array.from({ length: height }, (_, y) =>
    Float32Array.from({ length: width }, (_, x) => values[((image * height + y) * width + x) * channels + channel]!),
  );
}

/** @throws RangeError for a value that is not finite: it has no shade of gray */
function rangeOf(rows: readonly Float32Array[]): [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      if (!Number.isFinite(value)) throw new RangeError(`channelImages: values must be finite, got ${value}`);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  return [least, greatest];
}
