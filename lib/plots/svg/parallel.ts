import { colorAt } from "../color-scale.js";
import { FONT_SIZE, INK, SOURCE_SIZE } from "../style.js";
import { unescapeText } from "../text-width.js";
import type { Plot } from "./axes.js";
import type { ParallelTrace } from "./plotly-figure.js";
import { element, round, text } from "./element.js";
import { linearTicks } from "./ticks.js";

const TICK = 5;
const PAD = 3;

/** A line for each run, the later ones above; an upright axis for each dimension, its label over it. */
export function drawParallel({ dimensions, line }: ParallelTrace, plot: Plot, paper: string | undefined): string {
  const { left, right, top, bottom } = plot;
  const x = (i: number): number => left + (i / (dimensions.length - 1)) * (right - left);
  const y = (i: number, value: number): number => {
    const [low, high] = dimensions[i]!.range;
    return bottom - ((value - low) / (high - low)) * (bottom - top);
  };
  const lines = line.color.map((value, run) => {
    const d = dimensions
      .map(({ values }, i) => `${i === 0 ? "M" : "L"}${round(x(i))} ${round(y(i, values[run]!))}`)
      .join("");
    return element("path", {
      d,
      fill: "none",
      stroke: `rgb(${colorAt(line.colorscale, (value - line.cmin) / (line.cmax - line.cmin)).join(",")})`,
      "stroke-width": 1,
      "stroke-opacity": 0.8,
    });
  });
  const axes = dimensions.map(({ label, range, tickvals, ticktext }, i) => {
    const ticks = tickvals
      ? tickvals.map((at, k) => ({ at, label: unescapeText(ticktext?.[k] ?? String(at)) }))
      : linearTicks(range, 8);
    return [
      element("line", { x1: x(i), x2: x(i), y1: top, y2: bottom, stroke: INK }),
      ...ticks.map(
        (tick) =>
          element("line", { x1: x(i) - TICK, x2: x(i), y1: y(i, tick.at), y2: y(i, tick.at), stroke: INK }) +
          text(x(i) - TICK - PAD, y(i, tick.at), tick.label, {
            size: SOURCE_SIZE,
            fill: INK,
            anchor: "end",
            vertical: "middle",
            rim: paper,
          }),
      ),
      text(x(i), top - FONT_SIZE, label, { size: FONT_SIZE, fill: INK, anchor: "middle", vertical: "bottom" }),
    ].join("");
  });
  return lines.join("") + axes.join("");
}
