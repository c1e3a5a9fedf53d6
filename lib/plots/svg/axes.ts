import { FONT_SIZE, GRID } from "../style.js";
import { LINE_HEIGHT, textHeight, textWidth } from "../text-width.js";
import type { Layout, Margin } from "./plotly-figure.js";
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

/** Grid, axis lines, ticks with their labels, and titles. */
export function axes({ xaxis = {}, yaxis = {} }: Layout, plot: Plot, ink: string): string {
  const { left, right, top, bottom, x, y } = plot;
  const parts: string[] = [];
  const line = (x1: number, y1: number, x2: number, y2: number, stroke: string): void =>
    void parts.push(element("line", { x1, y1, x2, y2, stroke }));
  if (xaxis.showgrid !== false) for (const tick of x.ticks) line(x.tickAt(tick), top, x.tickAt(tick), bottom, GRID);
  if (yaxis.showgrid !== false) for (const tick of y.ticks) line(left, y.tickAt(tick), right, y.tickAt(tick), GRID);
  if (xaxis.showline !== false) line(left, bottom, right, bottom, ink);
  if (yaxis.showline !== false) line(left, top, left, bottom, ink);
  if (xaxis.mirror) line(left, top, right, top, ink);
  if (yaxis.mirror) line(right, top, right, bottom, ink);
  const slanted = (xaxis.tickangle ?? 0) !== 0;
  for (const tick of x.ticks) {
    const at = x.tickAt(tick);
    line(at, bottom, at, bottom + TICK, ink);
    const below = bottom + TICK + PAD;
    parts.push(
      slanted
        ? text(at, below, tick.label, { size: FONT_SIZE, fill: ink, anchor: "end", angle: -45 })
        : text(at, below, tick.label, { size: FONT_SIZE, fill: ink, anchor: "middle" }),
    );
  }
  for (const tick of y.ticks) {
    const at = y.tickAt(tick);
    line(left - TICK, at, left, at, ink);
    parts.push(
      text(left - TICK - PAD, at, tick.label, { size: FONT_SIZE, fill: ink, anchor: "end", vertical: "middle" }),
    );
  }
  if (xaxis.title?.text)
    parts.push(
      text(
        (left + right) / 2,
        bottom + (x.ticks.length > 0 ? TICK + PAD + tickDepth(plot, slanted) : 0) + PAD,
        xaxis.title.text,
        { size: FONT_SIZE, fill: ink, anchor: "middle" },
      ),
    );
  if (yaxis.title?.text)
    parts.push(
      text(left - yDepth(plot), (top + bottom) / 2, yaxis.title.text, {
        size: FONT_SIZE,
        fill: ink,
        anchor: "middle",
        vertical: "bottom",
        angle: -90,
      }),
    );
  return parts.join("");
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
