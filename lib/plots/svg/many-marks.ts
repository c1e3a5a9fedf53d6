/** Thousands of marks in a few paths: an element each would take megabytes of a notebook. */
import { element, round } from "./element.js";
import { cornersOf } from "./marks.js";

/** From so many marks on. */
export const MANY = 500;
/** What lies under so many marks is no longer seen. */
const LAYERS = 12;

interface MarkStyle {
  readonly symbol: string | undefined;
  readonly size: number;
  readonly fill: string;
  readonly opacity: number | undefined;
}

/**
 * Marks of one form and color, a path for each layer of them in which none touches another: where marks lie over each
 * other the color is deeper, as with an element each.
 */
export function manyMarks(points: readonly (readonly [number, number])[], style: MarkStyle): string {
  const layers = layersOf(points, style.size * 1.4); // a corner reaches as far
  const corners = cornersOf(style.symbol);
  if (corners === undefined) {
    // a stroke of no length with round ends is a circle
    const ends = { fill: "none", stroke: style.fill, "stroke-width": style.size, "stroke-linecap": "round" };
    const paint = { ...ends, "stroke-opacity": style.opacity === 1 ? undefined : style.opacity };
    return layers
      .map((layer) => element("path", { d: layer.map(([x, y]) => `${start(x, y)}h0`).join(""), ...paint }))
      .join("");
  }
  const r = style.size / 2;
  const steps = corners.slice(1).map(([dx, dy], i) => [dx - corners[i]![0], dy - corners[i]![1]] as const);
  const form = `${steps.map(([dx, dy]) => `l${round(dx * r)} ${round(dy * r)}`).join("")}Z`;
  const [left, top] = corners[0]!;
  const paint = { fill: style.fill, "fill-opacity": style.opacity === 1 ? undefined : style.opacity };
  return layers
    .map((layer) =>
      element("path", { d: layer.map(([x, y]) => start(x + left * r, y + top * r) + form).join(""), ...paint }),
    )
    .join("");
}

const start = (x: number, y: number): string => `M${round(x)} ${round(y)}`;

/** Points in layers: in each but the last none is nearer to another than `apart`. */
function layersOf(points: readonly (readonly [number, number])[], apart: number): (readonly [number, number])[][] {
  const layers: (readonly [number, number])[][] = [];
  const taken: Map<string, (readonly [number, number])[]>[] = [];
  for (const point of points) {
    const cell = point.map((at) => Math.floor(at / apart)) as [number, number];
    const free = taken.findIndex((cells) => !isNear(cells, cell, point, apart));
    const at = free < 0 ? Math.min(layers.length, LAYERS - 1) : free;
    (layers[at] ??= []).push(point);
    const own = (taken[at] ??= new Map());
    const key = cell.join();
    if (free < 0 && own.has(key)) continue; // the last layer: it is full there
    own.set(key, [...(own.get(key) ?? []), point]);
  }
  return layers;
}

function isNear(
  cells: ReadonlyMap<string, readonly (readonly [number, number])[]>,
  [column, row]: readonly [number, number],
  [x, y]: readonly [number, number],
  apart: number,
): boolean {
  for (let dx = -1; dx <= 1; dx++)
    for (let dy = -1; dy <= 1; dy++)
      for (const [px, py] of cells.get(`${column + dx},${row + dy}`) ?? [])
        if (Math.hypot(px - x, py - y) < apart) return true;
  return false;
}
