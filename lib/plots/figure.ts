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
}

export const PLOTLY_MIME = "application/vnd.plotly.v1+json";

/** Okabe and Ito's colours, told apart by readers with any colour vision. */
export const PALETTE: readonly string[] = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442",
];

/**
 * A figure that notebooks draw and terminals write: it carries the method under
 * `Symbol.for("Jupyter.display")` that gives its MIME bundle.
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
    [Symbol.for("Jupyter.display")]: (): DisplayData => ({ [PLOTLY_MIME]: { data, layout }, "text/plain": text }),
  };
  return shown;
}

/** The layout that all of the library's figures share, with the data's source under the title. */
export function baseLayout(options: { readonly title: string; readonly source?: string | undefined }): Record<string, unknown> {
  const { title, source } = options;
  const subtitle = { text: source, font: { size: 11, color: "#666666" } };
  return {
    title: { text: title, x: 0, xref: "paper", ...(source && { subtitle }) },
    template: { layout: { colorway: PALETTE } },
    margin: { t: source ? 80 : 56, r: 24, b: 56, l: 64 },
  };
}
