import { shownAs, type MimeBundle } from "../shown.js";
import { toPdf } from "./pdf/to-pdf.js";
import { toSvg } from "./svg/to-svg.js";

/** A plotly figure: its traces and layout are plain data, as plotly.js and Python's plotly read them. */
export interface Figure {
  /** Plotly's traces. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** Plotly's layout. */
  readonly layout: Readonly<Record<string, unknown>>;
  /**
   * What is seen, in sentences, for who cannot see it: the kind of figure, its axes with their ranges, its series. The
   * still picture carries it beside its title, plotly's layout as `meta.description`.
   */
  readonly description: string;
  /** The figure as a terminal shows it. */
  toString(): string;
  /** The figure as a still picture, with its title and its description for screen readers. */
  toSvg(): string;
  /**
   * The still picture as a PDF file of one page, for papers. Its letters are a reader's own Helvetica and Symbol: Latin
   * and Greek ones, and the signs of arithmetic; another is drawn as "?".
   */
  toPdf(): Uint8Array;
}

/** What a figure is made of. */
export interface FigureParts {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly description: string;
  /** The figure as a terminal shows it. */
  readonly text: string;
}

const PLOTLY_MIME = "application/vnd.plotly.v1+json";
const SVG_MIME = "image/svg+xml";
const PDF_MIME = "application/pdf";

/**
 * A figure that notebooks draw and terminals write. As a cell's result it is a MIME bundle of plotly's JSON for pages
 * that run scripts, a still SVG of it for those that do not, a PDF of that for LaTeX (without one nbconvert looks for
 * Inkscape), and text.
 */
export function figure({ data, layout: drawn, description, text }: FigureParts): Figure {
  const layout = { ...drawn, meta: { description } };
  const made: Figure = {
    data,
    layout,
    description,
    toString: () => text,
    toSvg: () => toSvg({ data, layout }),
    toPdf: () => toPdf(made.toSvg()),
  };
  return shownAs(made, bundleOf, String);
}

function bundleOf(figure: Figure): MimeBundle {
  const { data, layout } = figure;
  const svg = figure.toSvg();
  const pdf = Buffer.from(toPdf(svg)).toString("base64");
  return { [PLOTLY_MIME]: { data, layout }, [SVG_MIME]: svg, [PDF_MIME]: pdf, "text/plain": String(figure) };
}
