import { unescapeText } from "../text-width.js";
import type { PlotlyAxis } from "./plotly-figure.js";
import { dateTicks } from "./date-ticks.js";
import { linearTicks, logTicks, type Tick } from "./ticks.js";

/** An axis laid out over pixels. */
export interface Scale {
  /** Pixel of a value; NaN for null and for a value that the axis cannot show. */
  (value: number | null): number;
  readonly range: readonly [number, number];
  readonly ticks: readonly Tick[];
  /** Pixel of a tick. */
  readonly tickAt: (tick: Tick) => number;
}

/** @param pixels of the range's first and second end */
export function scaleOf(axis: PlotlyAxis, pixels: readonly [number, number], spacing: number): Scale {
  const range = axis.range ?? [0, 1];
  const log = axis.type === "log";
  const place = (at: number): number => pixels[0] + ((at - range[0]) / (range[1] - range[0])) * (pixels[1] - pixels[0]);
  const most = Math.max(2, Math.abs(pixels[1] - pixels[0]) / spacing);
  const given = axis.tickvals?.map((at, i) => ({ at, label: unescapeText(axis.ticktext?.[i] ?? String(at)) }));
  const ticks = axis.showticklabels === false ? [] : (given ?? ticksOf(axis.type, range, most));
  const scale = (value: number | null): number =>
    value === null || (log && value <= 0) ? NaN : place(log ? Math.log10(value) : value);
  return Object.assign(scale, { range, ticks, tickAt: ({ at }: Tick) => place(at) });
}

function ticksOf(type: PlotlyAxis["type"], range: readonly [number, number], most: number): Tick[] {
  if (type === "log") return logTicks(range, most);
  return type === "date" ? dateTicks(range, most) : linearTicks(range, most);
}
