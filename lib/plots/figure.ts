import { toSvg } from "./svg/to-svg.js";

/** Representations of one value by MIME type. */
export interface DisplayData {
  readonly [mimeType: string]: unknown;
}

/** A plotly figure: its traces and layout are plain data, as plotly.js and Python's plotly read them. */
export interface Figure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** The figure as a terminal shows it. */
  toString(): string;
  /** The figure as a still picture. */
  toSvg(): string;
}

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";
export const SVG_MIME = "image/svg+xml";

/**
 * A figure that notebooks draw and terminals write: it carries the method under
 * `Symbol.for("Jupyter.display")` that gives its MIME bundle, of plotly's JSON for pages that run
 * scripts, a still SVG of it for those that do not, and text.
 */
export function figure(
  data: readonly Readonly<Record<string, unknown>>[],
  layout: Readonly<Record<string, unknown>>,
  text: string,
): Figure {
  const shown = {
    data,
    layout,
    toString: () => text,
    toSvg: () => toSvg({ data, layout }),
    [Symbol.for("Jupyter.display")]: (): DisplayData => ({
      [PLOTLY_MIME]: { data, layout },
      [SVG_MIME]: shown.toSvg(),
      "text/plain": text,
    }),
  };
  return shown;
}
