/** Names in a legend leave the plot its room: long ones are broken, and a figure is as high as its legend. */
import { FONT_SIZE, HEIGHT } from "./style.js";
import { textHeight, textWidth, unescapeText, wrapText } from "./text-width.js";

/** Pixels of a name. */
const ROOM = 170;
/** Pixels that a row has beyond its text. */
const PAD = 6;

interface Named {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** A name as the legend writes it. @param name as plotly takes it, escaped */
export function legendName(name: string): string {
  return textWidth(name, FONT_SIZE) <= ROOM ? name : wrapText(unescapeText(name), FONT_SIZE, ROOM);
}

/** Pixels of a name's row. */
export function legendRow(name: string): number {
  return textHeight(name, FONT_SIZE) + PAD;
}

/** A figure with the names of its legend broken to their room, and high enough for all of them. */
export function withLegendRoom({ data, layout }: Named): Named {
  if (layout["showlegend"] !== true) return { data, layout };
  const isNamed = (trace: Readonly<Record<string, unknown>>): boolean =>
    trace["showlegend"] !== false && typeof trace["name"] === "string";
  const named = data.map((one) => (isNamed(one) ? { ...one, name: legendName(one["name"] as string) } : one));
  const heights = named.filter(isNamed).map(({ name }) => legendRow(name as string));
  const { t = 0, b = 0 } = (layout["margin"] ?? {}) as { readonly t?: number; readonly b?: number };
  const least = Math.ceil(t + b + heights.reduce((sum, one) => sum + one, 0));
  const height = Math.max((layout["height"] as number | undefined) ?? HEIGHT, least);
  return { data: named, layout: { ...layout, height } };
}
