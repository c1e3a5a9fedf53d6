import type { DiagramRow, Repeat } from "./fold-repeats.js";

/** Where a box lies, in pixels from the top left of the drawing. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Which column it stands in, from 0. */
  readonly column: number;
}

/** Columns beside each other. */
export const COLUMNS = 3;
/** Heights of a box of one line and of two, and what lies between boxes, in pixels. */
const [LOW, HIGH, GAP] = [20, 34, 9];
/** More than that above a block that repeats, for how often. */
const ABOVE_FRAME = 16;
/** What is less than this part of a column does not begin a new one. */
const LEAST_REST = 0.35;
/** What stays free beside the boxes of a column for what goes around them. */
const BESIDE = { left: 12, right: 26 };
/** A column is not broken before it is so high. */
const LEAST_HEIGHT = 420;

/** Whether a layer's box has a second line. */
export function isHigh({ layer }: DiagramRow): boolean {
  return layer.params > 0 || layer.inputs.length === 0;
}

/**
 * Boxes of one model, from top to bottom, then in the next column: columns of about one height, broken where no block
 * and no connection around boxes is cut, if there is such a place nearby.
 *
 * @param width of the drawing
 * @param most columns that the model may take
 */
export function placeBoxes(
  rows: readonly DiagramRow[],
  repeats: readonly Repeat[],
  {
    width,
    most,
    left,
    top,
  }: { readonly width: number; readonly most: number; readonly left: number; readonly top: number },
): Box[] {
  const columnWidth = width / COLUMNS;
  const above = rows.map((_, i) => (repeats.some(({ first }) => first === i) ? ABOVE_FRAME : 0));
  const heights = rows.map((row, i) => above[i]! + (isHigh(row) ? HIGH : LOW) + GAP);
  const whole = heights.reduce((sum, height) => sum + height, 0);
  const aim = Math.max(LEAST_HEIGHT, whole / most);
  const isWhole = (at: number): boolean =>
    !repeats.some(({ first, last }) => first < at && at <= last) &&
    !rows.some(({ from }, i) => i >= at && from.some((source) => source < at - 1));
  const breaks = new Set<number>();
  let rest = whole - (heights[0] ?? 0);
  for (let at = 1, begin = 0, filled = heights[0] ?? 0; at < rows.length; at++) {
    const isFull = filled >= aim * 1.25 || (filled >= aim * 0.8 && isWhole(at));
    if (breaks.size + 1 < most && at > begin && isFull && rest >= LEAST_REST * aim) {
      breaks.add(at);
      [begin, filled] = [at, 0];
    }
    filled += heights[at]!;
    rest -= heights[at]!;
  }
  let [column, y] = [0, top];
  return rows.map((_, i): Box => {
    if (breaks.has(i)) [column, y] = [column + 1, top];
    const box = {
      left: left + column * columnWidth + BESIDE.left,
      top: y + above[i]!,
      width: columnWidth - BESIDE.left - BESIDE.right,
      height: heights[i]! - GAP - above[i]!,
      column,
    };
    y += heights[i]!;
    return box;
  });
}
