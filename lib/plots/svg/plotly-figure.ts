/** What the SVG writer reads of a plotly figure: the fields that the library's own kinds write. */
export interface PlotlyFigure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}

interface Font {
  readonly size?: number;
  readonly color?: string;
}

export interface Layout {
  readonly width?: number;
  readonly height?: number;
  readonly paper_bgcolor?: string;
  readonly title?: {
    readonly text?: string;
    readonly font?: Font;
    readonly subtitle?: { readonly text?: string; readonly font?: Font };
  };
  readonly font?: Font & { readonly family?: string };
  readonly margin?: Partial<Margin>;
  readonly xaxis?: PlotlyAxis;
  readonly yaxis?: PlotlyAxis;
  /** Of a second panel, below. */
  readonly yaxis2?: PlotlyAxis;
  /** What plotly itself does not draw. */
  readonly meta?: { readonly description?: string };
  readonly showlegend?: boolean;
  readonly barmode?: "group" | "overlay";
  readonly bargap?: number;
}

export interface Margin {
  readonly t: number;
  readonly r: number;
  readonly b: number;
  readonly l: number;
}

export interface PlotlyAxis {
  readonly title?: { readonly text?: string };
  readonly type?: "linear" | "log" | "date";
  /** From left to right, or from bottom to top; powers of ten on a logarithmic axis. */
  readonly range?: readonly [number, number];
  /** Its share of the plot, from 0 at the bottom to 1. Default: all of it. */
  readonly domain?: readonly [number, number];
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly tickangle?: number;
  readonly showticklabels?: boolean;
  readonly showgrid?: boolean;
  readonly showline?: boolean;
  readonly mirror?: boolean;
}

interface LineStyle {
  readonly color?: string;
  readonly width?: number;
  readonly dash?: string;
}

export type Stops = readonly (readonly [number, string])[];

export interface ColorBar {
  /** "container": at the figure's left edge; else right of the plot. */
  readonly xref?: string;
  readonly title?: { readonly text?: string };
}

export interface ScatterTrace {
  readonly type: "scatter";
  readonly mode: string;
  readonly name?: string;
  /** Whether the legend names it. Default true. */
  readonly showlegend?: boolean;
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  /** "toself": what its lines enclose, each stretch between gaps for itself. */
  readonly fill?: string;
  readonly fillcolor?: string;
  readonly line?: LineStyle;
  readonly marker?: {
    readonly color?: string | readonly number[];
    readonly size?: number | readonly number[];
    readonly symbol?: string;
    readonly opacity?: number;
    readonly showscale?: boolean;
    readonly cmin?: number;
    readonly cmax?: number;
    readonly colorscale?: Stops;
    readonly colorbar?: ColorBar;
  };
  readonly text?: readonly string[];
  readonly textposition?: string | readonly string[];
  readonly textfont?: Font;
}

export interface BarTrace {
  readonly type: "bar";
  readonly name?: string;
  readonly showlegend?: boolean;
  /** Where bars begin. Default 0. */
  readonly base?: readonly number[];
  readonly x: readonly (number | null)[];
  readonly y: readonly (number | null)[];
  /** "h": along x, at places of y. */
  readonly orientation?: "v" | "h";
  readonly width?: number;
  readonly opacity?: number;
  readonly marker?: { readonly color?: string };
  readonly error_y?: { readonly array: readonly (number | null)[]; readonly color?: string };
  readonly text?: readonly string[];
  /** "inside": in its middle; else beyond its end. */
  readonly textposition?: string;
  readonly textfont?: Font;
}

export interface HeatmapTrace {
  readonly type: "heatmap";
  readonly name?: string;
  readonly z: readonly (readonly (number | null)[])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly colorscale: Stops;
  readonly colorbar?: ColorBar;
  readonly text?: readonly (readonly string[])[];
  readonly textfont?: Font;
}

export interface ContourTrace {
  readonly type: "contour";
  readonly name?: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** z[row][column] at y[row], x[column] */
  readonly z: readonly (readonly (number | null)[])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly contours: { readonly start: number; readonly end: number; readonly size: number };
  readonly colorscale: Stops;
  readonly colorbar?: ColorBar;
}

export interface ParallelTrace {
  readonly type: "parcoords";
  readonly name?: string;
  readonly dimensions: readonly {
    readonly label: string;
    readonly values: readonly number[];
    readonly range: readonly [number, number];
    readonly tickvals?: readonly number[];
    readonly ticktext?: readonly string[];
  }[];
  readonly line: {
    readonly color: readonly number[];
    readonly cmin: number;
    readonly cmax: number;
    readonly colorscale: Stops;
    readonly colorbar?: ColorBar;
  };
}

interface ImageTrace {
  readonly type: "image";
  readonly name?: string;
  /** A data URI. */
  readonly source: string;
}

export type Trace = ScatterTrace | BarTrace | HeatmapTrace | ContourTrace | ParallelTrace | ImageTrace;
