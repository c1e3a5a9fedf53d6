import type { DiagramRow, Repeat } from "./fold-repeats.js";
import type { Box } from "./place-boxes.js";

/** Lines with a gap, null, between each two. */
export interface Strokes {
  readonly x: (number | null)[];
  readonly y: (number | null)[];
}

type Point = readonly [x: number, y: number];

/** How far connections around boxes stand off, and how far apart those lie that run side by side. */
const [OFF, APART, LANES] = [7, 6, 3];

const strokes = (lines: readonly (readonly Point[])[]): Strokes => ({
  x: lines.flatMap((line) => [...line.map(([x]) => x), null]),
  y: lines.flatMap((line) => [...line.map(([, y]) => y), null]),
});

/** From each box to the one below, or to the top of the next column. */
export function straightLines(rows: readonly DiagramRow[], boxes: readonly Box[]): { lines: Strokes; heads: Point[] } {
  const lines: Point[][] = [];
  const heads: Point[] = [];
  for (const [i, { from }] of rows.entries()) {
    if (i === 0 || !from.includes(i - 1)) continue;
    const [above, below] = [boxes[i - 1]!, boxes[i]!];
    const end: Point = [below.left + below.width / 2, below.top];
    lines.push(above.column === below.column ? [bottomOf(above), end] : aroundColumn(above, below));
    heads.push([end[0], end[1] - 3]);
  }
  return { lines: strokes(lines), heads };
}

const bottomOf = ({ left, top, width, height }: Box): Point => [left + width / 2, top + height];

/** Down, over between the columns, up, and into the box from above. */
function aroundColumn(above: Box, below: Box): Point[] {
  const [x, y] = bottomOf(above);
  const [between, middle] = [below.left - 8, below.left + below.width / 2];
  return [
    [x, y],
    [x, y + 6],
    [between, y + 6],
    [between, below.top - 6],
    [middle, below.top - 6],
    [middle, below.top],
  ];
}

/** Around the boxes that lie between: residual connections. */
export function skipLines(rows: readonly DiagramRow[], boxes: readonly Box[]): { lines: Strokes; heads: Point[] } {
  const lines: Point[][] = [];
  const heads: Point[] = [];
  const ends: number[] = []; // of each lane, the row where its last connection ends
  const skips = rows.flatMap(({ from }, i) =>
    from.filter((source) => source < i - 1).map((source) => [source, i] as const),
  );
  for (const [from, to] of skips.sort(([a], [b]) => a - b)) {
    const free = ends.findIndex((end) => end <= from);
    const lane = Math.min(LANES - 1, free < 0 ? ends.length : free);
    ends[lane] = Math.max(to, ends[lane] ?? 0);
    const [one, other] = [boxes[from]!, boxes[to]!];
    const right = other.left + other.width + OFF + lane * APART;
    const first = boxes.findIndex(({ column }) => column === other.column);
    // from the last box of the column before: off the line that leads into this one
    const branch = from === first - 1 ? boxes[first]! : undefined;
    const [y1, y2] = [branch ? branch.top - 6 : one.top + one.height - 6, other.top + 7];
    lines.push([
      [branch ? branch.left + branch.width / 2 : one.left + one.width, y1],
      [right, y1],
      [right, y2],
      [other.left + other.width, y2],
    ]);
    heads.push([other.left + other.width + 3, y2]);
  }
  return { lines: strokes(lines), heads };
}

/** Frames around the blocks that repeat, one in each column that a block stands in, and where their labels stand. */
export function frames(
  repeats: readonly Repeat[],
  boxes: readonly Box[],
): { lines: Strokes; labels: (readonly [x: number, y: number, text: string])[] } {
  const lines: Point[][] = [];
  const labels: (readonly [number, number, string])[] = [];
  for (const { first, last, times } of repeats) {
    const own = boxes.slice(first, last + 1);
    for (const column of new Set(own.map((box) => box.column))) {
      const some = own.filter((box) => box.column === column);
      const [left, right] = [some[0]!.left - 6, some[0]!.left + some[0]!.width + OFF + APART];
      const [top, bottom] = [some[0]!.top - 5, some.at(-1)!.top + some.at(-1)!.height + 5];
      lines.push([
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
        [left, top],
      ]);
      labels.push([left, top, `× ${times}`]);
    }
  }
  return { lines: strokes(lines), labels };
}
