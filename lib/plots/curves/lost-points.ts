/** Points of a scatter plot that have no place on one of its axes: runs that diverged are seen at its edge. */
import { isDrawn, isGone, shortNumber, type Numbers, type Places } from "../figure-checks.js";
import { PALETTE } from "../style.js";
import { dateText } from "../svg/date-ticks.js";
import { escapeText } from "../text-width.js";

/** A point of which one value is NaN or infinite. */
export interface LostPoint {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}

interface Scales {
  readonly logX: boolean;
  readonly logY: boolean;
}

/**
 * The points of which one value is not finite, and the other has a place. A value that is missing, or of 0 or less on a
 * logarithmic axis, is of no run that diverged.
 */
export function lostOf(x: Places, y: Numbers, labels: readonly string[], { logX, logY }: Scales): LostPoint[] {
  return Array.from(y, (height, i) => ({ x: Number(x[i] ?? NaN), y: height ?? NaN, label: labels[i] ?? "" })).filter(
    (point, i) => (isDrawn(point.x, logX) && isGone(y[i])) || (isGone(x[i]) && isDrawn(point.y, logY)),
  );
}

/** "2 points have no finite test accuracy, %, marked × at the edge" */
export function lostNote(lost: readonly LostPoint[], xLabel: string, yLabel: string): string {
  const labels = [...new Set(lost.map(({ y }) => (isDrawn(y) ? xLabel : yLabel)))];
  const points = lost.length === 1 ? "1 point has" : `${lost.length} points have`;
  return `${points} no finite ${labels.join(", or ")} (diverged), marked × at the edge`;
}

/** × at the lower end of the axis on which a point has no place. @param ranges powers of ten on a logarithmic axis */
export function lostTrace(
  { name, lost }: { readonly name: string; readonly lost: readonly LostPoint[] },
  place: number,
  ranges: { readonly x: readonly [number, number]; readonly y: readonly [number, number] },
  { logX, logY, dates }: Scales & { readonly dates: boolean },
): Record<string, unknown> {
  const edge = ([low]: readonly [number, number], log: boolean): number => (log ? 10 ** low : low);
  const across = (x: number): string => (dates && isDrawn(x) ? dateText(x, 1000) : shortNumber(x));
  return {
    type: "scatter",
    mode: "markers",
    name: escapeText(`${name}: diverged`),
    x: lost.map(({ x }) => (isDrawn(x, logX) ? x : edge(ranges.x, logX))),
    y: lost.map(({ y }) => (isDrawn(y, logY) ? y : edge(ranges.y, logY))),
    cliponaxis: false,
    hovertext: lost.map(({ x, y, label }) => escapeText(`${label} (${across(x)}, ${shortNumber(y)})`.trim())),
    hoverinfo: "name+text", // the mark stands at the edge, where it has no value
    marker: { color: PALETTE[place % PALETTE.length], size: 12, symbol: "x" },
  };
}
