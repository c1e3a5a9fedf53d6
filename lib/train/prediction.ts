import type { Raster } from "../datasets/augment/raster.js";
import { terminalPicture } from "../datasets/picture.js";
import { escapeHtml } from "../escape-html.js";
import { percentText, shownAs } from "../shown.js";

/** One class and how probable it is. */
export interface RankedClass {
  /** The name of the class. */
  readonly className: string;
  /** Its index among the logits. */
  readonly label: number;
  /** 0 to 1. */
  readonly probability: number;
}

/**
 * What a model takes an image for. Plain data for JSON; a notebook shows it as the picture beside its classes, and so
 * does console.log on a terminal with colours.
 */
export interface Prediction {
  /** The file's name, or "image", "pixels", "tensor". */
  readonly name: string;
  /** Most probable first. */
  readonly top: readonly RankedClass[];
  /** Of each class [K], of the sum 1. */
  readonly probabilities: readonly number[];
  /** What the model saw, uint8 [H, W, C]. Not in JSON. */
  readonly seen: Raster;
  /** The picture as a PNG file, at most 320 pixels a side. Not in JSON. */
  readonly png: Uint8Array;
  /** One line a class. */
  toString(): string;
}

const PICTURE_SIDE = 320;
const BAR = 24;

/** @param image as it was given, before it was cut and resized to what the model saw */
export async function prediction(
  found: Pick<Prediction, "name" | "top" | "probabilities" | "seen">,
  image: Raster,
): Promise<Prediction> {
  const { name, top, probabilities, seen } = found;
  const png = await toPng(image);
  const text = () => asText(found, image);
  const terminal = () => `${terminalPicture(image)}\n${text()}`;
  const hidden = { seen: { value: seen }, png: { value: png }, toString: { value: text } };
  return shownAs(
    Object.defineProperties({ name, top, probabilities }, hidden) as Prediction,
    () => ({
      "text/html": asHtml(found, image, png),
      "text/plain": process.stdout.isTTY && process.stdout.hasColors?.(2 ** 24) ? terminal() : text(),
    }),
    (_, { colors }) => (colors ? terminal() : text()),
  );
}

async function toPng({ data, height, width, channels }: Raster): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const raw = sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
  return raw.resize(PICTURE_SIDE, PICTURE_SIDE, { fit: "inside", withoutEnlargement: true }).png().toBuffer();
}

function asText({ name, top, seen }: Pick<Prediction, "name" | "top" | "seen">, image: Raster): string {
  const width = Math.max(...top.map(({ className }) => className.length));
  const lines = top.map(({ className, probability }) =>
    (
      `${className.padEnd(width)}  ${percentText(probability).padStart(7)}  ` +
      `${"█".repeat(Math.round(BAR * probability))}`
    ).trimEnd(),
  );
  return [`${name} (${size(image)}, seen as ${size(seen)})`, ...lines].join("\n");
}

function asHtml(
  { name, top, seen }: Pick<Prediction, "name" | "top" | "seen">,
  image: Raster,
  png: Uint8Array,
): string {
  const scale =
    Math.min(1, PICTURE_SIDE / Math.max(image.width, image.height)) *
    Math.max(1, Math.floor(128 / Math.max(image.width, image.height)));
  const [width, height] = [image.width, image.height].map((side) => Math.max(1, Math.round(side * scale)));
  const picture =
    `<img alt="${escapeHtml(name)}" width="${width}" height="${height}" ` +
    `style="image-rendering:${scale > 1 ? "pixelated" : "auto"}" ` +
    `src="data:image/png;base64,${Buffer.from(png).toString("base64")}">`;
  const rows = top.map(
    ({ className, probability }) =>
      `<tr><th scope="row" style="text-align:left;font-weight:normal">${escapeHtml(className)}</th><td ` +
      `style="text-align:right">${percentText(probability)}</td>` +
      `<td aria-hidden="true" style="text-align:left"><div ` +
      `style="height:0.8em;width:${(12 * probability).toFixed(2)}em;` +
      `background:currentColor;opacity:0.6"></div></td></tr>`,
  );
  return (
    `<div style="display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-start"><figure ` +
    `style="margin:0;flex:none">${picture}<figcaption ` +
    `style="max-width:24em;overflow-wrap:anywhere">${escapeHtml(name)}<br>${size(image)}, seen as ` +
    `${size(seen)}</figcaption></figure><table ` +
    `aria-label="classes and how probable they are" style="white-space:nowrap;flex:none">` +
    `<tbody>${rows.join("")}</tbody></table></div>`
  );
}

function size({ width, height }: Raster): string {
  return `${width} × ${height}`;
}
