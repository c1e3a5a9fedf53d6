import { INK, SOURCE_SIZE } from "../style.js";
import type { Plot } from "./axes.js";
import { drawBars, drawBarTexts } from "./draw-bars.js";
import type { Layout, ScatterTrace, Trace } from "./plotly-figure.js";
import { element, round, text } from "./element.js";
import { drawContour } from "./draw-contour.js";
import { drawHeatmap, drawHeatmapTexts } from "./draw-heatmap.js";
import { MANY, manyMarks } from "./many-marks.js";
import { dashes, mark } from "./marks.js";
import { drawParallel } from "./parallel.js";

/** A trace's shapes. */
export function drawTrace(trace: Trace, data: readonly Trace[], layout: Layout, plot: Plot): string {
  switch (trace.type) {
    case "scatter":
      return drawScatter(trace, plot);
    case "bar":
      return drawBars(trace, data, layout, plot);
    case "heatmap":
      return drawHeatmap(trace, plot);
    case "contour":
      return drawContour(trace, plot);
    case "parcoords":
      return drawParallel(trace, plot, layout.paper_bgcolor);
    case "image": {
      const { left, right, top, bottom } = plot;
      return element("image", {
        x: left,
        y: top,
        width: right - left,
        height: bottom - top,
        href: trace.source,
        preserveAspectRatio: "none",
        style: "image-rendering:pixelated",
      });
    }
  }
}

/** A trace's texts, above all shapes. */
export function drawTraceTexts(trace: Trace, data: readonly Trace[], layout: Layout, plot: Plot): string {
  if (trace.type === "heatmap") return drawHeatmapTexts(trace, plot);
  if (trace.type === "bar") return drawBarTexts(trace, data, layout, plot);
  if (trace.type === "scatter" && trace.text) {
    const reach = (i: number): number => (trace.mode.includes("markers") ? sizeOf(trace, i) / 2 + 2 : 2);
    return trace.text.map((label, i) => (label === "" ? "" : besidePoint(trace, plot, i, label, reach(i)))).join("");
  }
  return "";
}

function besidePoint(trace: ScatterTrace, { x, y }: Plot, i: number, label: string, reach: number): string {
  const position =
    typeof trace.textposition === "object" ? trace.textposition[i]! : (trace.textposition ?? "middle center");
  const [vertical, side] = position.split(" ");
  const dx = side === "right" ? reach : side === "left" ? -reach : 0;
  const dy = vertical === "top" ? -reach : vertical === "bottom" ? reach : 0;
  return text(x(trace.x[i]!) + dx, y(trace.y[i]!) + dy, label, {
    size: trace.textfont?.size ?? SOURCE_SIZE,
    fill: trace.textfont?.color ?? INK,
    anchor: side === "right" ? "start" : side === "left" ? "end" : "middle",
    vertical: vertical === "top" ? "bottom" : vertical === "bottom" ? "top" : "middle",
  });
}

function sizeOf({ marker }: ScatterTrace, point: number): number {
  return (typeof marker?.size === "object" ? marker.size[point] : marker?.size) ?? 6;
}

function drawScatter(trace: ScatterTrace, { x, y }: Plot): string {
  const points = trace.x.map((at, i) => [x(at), y(trace.y[i]!)] as const);
  const area = trace.fill === "toself" ? drawArea(points, trace.fillcolor) : "";
  if (area !== "" && !trace.line?.width) return area;
  const parts: string[] = [area];
  if (trace.mode.includes("lines")) {
    parts.push(
      element("path", {
        d: pathThrough(points),
        fill: "none",
        stroke: trace.line?.color,
        "stroke-width": trace.line?.width ?? 2,
        "stroke-linejoin": "round",
        "stroke-dasharray": dashes(trace.line?.dash),
      }),
    );
  }
  if (trace.mode.includes("markers") && typeof trace.marker?.color === "string" && trace.marker.opacity !== 0) {
    const { symbol, color, opacity } = trace.marker;
    const drawn = points.filter(hasPlace);
    if (drawn.length > MANY && typeof trace.marker.size === "number")
      parts.push(manyMarks(drawn, { symbol, size: trace.marker.size, fill: color, opacity }));
    else
      for (const [i, point] of points.entries())
        if (hasPlace(point)) parts.push(mark(symbol, ...point, sizeOf(trace, i), color, opacity));
  }
  return parts.join("");
}

type Point = readonly [x: number, y: number];

const hasPlace = ([x, y]: Point): boolean => Number.isFinite(x + y);

/** A line through points, anew after each gap. @param end what closes each stretch */
function pathThrough(points: readonly Point[], end = ""): string {
  const steps = points.map((point, i) => {
    if (!hasPlace(point)) return "";
    const [before, next] = [points[i - 1], points[i + 1]];
    const pen = before && hasPlace(before) ? "L" : "M";
    return `${pen}${round(point[0])} ${round(point[1])}${next && hasPlace(next) ? "" : end}`;
  });
  return steps.join("") || "M0 0";
}

/** What each stretch of points between gaps encloses. */
function drawArea(points: readonly Point[], fill: string | undefined): string {
  const [, color, opacity] = /^rgba\((\d+,\d+,\d+),([\d.]+)\)$/.exec(fill ?? "") ?? [];
  const paint = color === undefined ? { fill } : { fill: `rgb(${color})`, "fill-opacity": Number(opacity) };
  return element("path", { d: pathThrough(points, "Z"), ...paint });
}
