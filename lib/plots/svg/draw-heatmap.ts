import { colorAt, hex, luminance } from "../color-scale.js";
import { pngDataUri } from "../../png.js";
import { SOURCE_SIZE } from "../style.js";
import type { Plot } from "./axes.js";
import type { HeatmapTrace } from "./plotly-figure.js";
import { element, text } from "./element.js";

/** A matrix of more cells is drawn as a picture of one pixel a cell. */
const MAX_RECTANGLES = 1024;

export function drawHeatmap(trace: HeatmapTrace, plot: Plot): string {
  const [rows, columns] = [trace.z.length, trace.z[0]!.length];
  if (rows * columns > MAX_RECTANGLES) return picture(trace, plot);
  return trace.z
    .map((row, i) =>
      row
        .map((value, j) =>
          value === null ? "" : element("rect", { ...cell(plot, i, j), fill: hex(colorOf(trace, value)) }),
        )
        .join(""),
    )
    .join("");
}

/** Texts in the cells, dark on a light color and light on a dark one. */
export function drawHeatmapTexts(trace: HeatmapTrace, plot: Plot): string {
  if (!trace.text) return "";
  return trace.text
    .map((row, i) =>
      row
        .map((label, j) => {
          const value = trace.z[i]![j] ?? null;
          if (label === "" || value === null) return "";
          const { x, y, width, height } = cell(plot, i, j);
          return text(x + width / 2, y + height / 2, label, {
            size: trace.textfont?.size ?? SOURCE_SIZE,
            fill: luminance(colorOf(trace, value)) > 0.18 ? "#000000" : "#ffffff",
            anchor: "middle",
            vertical: "middle",
          });
        })
        .join(""),
    )
    .join("");
}

function picture(trace: HeatmapTrace, { left, right, top, bottom }: Plot): string {
  const [height, width] = [trace.z.length, trace.z[0]!.length];
  const rgba = new Uint8Array(width * height * 4);
  trace.z.forEach((row, i) =>
    row.forEach((value, j) => {
      if (value !== null) rgba.set([...colorOf(trace, value), 255], (i * width + j) * 4);
    }),
  );
  return element("image", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    href: pngDataUri({ width, height, rgba }),
    preserveAspectRatio: "none",
    style: "image-rendering:pixelated",
  });
}

function colorOf({ zmin, zmax, colorscale }: HeatmapTrace, value: number): [number, number, number] {
  return colorAt(colorscale, (value - zmin) / (zmax - zmin));
}

/** Row 0 is at the top: the axis runs downwards. */
function cell({ x, y }: Plot, row: number, column: number): { x: number; y: number; width: number; height: number } {
  return {
    x: x(column - 0.5),
    y: y(row - 0.5),
    width: x(column + 0.5) - x(column - 0.5),
    height: y(row + 0.5) - y(row - 0.5),
  };
}
