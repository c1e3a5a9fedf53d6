import { escapeHtml } from "../../escape-html.js";
import { ASCENT, LINE_HEIGHT, linesOf } from "../text-width.js";

/** An SVG element as text; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  content = "",
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escape(value!)}"`)
    .join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export interface TextStyle {
  readonly size: number;
  readonly fill?: string | undefined;
  readonly anchor?: "start" | "middle" | "end";
  /** Which part of the text lies at y. */
  readonly vertical?: "top" | "middle" | "bottom";
  /** Color of a rim that keeps lines behind the letters away. */
  readonly rim?: string | undefined;
  /** Degrees clockwise about (x, y). */
  readonly angle?: number;
}

/** Text of one line or more, divided by `<br>` as in plotly. */
export function text(
  x: number,
  y: number,
  content: string,
  { size, fill, anchor = "start", vertical = "top", angle = 0, rim }: TextStyle,
): string {
  const lines = linesOf(content);
  const height = lines.length * size * LINE_HEIGHT;
  const top = vertical === "top" ? y : vertical === "middle" ? y - height / 2 : y - height;
  const base = top + size * (ASCENT + (LINE_HEIGHT - 1.17) / 2); // 1.17: DejaVu's ascent and descent
  const rimmed =
    rim === undefined ? {} : { stroke: rim, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };
  const common = {
    "font-size": size,
    fill,
    ...rimmed,
    "text-anchor": anchor === "start" ? undefined : anchor,
    transform: angle === 0 ? undefined : `rotate(${round(angle)} ${round(x)} ${round(y)})`,
  };
  return lines
    .map((line, i) => element("text", { x, y: base + i * size * LINE_HEIGHT, ...common }, escape(line)))
    .join("");
}

export function escape(content: string): string {
  return escapeHtml(content).replace(/[^\t\n\r\u0020-\ud7ff\ud800-\udfff\ue000-\ufffd]/g, "�");
}

/** Hundredths of a pixel. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
