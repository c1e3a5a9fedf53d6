import { escapeText, LINE_HEIGHT, textWidth } from "./text-width.js";

/** The points of a figure, and the room that it has for their labels. */
export interface LabelOptions {
  /** Points of each series, in the axes' own units (powers of ten on a logarithmic one). */
  readonly points: readonly (readonly LabelledPoint[])[];
  readonly ranges: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** Of the plot, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
  /** Labels at most; with more none is placed. */
  readonly most: number;
}

/** A point that may have a label. */
interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** "" for none. */
  readonly label: string;
  /** Half the width of its mark, in pixels. Default 6. */
  readonly reach?: number;
  /** Whether its label is placed before others'. */
  readonly first?: boolean;
}

/** A label beside its point, empty where there is no room. */
export interface PlacedLabel {
  readonly text: string;
  readonly position:
    | "top center"
    | "bottom center"
    | "middle right"
    | "middle left"
    | "top right"
    | "top left"
    | "bottom right"
    | "bottom left";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const MARK = 6;

/**
 * Puts each label above, right of, left of or below its point, or aslant of it, wherever it first covers no point and
 * no other label.
 */
export function placeLabels({ points, ranges, width, height, fontSize, most }: LabelOptions): PlacedLabel[][] {
  const across = (x: number): number => ((x - ranges.x[0]) / (ranges.x[1] - ranges.x[0])) * width;
  const down = (y: number): number => ((ranges.y[1] - y) / (ranges.y[1] - ranges.y[0])) * height;
  const count = points.flat().filter(({ label }) => label !== "").length;
  const taken: Box[] =
    count > most ? [] : points.flat().map(({ x, y, reach = MARK }) => around(across(x), down(y), 2 * reach, 2 * reach));
  const place = ({ x, y, label, reach = MARK }: LabelledPoint): PlacedLabel => {
    if (label === "" || count > most) return { text: "", position: "top center" };
    const [atX, atY] = [across(x), down(y)];
    const [w, h] = [textWidth(escapeText(label), fontSize), fontSize * LINE_HEIGHT];
    const choices: readonly (readonly [PlacedLabel["position"], Box])[] = [
      ["top center", around(atX, atY - reach - h / 2, w, h)],
      ["middle right", around(atX + reach + 2 + w / 2, atY, w, h)],
      ["middle left", around(atX - reach - 2 - w / 2, atY, w, h)],
      ["bottom center", around(atX, atY + reach + h / 2, w, h)],
      ["top right", around(atX + reach + w / 2, atY - reach - h / 2, w, h)],
      ["top left", around(atX - reach - w / 2, atY - reach - h / 2, w, h)],
      ["bottom right", around(atX + reach + w / 2, atY + reach + h / 2, w, h)],
      ["bottom left", around(atX - reach - w / 2, atY + reach + h / 2, w, h)],
    ];
    const own = around(atX, atY, 2 * reach, 2 * reach);
    const found = choices.find(
      ([, box]) =>
        box.left >= 0 &&
        box.right <= width &&
        box.top >= 0 &&
        box.bottom <= height &&
        !taken.some((other) => overlaps(other, box) && !same(other, own)),
    );
    if (!found) return { text: "", position: "top center" };
    taken.push(found[1]);
    return { text: escapeText(label), position: found[0] };
  };
  const inOrder = points.flat().toSorted((one, other) => Number(other.first ?? false) - Number(one.first ?? false));
  const placed = new Map(inOrder.map((point) => [point, place(point)]));
  return points.map((series) => series.map((point) => placed.get(point)!));
}

function around(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function same(a: Box, b: Box): boolean {
  return a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;
}
