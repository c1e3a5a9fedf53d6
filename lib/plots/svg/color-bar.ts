import { EDGE, FONT_SIZE } from "../style.js";
import { LINE_HEIGHT, textHeight, textWidth } from "../text-width.js";
import type { Plot } from "./axes.js";
import type { ColorBar, Stops, Trace } from "./plotly-figure.js";
import { bandStops } from "./draw-contour.js";
import { element, text } from "./element.js";
import { linearTicks } from "./ticks.js";

/** A color scale to be drawn beside the plot. */
export interface ColorBarOf {
  readonly stops: Stops;
  readonly range: readonly [number, number];
  readonly label: string;
  /** At the figure's left edge, in the margin's own room. Default right of the plot. */
  readonly atLeft?: boolean;
}

function isAtLeft(bar: ColorBar | undefined): boolean {
  return bar?.xref === "container";
}

const GAP = 10;
const THICKNESS = 14;
const TICK = 5;
const PAD = 3;
const TICKS = 6;

export function colorBarOf(data: readonly Trace[]): ColorBarOf | undefined {
  for (const trace of data) {
    if (trace.type === "parcoords")
      return {
        stops: trace.line.colorscale,
        range: [trace.line.cmin, trace.line.cmax],
        label: trace.line.colorbar?.title?.text ?? "",
      };
    if (trace.type === "contour") return { ...bandStops(trace), label: trace.colorbar?.title?.text ?? "" };
    if (trace.type === "heatmap")
      return {
        stops: trace.colorscale,
        range: [trace.zmin, trace.zmax],
        label: trace.colorbar?.title?.text ?? "",
        atLeft: isAtLeft(trace.colorbar),
      };
    if (trace.type === "scatter" && trace.marker?.showscale)
      return {
        stops: trace.marker.colorscale!,
        range: [trace.marker.cmin!, trace.marker.cmax!],
        label: trace.marker.colorbar?.title?.text ?? "",
        atLeft: isAtLeft(trace.marker.colorbar),
      };
  }
  return undefined;
}

/** Width right of the plot that a color bar needs. */
export function colorBarWidth(bar: ColorBarOf): number {
  if (bar.atLeft) return 0;
  return (
    GAP + THICKNESS + TICK + PAD + labelWidth(bar) + (bar.label === "" ? 0 : textHeight(bar.label, FONT_SIZE)) + 2 * PAD
  );
}

export function drawColorBar(bar: ColorBarOf, { right, top, bottom }: Plot, ink: string): string {
  const left = bar.atLeft ? EDGE : right + GAP;
  const edge = left + THICKNESS;
  const stops = bar.stops
    .map(([offset, color]) => element("stop", { offset: 1 - offset, "stop-color": color }))
    .reverse();
  // An id of the scale's own colors: several figures may stand in one page.
  const id = `scale-${bar.stops
    .map(([, color]) => color.slice(1))
    .join("")
    .slice(0, 24)}`;
  const y = (at: number): number => bottom - ((at - bar.range[0]) / (bar.range[1] - bar.range[0])) * (bottom - top);
  return [
    element("linearGradient", { id, x1: 0, x2: 0, y1: 0, y2: 1 }, stops.join("")),
    element("rect", { x: left, y: top, width: THICKNESS, height: bottom - top, fill: `url(#${id})` }),
    ...ticks(bar, bottom - top).map(
      ({ at, label }) =>
        element("line", { x1: edge, x2: edge + TICK, y1: y(at), y2: y(at), stroke: ink }) +
        text(edge + TICK + PAD, y(at), label, { size: FONT_SIZE, fill: ink, vertical: "middle" }),
    ),
    bar.label === ""
      ? ""
      : text(edge + TICK + 2 * PAD + labelWidth(bar), (top + bottom) / 2, bar.label, {
          size: FONT_SIZE,
          fill: ink,
          anchor: "middle",
          vertical: "bottom",
          angle: 90,
        }),
  ].join("");
}

function ticks({ range }: ColorBarOf, length: number): ReturnType<typeof linearTicks> {
  return linearTicks(range, Math.max(2, Math.min(TICKS, length / (FONT_SIZE * LINE_HEIGHT * 1.5))));
}

function labelWidth(bar: ColorBarOf): number {
  return Math.max(0, ...linearTicks(bar.range, TICKS).map(({ label }) => textWidth(label, FONT_SIZE)));
}
