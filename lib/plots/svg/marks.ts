import { element, round } from "./element.js";

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
  const polygon = (corners: readonly (readonly [number, number])[]): string =>
    element("path", {
      d: `M${corners.map(([dx, dy]) => `${round(x + dx * r)} ${round(y + dy * r)}`).join("L")}Z`,
      ...attributes,
    });
  switch (symbol) {
    case "square":
      return polygon([
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, 1],
      ]);
    case "diamond":
      return polygon([
        [0, -1.3],
        [1.3, 0],
        [0, 1.3],
        [-1.3, 0],
      ]);
    case "triangle-up":
      return polygon([
        [-1.15, 0.7],
        [0, -1.3],
        [1.15, 0.7],
      ]);
    case "triangle-down":
      return polygon([
        [-1.15, -0.7],
        [0, 1.3],
        [1.15, -0.7],
      ]);
    case "cross":
      return polygon(CROSS);
    case "x":
      return polygon(CROSS.map(([dx, dy]) => [(dx - dy) * Math.SQRT1_2, (dx + dy) * Math.SQRT1_2]));
    case "star":
      return polygon(
        Array.from({ length: 10 }, (_, i) => [
          Math.sin((i * Math.PI) / 5) * (i % 2 === 0 ? 1.4 : 0.55),
          -Math.cos((i * Math.PI) / 5) * (i % 2 === 0 ? 1.4 : 0.55),
        ]),
      );
    default:
      return element("circle", { cx: x, cy: y, r, ...attributes });
  }
}

const CROSS: readonly (readonly [number, number])[] = [
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

/** plotly's names of dashes as SVG's lengths. */
export function dashes(name: string | undefined): string | undefined {
  return { dash: "9 6", dot: "2 4", dashdot: "9 4 2 4" }[name ?? ""];
}
