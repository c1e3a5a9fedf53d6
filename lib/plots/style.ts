import { rgb } from "./color-scale.js";
import { isDrawn, SMALLEST } from "./figure-checks.js";
import { LINE_HEIGHT, textHeight, wrapLines, wrapText } from "./text-width.js";

/**
 * Colors of series: each at 3:1 or more against a white page and against JupyterLab's dark one
 * (#111111), and told apart by readers with any color vision (a test holds both). The first three
 * are Okabe and Ito's (2008), whose black, yellow and sky blue vanish on one of the two pages.
 */
export const PALETTE: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#a84080",
  "#9090c0",
  "#786040",
  "#8020f0",
  "#d850f8",
];

/** Series are told apart by their dashes as well as by color. */
const DASHES: readonly string[] = ["solid", "dash", "dot", "dashdot"];

/** The dashes of the series that has this color of the palette. */
export function dashOf(color: number): string {
  const turn = Math.floor(color / PALETTE.length); // a color that comes again has other dashes
  return DASHES[(Math.floor(color / 2) + turn) % DASHES.length]!;
}

/** A series' color for what lies behind its line. */
export function translucent(hex: string, share = 0.22): string {
  return `rgba(${rgb(hex).join(",")},${share})`;
}

/** Text and axes: 4.3:1 against white and against #111111, as the page behind a figure may be either. */
export const INK = "#797979";
export const GRID = "rgba(128,128,128,0.25)";
export const FONT_FAMILY = '"Open Sans", Verdana, "DejaVu Sans", Arial, sans-serif';
/** Sizes in pixels. */
export const FONT_SIZE = 12;
export const TITLE_SIZE = 16;
export const SOURCE_SIZE = 11;
export const WIDTH = 700;
export const HEIGHT = 420;
/**
 * What plotly's buttons take of a title's first line: without a mouse they are always there. Those that zoom by a step,
 * select and scale on their own are left out; dragging zooms, and two clicks show all again.
 */
const BUTTONS = { width: 176, left: ["zoomIn2d", "zoomOut2d", "select2d", "lasso2d", "autoScale2d"] };
/**
 * plotly moves a title of one line down by so many font sizes, and one of several lines not: their first would be cut.
 */
const CAP_SHIFT = 0.7;
/** Between the figure's edge and its title. */
export const EDGE = 12;

export interface BaseLayoutOptions {
  readonly title: string;
  /** Its caption, on a line of its own, then its source. */
  readonly source?: string | undefined;
  /**
   * In pixels. Default 700. Every figure has a width and a height: one that takes its page's is laid out anew where a
   * notebook is opened again, and in JupyterLab grows by a scroll bar each time the page narrows.
   */
  readonly width?: number;
  readonly height?: number;
}

/** A layout whose margins are known: the upper one is as high as the heading. */
type BaseLayout = Readonly<Record<string, unknown>> & {
  readonly margin: Readonly<Record<"t" | "r" | "b" | "l", number>>;
};

/**
 * The layout that all figures share: title and, under it, the data's source, broken to the figure's width; a
 * transparent background.
 */
export function baseLayout({ title, source, width = WIDTH, height = HEIGHT }: BaseLayoutOptions): BaseLayout {
  const room = width - 2 * EDGE; // plotly breaks no line anew where it has less room
  const heading = wrapText(title, TITLE_SIZE, room, room - BUTTONS.width);
  const below = source === undefined ? undefined : wrapLines(source, SOURCE_SIZE, room);
  const top = EDGE + textHeight(heading, TITLE_SIZE) + (below === undefined ? 0 : textHeight(below, SOURCE_SIZE) + 4);
  return {
    title: {
      text: heading,
      font: { size: TITLE_SIZE },
      x: 0,
      xref: "container",
      xanchor: "left",
      y: 1,
      yref: "container",
      yanchor: "top",
      pad: { t: EDGE + (heading.includes("<br>") ? CAP_SHIFT * TITLE_SIZE : 0), l: EDGE },
      ...(below !== undefined && { subtitle: { text: below, font: { size: SOURCE_SIZE, color: INK } } }),
    },
    width,
    height,
    modebar: { remove: BUTTONS.left },
    hoverlabel: { namelength: -1 }, // plotly cuts a name after 15 letters, where names of two runs are alike
    font: { family: FONT_FAMILY, size: FONT_SIZE, color: INK },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { t: Math.ceil(top + FONT_SIZE), r: 24, b: Math.ceil(FONT_SIZE * (2 * LINE_HEIGHT + 2)), l: 56 },
  };
}

