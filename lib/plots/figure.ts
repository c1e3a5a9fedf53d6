import { toPdf } from "./pdf/to-pdf.js";
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
  /**
   * The still picture as a PDF file of one page, for papers. Its letters are a reader's own Helvetica and Symbol: Latin
   * and Greek ones, and the signs of arithmetic; another is drawn as "?".
   */
  toPdf(): Uint8Array;
}

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";
export const SVG_MIME = "image/svg+xml";
export const PDF_MIME = "application/pdf";

/**
 * A figure that notebooks draw and terminals write: it carries the method under
 * `Symbol.for("Jupyter.display")` that gives its MIME bundle, of plotly's JSON for pages that run
 * scripts, a still SVG of it for those that do not, a PDF of that for LaTeX (without one nbconvert looks for
 * Inkscape), and text.
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
    toPdf: () => toPdf(shown.toSvg()),
    [Symbol.for("Jupyter.display")]: (): DisplayData => {
      const svg = shown.toSvg();
      const pdf = Buffer.from(toPdf(svg)).toString("base64");
      return { [PLOTLY_MIME]: { data, layout }, [SVG_MIME]: svg, [PDF_MIME]: pdf, "text/plain": text };
    },
  };
  return shown;
}
