import { colorAt, hex } from "../color-scale.js";
import { pngDataUri } from "../../png.js";
import type { Plot } from "./axes.js";
import type { ContourTrace, Stops } from "./plotly-figure.js";
import { element } from "./element.js";

/** Pixels across and down: the bands' edges are drawn to half a pixel of a usual figure. */
const RASTER = { width: 480, height: 320 };

/**
 * Bands of equal value, each in the color of its middle: the values between the grid's points are linear along x and
 * y, as the axes draw them. A cell with a corner that is no number stays empty.
 */
export function drawContour(trace: ContourTrace, plot: Plot): string {
  const { width, height } = RASTER;
  const rgba = new Uint8Array(width * height * 4);
  const across = places(
    trace.x.map((at) => (plot.x(at) - plot.left) / (plot.right - plot.left)),
    width,
  );
  const down = places(
    trace.y.map((at) => (plot.y(at) - plot.top) / (plot.bottom - plot.top)),
    height,
  );
  down.forEach((row, i) =>
    across.forEach((column, j) => {
      if (!row || !column) return;
      const value = between(trace.z, row, column);
      if (value !== undefined) rgba.set([...colorOf(trace, value), 255], (i * width + j) * 4);
    }),
  );
  return element("image", {
    x: plot.left,
    y: plot.top,
    width: plot.right - plot.left,
    height: plot.bottom - plot.top,
    href: pngDataUri({ width, height, rgba }),
    preserveAspectRatio: "none",
  });
}

interface Place {
  readonly from: number;
  readonly to: number;
  /** How far from `from` to `to`, 0 to 1. */
  readonly share: number;
}

/** For the middle of each pixel: between which of the grid's points it lies; undefined outside. */
function places(points: readonly number[], pixels: number): (Place | undefined)[] {
  return Array.from({ length: pixels }, (_, pixel) => {
    const at = (pixel + 0.5) / pixels;
    for (let from = 0; from + 1 < points.length; from++) {
      const [one, other] = [points[from]!, points[from + 1]!];
      if (at >= Math.min(one, other) && at <= Math.max(one, other))
        return { from, to: from + 1, share: (at - one) / (other - one) };
    }
    return undefined;
  });
}

function between(z: ContourTrace["z"], row: Place, column: Place): number | undefined {
  const [a, b, c, d] = [
    z[row.from]![column.from],
    z[row.from]![column.to],
    z[row.to]![column.from],
    z[row.to]![column.to],
  ];
  if (a == null || b == null || c == null || d == null) return undefined;
  const mix = (one: number, other: number, share: number): number => one + (other - one) * share;
  return mix(mix(a, b, column.share), mix(c, d, column.share), row.share);
}

/**
 * The bands as stops of a color bar, two for each: it begins one band below the first level and ends one above the
 * last.
 */
export function bandStops(trace: ContourTrace): { stops: Stops; range: [number, number] } {
  const { start, end, size } = trace.contours;
  const bands = Math.round((end - start) / size) + 2;
  const colors = Array.from({ length: bands }, (_, i) => hex(colorOf(trace, start + (i - 0.5) * size)));
  return {
    stops: colors.flatMap((color, i) => [[i / bands, color] as const, [(i + 1) / bands, color] as const]),
    range: [start - size, end + size],
  };
}

function colorOf({ zmin, zmax, contours, colorscale }: ContourTrace, value: number): [number, number, number] {
  const band = contours.start + (Math.floor((value - contours.start) / contours.size) + 0.5) * contours.size;
  return colorAt(colorscale, (band - zmin) / (zmax - zmin));
}
