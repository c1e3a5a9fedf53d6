import { legendRow } from "../legend-room.js";
import { FONT_SIZE } from "../style.js";
import { textWidth } from "../text-width.js";
import type { Plot } from "./axes.js";
import type { Trace } from "./plotly-figure.js";
import { element, text } from "./element.js";
import { dashes, mark } from "./marks.js";

const GAP = 12;
const KEY = 30;
const PAD = 6;

/** Width beside the plot that the legend needs. */
export function legendWidth(data: readonly Trace[]): number {
  return GAP + KEY + PAD + Math.max(...data.map(({ name }) => textWidth(name ?? "", FONT_SIZE))) + PAD;
}

export function drawLegend(data: readonly Trace[], { right, top }: Plot, ink: string): string {
  const left = right + GAP;
  let y = top;
  return data
    .map((trace) => {
      const name = trace.name ?? "";
      const height = legendRow(name);
      const row =
        key(trace, left, y + height / 2) +
        text(left + KEY + PAD, y + height / 2, name, { size: FONT_SIZE, fill: ink, vertical: "middle" });
      y += height;
      return row;
    })
    .join("");
}

function key(trace: Trace, x: number, y: number): string {
  if (trace.type === "bar")
    return element("rect", {
      x: x + KEY / 2 - 6,
      y: y - 6,
      width: 12,
      height: 12,
      fill: trace.marker?.color,
      "fill-opacity": trace.opacity,
    });
  if (trace.type !== "scatter") return "";
  const line = trace.mode.includes("lines")
    ? element("line", {
        x1: x,
        x2: x + KEY,
        y1: y,
        y2: y,
        stroke: trace.line?.color,
        "stroke-width": trace.line?.width,
        "stroke-dasharray": dashes(trace.line?.dash),
      })
    : "";
  return (
    line +
    (trace.mode.includes("markers")
      ? mark(
          trace.marker?.symbol,
          x + KEY / 2,
          y,
          typeof trace.marker?.size === "number" ? trace.marker.size : 8,
          String(trace.marker?.color),
        )
      : "")
  );
}
