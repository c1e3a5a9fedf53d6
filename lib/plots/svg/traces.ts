import { INK, SOURCE_SIZE } from "../style.js";
import type { Plot } from "./axes.js";
import type { BarTrace, Layout, ScatterTrace, Trace } from "./plotly-figure.js";
import { element, round, text } from "./element.js";
import { drawContour } from "./draw-contour.js";
import { drawHeatmap, drawHeatmapTexts } from "./draw-heatmap.js";
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
  if (trace.type === "bar" && trace.text) {
    return bars(trace, data, layout, plot)
      .map(({ x, width, from, to }, i) =>
        !Number.isFinite(to)
          ? ""
          : text(x + width / 2, to > from ? to + 2 : to - 2, trace.text![i]!, {
              size: trace.textfont?.size ?? SOURCE_SIZE,
              fill: trace.textfont?.color ?? INK,
              anchor: "middle",
              vertical: to > from ? "top" : "bottom",
            }),
      )
      .join("");
  }
  if (trace.type === "scatter" && trace.text) {
    const reach = trace.mode.includes("markers") ? (trace.marker?.size ?? 6) / 2 + 2 : 2;
    return trace.text.map((label, i) => (label === "" ? "" : besidePoint(trace, plot, i, label, reach))).join("");
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

function drawScatter(trace: ScatterTrace, { x, y }: Plot): string {
  const points = trace.x.map((at, i) => [x(at), y(trace.y[i]!)] as const);
  if (trace.fill === "toself") return drawArea(points, trace.fillcolor);
  const parts: string[] = [];
  if (trace.mode.includes("lines")) {
    let pen = "M";
    const path = points.map(([px, py]) => {
      if (!Number.isFinite(px + py)) {
        pen = "M"; // a gap
        return "";
      }
      const step = `${pen}${round(px)} ${round(py)}`;
      pen = "L";
      return step;
    });
    parts.push(
      element("path", {
        d: path.join("") || "M0 0",
        fill: "none",
        stroke: trace.line?.color,
        "stroke-width": trace.line?.width ?? 2,
        "stroke-linejoin": "round",
        "stroke-dasharray": dashes(trace.line?.dash),
      }),
    );
  }
  if (trace.mode.includes("markers") && typeof trace.marker?.color === "string") {
    for (const [px, py] of points)
      if (Number.isFinite(px + py))
        parts.push(mark(trace.marker.symbol, px, py, trace.marker.size ?? 6, trace.marker.color, trace.marker.opacity));
  }
  return parts.join("");
}

/** What each stretch of points between gaps encloses. */
function drawArea(points: readonly (readonly [number, number])[], fill: string | undefined): string {
  let pen = "M";
  const path = points.map(([px, py], i) => {
    if (!Number.isFinite(px + py)) {
      pen = "M";
      return "";
    }
    const next = points[i + 1];
    const step = `${pen}${round(px)} ${round(py)}${next && Number.isFinite(next[0] + next[1]) ? "" : "Z"}`;
    pen = "L";
    return step;
  });
  const [, color, opacity] = /^rgba\((\d+,\d+,\d+),([\d.]+)\)$/.exec(fill ?? "") ?? [];
  const paint = color === undefined ? { fill } : { fill: `rgb(${color})`, "fill-opacity": Number(opacity) };
  return element("path", { d: path.join("") || "M0 0", ...paint });
}

interface Bar {
  readonly x: number;
  readonly width: number;
  /** Pixels of zero and of the value. */
  readonly from: number;
  readonly to: number;
}

function drawBars(trace: BarTrace, data: readonly Trace[], layout: Layout, plot: Plot): string {
  return bars(trace, data, layout, plot)
    .map(({ x, width, from, to }, i) => {
      if (!Number.isFinite(to)) return "";
      const bar = element("rect", {
        x,
        y: Math.min(from, to),
        width,
        height: Math.abs(to - from),
        fill: trace.marker?.color,
        "fill-opacity": trace.opacity === 1 ? undefined : trace.opacity,
      });
      const error = trace.error_y?.array[i] ?? null;
      if (error === null) return bar;
      const [middle, value] = [x + width / 2, trace.y[i]!];
      const [low, high] = [plot.y(value - error), plot.y(value + error)];
      return (
        bar +
        element("path", {
          d: [
            `M${round(middle)} ${round(low)}V${round(high)}`,
            ...[low, high].map((at) => `M${round(middle - 4)} ${round(at)}h8`),
          ].join(""),
          fill: "none",
          stroke: trace.error_y?.color ?? INK,
          "stroke-width": 1.5,
        })
      );
    })
    .join("");
}

/** Bars beside each other in their group, or one over the other. */
function bars(
  trace: BarTrace,
  data: readonly Trace[],
  { barmode = "group", bargap = 0.2 }: Layout,
  { x, y }: Plot,
): Bar[] {
  const group = data.filter((one) => one.type === "bar");
  const unit = Math.abs(x(1) - x(0)) * (trace.width ?? 1);
  const slot = unit * (1 - bargap);
  const width = barmode === "group" ? slot / group.length : slot;
  const offset = barmode === "group" ? group.indexOf(trace) * width : 0;
  return trace.x.map((at, i) => ({
    x: x(at) - slot / 2 + offset,
    width,
    from: y(trace.base?.[i] ?? 0),
    to: y((trace.base?.[i] ?? 0) + trace.y[i]!),
  }));
}
