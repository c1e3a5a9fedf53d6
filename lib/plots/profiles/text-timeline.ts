import { shortNumber } from "../figure-checks.js";
import { reachOf, type TimelineSpan } from "./merge-spans.js";

const WIDTH = 60;
const MARKS = "█▓▒░#=+-*o";

export interface TextTimelineOptions {
  readonly title: string;
  readonly spans: readonly TimelineSpan[];
  readonly tracks: readonly string[];
  readonly categories: readonly string[];
  readonly source: string | undefined;
}

/** A timeline as text, 60 characters wide: each has the mark of the category that took most of its time. */
export function textTimeline({ title, spans, tracks, categories, source }: TextTimelineOptions): string {
  const [start, end] = reachOf(spans);
  const step = (end - start) / WIDTH || 1;
  const margin = Math.max(...tracks.map((track) => track.length));
  const rows = tracks.map((track) => {
    const cells = Array.from({ length: WIDTH }, () => new Float64Array(categories.length));
    for (const span of spans) if (span.track === track) spread(cells, span, categories, start, step);
    return `${track.padEnd(margin)} │${cells.map((cell) => markOf(cell)).join("")}`.trimEnd();
  });
  const last = `${shortNumber((end - start) / 1000)} ms`;
  const used = categories.filter((category) => spans.some((span) => span.category === category));
  return [
    title,
    ...rows,
    `${" ".repeat(margin)} └${"─".repeat(WIDTH)}`,
    `${" ".repeat(margin + 2)}0${last.padStart(WIDTH - 1)}`,
    ...used.map((name) => `${" ".repeat(margin + 2)}${MARKS[categories.indexOf(name) % MARKS.length]} ${name}`),
    ...(source === undefined ? [] : [source]),
  ].join("\n");
}

/** Gives a span's time to the cells that it lies in. */
function spread(
  cells: readonly Float64Array[],
  { startUs, durationUs, category }: TimelineSpan,
  categories: readonly string[],
  start: number,
  step: number,
): void {
  const [from, to] = [startUs - start, startUs - start + durationUs];
  for (let cell = Math.floor(from / step); cell <= Math.min(WIDTH - 1, to / step); cell++)
    cells[cell]![categories.indexOf(category)]! += Math.min(to, (cell + 1) * step) - Math.max(from, cell * step);
}

function markOf(cell: Float64Array): string {
  const most = cell.reduce((best, value, i) => (value > cell[best]! ? i : best), 0);
  return cell[most]! > 0 ? MARKS[most % MARKS.length]! : " ";
}
