import { createHash } from "node:crypto";
import { FONT_FAMILY } from "../style.js";
import { element, escape } from "./element.js";

/** What a still picture is beside its shapes. */
export interface SvgDocument {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** In one line. */
  readonly title: string;
  readonly description: string;
  /** Default the library's. */
  readonly family?: string | undefined;
}

/**
 * One SVG document, sized in pixels. A screen reader says its title and its description; all else, a tick here and
 * there, is hidden from it.
 */
export function svgDocument({ width, height, title, description, family }: SvgDocument, shapes: string): string {
  const digest = digestOf(`${shapes} ${description}`);
  const named = (name: string, content: string): string | undefined =>
    content === "" ? undefined : element(name, { id: `${name}-${digest}` }, escape(content));
  const words = { title: named("title", title), desc: named("desc", description) };
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-labelledby": words.title && `title-${digest}`,
      "aria-describedby": words.desc && `desc-${digest}`,
      "font-family": family ?? FONT_FAMILY,
    },
    `${words.title ?? ""}${words.desc ?? ""}${element("g", { "aria-hidden": "true" }, shapes)}`,
  );
}

/** What names a figure's own elements: of its content, as several figures may stand in one page. */
export function digestOf(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}
