import { shownAs, type MimeBundle } from "../shown.js";
import { withLegendRoom } from "./legend-room.js";
import { toPdf } from "./pdf/to-pdf.js";
import { toSvg } from "./svg/to-svg.js";

/** What every figure has, whichever way a page draws it. */
export interface DrawnFigure {
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

/** A plotly figure: its traces and layout are plain data, as plotly.js and Python's plotly read them. */
export interface Figure extends DrawnFigure {
  /** Plotly's traces. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** Plotly's layout. */
  readonly layout: Readonly<Record<string, unknown>>;
}

/** A figure that is a piece of a page, with a script and a style sheet of its own, and nothing fetched. */
export interface PageFigure extends DrawnFigure {
  /**
   * HTML in ASCII, for a page or as a file of its own. It begins with the still picture, which its script replaces:
   * that is seen where no script runs, as in a notebook that is not trusted.
   */
  toHtml(): string;
}

/** What any figure is made of. */
interface DrawnParts {
  readonly description: string;
  /** The figure as a terminal shows it. */
  readonly text: string;
}

/** What a plotly figure is made of. */
export interface FigureParts extends DrawnParts {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** What a figure of own HTML is made of. */
export interface PageFigureParts extends DrawnParts {
  readonly svg: string;
  readonly html: string;
}

const PLOTLY_MIME = "application/vnd.plotly.v1+json";
const HTML_MIME = "text/html";
const SVG_MIME = "image/svg+xml";
const PDF_MIME = "application/pdf";

/** A figure that notebooks draw and terminals write. Where a page runs scripts plotly.js draws it. */
export function figure({ description, text, ...drawn }: FigureParts): Figure {
  const { data, layout: laidOut } = withLegendRoom(drawn);
  const layout = { ...laidOut, meta: { description } };
  const still = drawnFigure({ description, text }, () => toSvg({ data, layout }));
  return shownWith({ data, layout, ...still }, () => ({ [PLOTLY_MIME]: { data, layout } }));
}

/** A figure that notebooks draw and terminals write. Where a page runs scripts it draws itself. */
export function pageFigure({ svg, html, ...words }: PageFigureParts): PageFigure {
  const still = drawnFigure(words, () => svg);
  return shownWith({ ...still, toHtml: () => html }, () => ({ [HTML_MIME]: html }));
}

function drawnFigure({ description, text }: DrawnParts, svg: () => string): DrawnFigure {
  return { description, toString: () => text.trimEnd(), toSvg: svg, toPdf: () => toPdf(svg()) };
}

/**
 * As a cell's result a figure is a MIME bundle of what a page draws where it runs scripts, a still SVG for those that
 * do not, a PDF of that for LaTeX (without one nbconvert looks for Inkscape), and text.
 *
 * @param live what a page draws, by MIME type
 */
function shownWith<Kind extends DrawnFigure>(made: Kind, live: () => MimeBundle): Kind {
  const bundleOf = (figure: Kind): MimeBundle => {
    const svg = figure.toSvg();
    const pdf = Buffer.from(toPdf(svg)).toString("base64");
    return { ...live(), [SVG_MIME]: svg, [PDF_MIME]: pdf, "text/plain": String(figure) };
  };
  return shownAs(made, bundleOf, String);
}