/**
 * Axes of cells and pictures keep their shape where a front end draws a figure at another size, as JupyterLab does with
 * the picture that it keeps for when the notebook is opened again; they stand at the left then, their colors left of
 * them.
 */
export const KEPT_AT_LEFT = { constrain: "domain", constraintoward: "left" };

/** @param ratio height of a unit of y over the width of one of x */
export function keptBesideX(ratio: number): Record<string, unknown> {
  return { scaleanchor: "x", scaleratio: ratio, constrain: "domain", constraintoward: "top" };
}

/**
 * Texts without marks, some pixels from their places: plotly keeps a distance from marks alone, and a line through a
 * place would cross its text.
 */
export const OFF_ITS_PLACE = { mode: "markers+text", marker: { color: INK, size: 8, opacity: 0 } };

/** A scale of colors at the figure's left edge. */
export const AT_THE_LEFT = { x: 0, xref: "container", xanchor: "left" };

/** An axis of the library's figures. */
export function axis(
  options: {
    readonly label?: string | undefined;
    readonly log?: boolean;
    /** Whether its numbers are milliseconds since 1970. */
    readonly dates?: boolean;
    readonly range?: readonly number[] | undefined;
    readonly length?: number;
  } & Record<string, unknown>,
): Record<string, unknown> {
  const isNamed = options["scaleanchor"] !== undefined && options["ticktext"] !== undefined;
  const { label, log = false, dates = false, range, length = HEIGHT, ...rest } = options;
  return {
    // plotly puts a title among slanted labels, and among names, unless it is told a distance.
    ...(label !== undefined && {
      title: {
        text: wrapText(label, FONT_SIZE, length),
        font: { size: FONT_SIZE },
        ...((rest["tickangle"] === -45 || isNamed) && { standoff: 8 }),
      },
    }),
    type: log ? "log" : dates ? "date" : "linear",
    ...(range && { range: [...range] }),
    ...(log && range && logTicks(range)),
    gridcolor: GRID,
    zerolinecolor: GRID,
    linecolor: INK,
    showline: true,
    ticks: "outside",
    tickcolor: INK,
    automargin: true,
    ...rest,
  };
}

/** Ticks at each whole number where all values are whole and few: there is no epoch 1.5. */
export function wholeTicks(values: readonly number[]): { readonly tickvals?: readonly number[] } {
  const places = [...new Set(values)];
  if (places.length > 9 || !places.every(Number.isSafeInteger)) return {};
  const [low, high] = [Math.min(...places), Math.max(...places)];
  if (high - low < 1 || high - low > 8) return {};
  return { tickvals: Array.from({ length: high - low + 1 }, (_, i) => low + i) };
}

/**
 * Whole numbers at 1, 2 and 5 times a power of ten, or at powers alone where there are many: plotly writes "100µ" and
 * lone digits.
 */
function logTicks(range: readonly number[]): Record<string, unknown> {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return { dtick: high - low <= 2 ? "D2" : Math.ceil((high - low) / 8), tickformat: high >= 4 ? "~s" : "~g" };
}

/** Where numbers reach, with a little air, as an axis' range; in powers of ten where it is logarithmic. */
export function paddedRange(
  values: Iterable<number>,
  {
    log = false,
    zero = false,
    air = 0.05,
  }: { readonly log?: boolean; readonly zero?: boolean; readonly air?: number } = {},
): [number, number] {
  let [min, max] = zero ? [0, 0] : [Infinity, -Infinity];
  for (const value of values) {
    const at = log ? Math.log10(value) : value;
    if (!isDrawn(value, log)) continue;
    min = Math.min(min, at);
    max = Math.max(max, at);
  }
  if (min > max) return [0, 1];
  if (max - min < SMALLEST) {
    if (zero) return min === 0 || Math.abs(min) < SMALLEST ? [0, 1] : [Math.min(0, min * 1.1), Math.max(0, max * 1.1)];
    const half = Math.abs(min) < SMALLEST ? 1 : Math.abs(min) / 2;
    return [min - half, max + half];
  }
  const pad = (max - min) * air;
  return [zero && min === 0 ? 0 : min - pad, zero && max === 0 ? 0 : max + pad];
}

/** A scale of colors beside a figure, as plotly takes it. @param length of the plot, in pixels */
export function colorBar(label: string, length: number): Record<string, unknown> {
  return {
    title: { text: wrapText(label, FONT_SIZE, Math.max(length, 160)), side: "right", font: { size: FONT_SIZE } },
    thickness: 14,
    outlinewidth: 0,
    tickcolor: INK,
    ticks: "outside",
    nticks: 6,
    lenmode: "fraction",
    len: 1,
    xpad: 8,
  };
}
