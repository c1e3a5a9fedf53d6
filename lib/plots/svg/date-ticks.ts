import type { Tick } from "./ticks.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A mean one. */
const MONTH = 30.4375 * DAY;
/** Distances of ticks below a month, in milliseconds. */
const STEPS: readonly number[] = [
  ...[1, 5, 15, 30].map((count) => count * SECOND),
  ...[1, 5, 15, 30].map((count) => count * MINUTE),
  ...[1, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
];
/** Distances of a month and more, in months. */
const MONTHS: readonly number[] = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

/** Ticks of an axis of dates, in milliseconds since 1970: at round times of UTC, about `most` of them. */
export function dateTicks([from, to]: readonly [number, number], most: number): Tick[] {
  const rough = (to - from) / Math.max(2, most);
  const step = STEPS.find((one) => one >= rough);
  if (step !== undefined) {
    const first = Math.ceil(from / step);
    const count = Math.floor(to / step) - first + 1;
    return Array.from({ length: count }, (_, i) => (first + i) * step).map((at) => ({ at, label: dateText(at, step) }));
  }
  const months = MONTHS.find((one) => one * MONTH >= rough) ?? MONTHS.at(-1)!;
  const start = new Date(from);
  const ticks: Tick[] = [];
  for (
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    ;
    month += months
  ) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (!(at <= to)) return ticks;
    if (at >= from) ticks.push({ at, label: dateText(at, months * MONTH) });
  }
}

/** A time of UTC, as exactly as ticks at this distance need it: "2026", "2026-11", "2026-11-28", "11-28 23:40". */
export function dateText(at: number, step: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  const text = date.toISOString();
  if (step >= 12 * MONTH) return text.slice(0, 4);
  if (step >= MONTH) return text.slice(0, 7);
  if (step >= DAY) return text.slice(0, 10);
  return step >= MINUTE ? text.slice(5, 16).replace("T", " ") : text.slice(11, 19);
}
