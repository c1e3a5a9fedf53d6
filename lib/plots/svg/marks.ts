import { element, round } from "./element.js";

type Corner = readonly [dx: number, dy: number];

/** A point's mark, by plotly's name of its form. */
export function mark(
  symbol: string | undefined,
  x: number,
  y: number,
  size: number,
  fill: string,
  opacity?: number,
): string {
  const r = size / 2;
  const attributes = { fill, "fill-opacity": opacity === 1 ? undefined : opacity };
  const corners = cornersOf(symbol);
  if (corners === undefined) return element("circle", { cx: x, cy: y, r, ...attributes });
  const d = corners.map(([dx, dy]) => `${round(x + dx * r)} ${round(y + dy * r)}`).join("L");
  return element("path", { d: `M${d}Z`, ...attributes });
}

/** A mark's corners about its middle, in half sizes; undefined: a circle. */
export function cornersOf(symbol: string | undefined): readonly Corner[] | undefined {
  return symbol === undefined ? undefined : CORNERS[symbol];
}

const CROSS: readonly Corner[] = [
  [-0.4, -1.2],
  [0.4, -1.2],
  [0.4, -0.4],
  [1.2, -0.4],
  [1.2, 0.4],
  [0.4, 0.4],
  [0.4, 1.2],
  [-0.4, 1.2],
  [-0.4, 0.4],
  [-1.2, 0.4],
  [-1.2, -0.4],
  [-0.4, -0.4],
];

const CORNERS: Readonly<Record<string, readonly Corner[]>> = {
  square: [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ],
  diamond: [
    [0, -1.3],
    [1.3, 0],
    [0, 1.3],
    [-1.3, 0],
  ],
  "triangle-up": [
    [-1.15, 0.7],
    [0, -1.3],
    [1.15, 0.7],
  ],
  "triangle-down": [
    [-1.15, -0.7],
    [0, 1.3],
    [1.15, -0.7],
  ],
  cross: CROSS,
  x: CROSS.map(([dx, dy]) => [(dx - dy) * Math.SQRT1_2, (dx + dy) * Math.SQRT1_2]),
  star: Array.from({ length: 10 }, (_, i) => [
    Math.sin((i * Math.PI) / 5) * (i % 2 === 0 ? 1.4 : 0.55),
    -Math.cos((i * Math.PI) / 5) * (i % 2 === 0 ? 1.4 : 0.55),
  ]),
};

/** plotly's names of dashes as SVG's lengths. */
export function dashes(name: string | undefined): string | undefined {
  return { dash: "9 6", dot: "2 4", dashdot: "9 4 2 4" }[name ?? ""];
}
