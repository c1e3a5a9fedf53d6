import { INK, SOURCE_SIZE } from "../style.js";
import type { Plot } from "./axes.js";
import type { BarTrace, Layout, Trace } from "./plotly-figure.js";
import { element, round, text } from "./element.js";

/** A bar in pixels. */
interface Bar {
  /** Its sides across: left and right, of a horizontal one top and bottom. */
  readonly sides: readonly [number, number];
  /** Where it begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** More bars of one trace than these are one path. */
const MOST_SINGLE = 200;

/** A trace's bars, with their error bars. */
export function drawBars(trace: BarTrace, data: readonly Trace[], layout: Layout, plot: Plot): string {
  const shapes = bars(trace, data, layout, plot);
  if (shapes.length > MOST_SINGLE)
    return element("path", { d: shapes.map((bar) => outline(trace, bar)).join(""), fill: trace.marker?.color });
  return shapes
    .map((bar, i) => {
      if (!Number.isFinite(bar.to)) return "";
      const rectangle = element("rect", {
        ...boxOf(trace, bar),
        fill: trace.marker?.color,
        "fill-opacity": trace.opacity === 1 ? undefined : trace.opacity,
      });
      const error = trace.error_y?.array[i] ?? null;
      return error === null ? rectangle : rectangle + errorBar(trace, bar, trace.y[i]!, error, plot);
    })
    .join("");
}

function errorBar({ error_y }: BarTrace, { sides }: Bar, value: number, error: number, { y }: Plot): string {
  const middle = (sides[0] + sides[1]) / 2;
  const [low, high] = [y(value - error), y(value + error)];
  return element("path", {
    d: [
      `M${round(middle)} ${round(low)}V${round(high)}`,
      ...[low, high].map((at) => `M${round(middle - 4)} ${round(at)}h8`),
    ].join(""),
    fill: "none",
    stroke: error_y?.color ?? INK,
    "stroke-width": 1.5,
  });
}

/** A bar's texts: in its middle, or beyond its end. */
export function drawBarTexts(trace: BarTrace, data: readonly Trace[], layout: Layout, plot: Plot): string {
  const { text: texts, textfont, orientation, textposition } = trace;
  if (!texts) return "";
  const style = { size: textfont?.size ?? SOURCE_SIZE, fill: textfont?.color ?? INK };
  return bars(trace, data, layout, plot)
    .map((bar, i) => {
      const { from, to, sides } = bar;
      if (!Number.isFinite(to) || !texts[i]) return "";
      const across = (sides[0] + sides[1]) / 2;
      if (textposition === "inside") {
        const [x, y] = orientation === "h" ? [(from + to) / 2, across] : [across, (from + to) / 2];
        return text(x, y, texts[i], { ...style, anchor: "middle", vertical: "middle" });
      }
      if (orientation === "h") {
        const anchor = to < from ? "end" : "start";
        return text(to + (to < from ? -4 : 4), across, texts[i], { ...style, anchor, vertical: "middle" });
      }
      const vertical = to > from ? "top" : "bottom";
      return text(across, to > from ? to + 2 : to - 2, texts[i], { ...style, anchor: "middle", vertical });
    })
    .join("");
}

function boxOf({ orientation }: BarTrace, { sides, from, to }: Bar): Record<"x" | "y" | "width" | "height", number> {
  const across = { at: Math.min(...sides), size: Math.abs(sides[1] - sides[0]) };
  const along = { at: Math.min(from, to), size: Math.abs(to - from) };
  return orientation === "h"
    ? { x: along.at, y: across.at, width: Math.max(along.size, 1), height: across.size }
    : { x: across.at, y: along.at, width: across.size, height: along.size };
}

function outline(trace: BarTrace, bar: Bar): string {
  if (!Number.isFinite(bar.to)) return "";
  const { x, y, width, height } = boxOf(trace, bar);
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`;
}

/** Bars beside each other in their group, or one over the other. */
function bars(trace: BarTrace, data: readonly Trace[], { barmode = "group", bargap = 0.2 }: Layout, plot: Plot): Bar[] {
  const [places, values, across, along] =
    trace.orientation === "h" ? [trace.y, trace.x, plot.y, plot.x] : [trace.x, trace.y, plot.x, plot.y];
  const group = data.filter((one) => one.type === "bar");
  const slot = (trace.width ?? 1) * (1 - bargap);
  const width = barmode === "group" ? slot / group.length : slot;
  const offset = barmode === "group" ? group.indexOf(trace) * width : 0;
  return places.map((at, i) => {
    const [start, base, value] = [at! - slot / 2 + offset, trace.base?.[i] ?? 0, values[i]!];
    const to = value === null ? Number.NaN : along(base + value);
    return { sides: [across(start), across(start + width)], from: along(base), to };
  });
}
