/**
 * Color scales by name, as stops at equal distances; both are in order of lightness, or symmetric in it, for any
 * color vision.
 */
const COLOR_SCALES = {
  /** From low to high. Source: viridis, van der Walt and Smith 2015 (CC0). */
  sequential: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"],
  /** From below zero (blue) over zero (pale) to above (orange). */
  diverging: ["#08457e", "#2f7fbf", "#8fbbe0", "#f2f2f2", "#f0b48a", "#d5702a", "#8a3600"],
} as const;

export type ColorScale = keyof typeof COLOR_SCALES;

/** A scale as plotly takes it. */
export function plotlyScale(name: ColorScale): [number, string][] {
  const stops = COLOR_SCALES[name];
  return stops.map((color, i) => [i / (stops.length - 1), color]);
}

/** The color at `at`, 0 to 1, as red, green and blue, 0 to 255. */
export function colorAt(stops: readonly (readonly [number, string])[], at: number): [number, number, number] {
  const place = Math.min(1, Math.max(0, at));
  const above = Math.max(
    1,
    stops.findIndex(([position]) => position >= place),
  );
  const [from, to] = [stops[above - 1]!, stops[above]!];
  const share = (place - from[0]) / (to[0] - from[0]);
  const [low, high] = [rgb(from[1]), rgb(to[1])];
  return [0, 1, 2].map((i) => Math.round(low[i]! + (high[i]! - low[i]!) * share)) as [number, number, number];
}

export function rgb(hex: string): [number, number, number] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
}

export function hex(color: readonly number[]): string {
  return `#${color.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Relative luminance, 0 to 1. Source: WCAG 2.2. */
export function luminance(color: readonly number[]): number {
  const [r, g, b] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
