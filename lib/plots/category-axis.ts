import { axis, FONT_SIZE, HEIGHT } from "./style.js";
import { textWidth } from "./text-width.js";

/** Pixels that slanted names add to a figure's height. */
const SLANTED = 60;

/**
 * An axis across a figure with a name for each place, 0 to n − 1; names that are wider than their place are slanted.
 *
 * @param slot pixels of one place
 * @returns the axis, and the figure's height with it
 */
export function categoryAxis(
  names: readonly string[],
  { slot, label }: { readonly slot: number; readonly label?: string },
): { readonly xaxis: Record<string, unknown>; readonly height: number } {
  const isSlanted = names.some((name) => textWidth(name, FONT_SIZE) > slot - 6);
  const xaxis = axis({
    label,
    range: [-0.5, names.length - 0.5],
    tickangle: isSlanted ? -45 : 0,
    ...named(names),
  });
  return { xaxis, height: HEIGHT + (isSlanted ? SLANTED : 0) };
}

/** An axis down a figure with a name for each row, the first at the top. */
export function rowAxis(names: readonly string[]): Record<string, unknown> {
  return axis({ range: [names.length - 0.5, -0.5], ...named(names) });
}

const named = (names: readonly string[]): Record<string, unknown> => ({
  tickmode: "array",
  tickvals: names.map((_, i) => i),
  ticktext: names,
  showgrid: false,
  zeroline: false,
});
