import { shortNumber } from "../figure-checks.js";
import { INK, OFF_ITS_PLACE, paddedRange, SOURCE_SIZE } from "../style.js";
import { escapeText } from "../text-width.js";
import type { Placed } from "./roofline-points.js";

/** A machine's roofs. */
export interface Roofs {
  readonly compute: readonly { readonly name: string; readonly gflops: number }[];
  readonly bandwidth: number;
}
/** Of both axes, in powers of ten. */
export type Ranges = { readonly x: [number, number]; readonly y: [number, number] };

/** Axes that show all points, all roofs, and the place where these meet. */
export function rangesOf(points: readonly Placed[], { compute, bandwidth }: Roofs): Ranges {
  const highest = Math.max(...compute.map(({ gflops }) => gflops));
  const xs = [...points.map(({ intensity }) => intensity), (highest / bandwidth) * 4, highest / bandwidth / 8];
  const ys = [...points.map(({ gflopsPerSecond }) => gflopsPerSecond), highest * 1.6];
  return { x: paddedRange(xs, { log: true, air: 0.06 }), y: paddedRange(ys, { log: true, air: 0.06 }) };
}

/** One roof as a line. */
export interface RoofLine {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Where its name stands. */
  readonly at: readonly [x: number, y: number];
  readonly dash: string;
  /** On which side of there. */
  readonly side: "top left" | "bottom left";
}

/** Each roof from where it meets the other, or the figure's edge. */
export function linesOf({ compute, bandwidth }: Roofs, { x: [low, high], y: [bottom] }: Ranges): RoofLine[] {
  const highest = Math.max(...compute.map(({ gflops }) => gflops));
  const [left, right, ridge] = [10 ** Math.max(low, bottom - Math.log10(bandwidth)), 10 ** high, highest / bandwidth];
  const middle = left * (ridge / left) ** 0.72;
  return [
    {
      name: `memory, ${shortNumber(bandwidth)} GB/s`,
      x: [left, ridge],
      y: [left * bandwidth, highest],
      at: [middle, middle * bandwidth],
      dash: "solid",
      side: "top left",
    },
    ...compute.map(({ name, gflops }, i) => ({
      name: `${name}, ${shortNumber(gflops)} GFLOP/s`,
      x: [gflops / bandwidth, right],
      y: [gflops, gflops],
      at: [right, gflops] as const,
      dash: ["solid", "dash", "dot"][i % 3]!,
      side: gflops === highest ? ("top left" as const) : ("bottom left" as const), // two may lie close together
    })),
  ];
}

/** A roof's line. */
export function roofTrace({ x, y, dash }: RoofLine): Record<string, unknown> {
  const line = { color: INK, width: 2, dash };
  return {
    type: "scatter",
    mode: "lines",
    x: plainDigits(x),
    y: plainDigits(y),
    line,
    hoverinfo: "skip",
    showlegend: false,
  };
}

/** The roofs' names, above all points. */
export function roofNames(roofs: readonly RoofLine[]): Record<string, unknown> {
  return {
    type: "scatter",
    ...OFF_ITS_PLACE,
    x: plainDigits(roofs.map(({ at }) => at[0])),
    y: plainDigits(roofs.map(({ at }) => at[1])),
    text: roofs.map(({ name }) => escapeText(name)),
    textposition: roofs.map(({ side }) => side),
    textfont: { size: SOURCE_SIZE, color: INK },
    hoverinfo: "skip",
    showlegend: false,
    cliponaxis: false,
  };
}

/** As many digits as a place on a logarithmic axis takes. */
export const plainDigits = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(6)));

/** A straight line on logarithmic axes as points, for the text. */
export function between(x: readonly number[], y: readonly number[]): { readonly x: number[]; readonly y: number[] } {
  const at = (ends: readonly number[], share: number): number => ends[0]! * (ends[1]! / ends[0]!) ** share;
  const shares = Array.from({ length: 41 }, (_, i) => i / 40);
  return { x: shares.map((share) => at(x, share)), y: shares.map((share) => at(y, share)) };
}
