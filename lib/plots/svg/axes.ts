import { FONT_SIZE, GRID } from "../style.js";
import { LINE_HEIGHT, textHeight, textWidth } from "../text-width.js";
import type { Layout, Margin, PlotlyAxis } from "./plotly-figure.js";
import { element, text } from "./element.js";
import type { Scale } from "./scale.js";

/** Where data are drawn, in pixels, and the scales over it. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly x: Scale;
  readonly y: Scale;
}

const TICK = 5;
const PAD = 3;

/** What the axes' labels need beside the plot. */
export function axisRoom({ xaxis, yaxis }: Layout, plot: Plot): Margin {
  const widths = plot.x.ticks.map(({ label }) => textWidth(label, FONT_SIZE));
  const last = plot.x.ticks[plot.x.ticks.length - 1];
  const first = plot.x.ticks[0];
  const slanted = (xaxis?.tickangle ?? 0) !== 0;
  // A slanted label ends below its tick; a level one reaches half its width to either side.
  const beyondRight = last && !slanted ? plot.x.tickAt(last) + widths[widths.length - 1]! / 2 - plot.right : 0;
  const beyondLeft = !first
    ? 0
    : plot.left - plot.x.tickAt(first) + (slanted ? widths[0]! * Math.SQRT1_2 : widths[0]! / 2);
  const titled = (title: string | undefined): number => (title ? textHeight(title, FONT_SIZE) + PAD : 0);
  return {
    t: 0,
    r: beyondRight + PAD,
    b: (plot.x.ticks.length > 0 ? TICK + PAD + tickDepth(plot, slanted) : 0) + titled(xaxis?.title?.text) + PAD,
    l: Math.max(yDepth(plot) + titled(yaxis?.title?.text) + PAD, beyondLeft + PAD),
  };
}

/** Grid, axis lines, ticks with their labels, and titles. @param lowest whether the horizontal axis lies under it */
export function axes({ xaxis = {}, yaxis = {} }: Layout, plot: Plot, ink: string, lowest = true): string {
  const { left, right, top, bottom, x, y } = plot;
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): string =>
    element("line", { x1, y1, x2, y2, stroke });
  const [across, up] = [x.ticks.map((tick) => x.tickAt(tick)), y.ticks.map((tick) => y.tickAt(tick))];
  return [
    ...(xaxis.showgrid === false ? [] : across.map((at) => line(at, top, at, bottom, GRID))),
    ...(yaxis.showgrid === false ? [] : up.map((at) => line(left, at, right, at, GRID))),
    lowest && xaxis.showline !== false ? line(left, bottom, right, bottom, ink) : "",
    yaxis.showline === false ? "" : line(left, top, left, bottom, ink),
    xaxis.mirror ? line(left, top, right, top, ink) : "",
    yaxis.mirror ? line(right, top, right, bottom, ink) : "",
    ...(lowest ? across.map((at) => line(at, bottom, at, bottom + TICK, ink)) : []),
    ...up.map((at) => line(left - TICK, at, left, at, ink)),
    lowest ? labelsBelow(xaxis, plot, ink) : "",
    labelsBeside(yaxis, plot, ink),
  ].join("");
}

function labelsBelow(xaxis: PlotlyAxis, plot: Plot, ink: string): string {
  const { left, right, bottom, x } = plot;
  const slanted = (xaxis.tickangle ?? 0) !== 0;
  const end = slanted ? ({ anchor: "end", angle: -45 } as const) : ({ anchor: "middle" } as const);
  const below = bottom + TICK + PAD;
  const ticks = x.ticks.map((tick) => text(x.tickAt(tick), below, tick.label, { size: FONT_SIZE, fill: ink, ...end }));
  if (!xaxis.title?.text) return ticks.join("");
  const at = bottom + (x.ticks.length > 0 ? TICK + PAD + tickDepth(plot, slanted) : 0) + PAD;
  const style = { size: FONT_SIZE, fill: ink, anchor: "middle" } as const;
  return [...ticks, text((left + right) / 2, at, xaxis.title.text, style)].join("");
}

function labelsBeside(yaxis: PlotlyAxis, plot: Plot, ink: string): string {
  const { left, top, bottom, y } = plot;
  const beside = { size: FONT_SIZE, fill: ink, anchor: "end", vertical: "middle" } as const;
  const ticks = y.ticks.map((tick) => text(left - TICK - PAD, y.tickAt(tick), tick.label, beside));
  if (!yaxis.title?.text) return ticks.join("");
  const upright = { size: FONT_SIZE, fill: ink, anchor: "middle", vertical: "bottom", angle: -90 } as const;
  return [...ticks, text(left - yDepth(plot), (top + bottom) / 2, yaxis.title.text, upright)].join("");
}

function tickDepth({ x }: Plot, slanted: boolean): number {
  if (!slanted) return FONT_SIZE * LINE_HEIGHT;
  return (
    (Math.max(...x.ticks.map(({ label }) => textWidth(label, FONT_SIZE))) + FONT_SIZE * LINE_HEIGHT) * Math.SQRT1_2
  );
}

function yDepth({ y }: Plot): number {
  return y.ticks.length === 0
    ? 0
    : TICK + 2 * PAD + Math.max(...y.ticks.map(({ label }) => textWidth(label, FONT_SIZE)));
}
