/** What something did for a while. */
export interface TimelineSpan {
  /** Its row: a thread, a device's stream. */
  readonly track: string;
  /** What it was. */
  readonly name: string;
  /** By which it is colored. */
  readonly category: string;
  /** When it began, µs. */
  readonly startUs: number;
  /** How long it took, µs. */
  readonly durationUs: number;
}

/** A span as it is drawn: one, or several that would lie within a pixel of each other. */
export interface MergedSpan extends TimelineSpan {
  /** How many it stands for. */
  readonly count: number;
}

/** What a drawing of this width can tell apart: its whole time over so many. */
const STEPS = 1000;

/** When the first of them began and the last ended, µs. */
export function reachOf(spans: readonly TimelineSpan[]): [start: number, end: number] {
  let [start, end] = [Infinity, -Infinity];
  for (const { startUs, durationUs } of spans)
    [start, end] = [Math.min(start, startUs), Math.max(end, startUs + durationUs)];
  return [start, end];
}

/**
 * At most `most` marks for any number of spans. Two neighbors of one track and category become one where the gap
 * between them, and either of them, is shorter than a thousandth of the whole time, which is less than a pixel; while
 * there are more than `most`, twice that, and so on, from an eighth of the whole on across categories too: the mark
 * then has the category and the name of its longest. Long spans, of which there are few, stay as they are.
 */
export function mergeSpans(spans: readonly TimelineSpan[], most: number): MergedSpan[] {
  const [start, end] = reachOf(spans);
  const tracks = new Set(spans.map(({ track }) => track));
  const ordered = [...tracks].map((name) =>
    spans.filter(({ track }) => track === name).sort((a, b) => a.startUs - b.startUs),
  );
  for (let share = 1 / STEPS; ; share *= 2) {
    const merged = ordered.flatMap((some) => mergeTrack(some, (end - start) * share, share >= 1 / 8));
    if (merged.length <= most || share > 1) return merged.slice(0, most);
  }
}

function mergeTrack(spans: readonly TimelineSpan[], shortest: number, acrossCategories: boolean): MergedSpan[] {
  const merged: (MergedSpan & { longestUs: number })[] = [];
  for (const span of spans) {
    const before = merged.at(-1);
    const end = before && before.startUs + before.durationUs;
    const joins =
      before !== undefined &&
      span.startUs - end! < shortest &&
      (before.durationUs < shortest || span.durationUs < shortest) &&
      (acrossCategories || before.category === span.category);
    if (!joins) {
      merged.push({ ...span, count: 1, longestUs: span.durationUs });
      continue;
    }
    const isLonger = span.durationUs > before.longestUs;
    merged[merged.length - 1] = {
      ...before,
      ...(isLonger && { name: span.name, category: span.category, longestUs: span.durationUs }),
      durationUs: Math.max(end!, span.startUs + span.durationUs) - before.startUs,
      count: before.count + 1,
    };
  }
  return merged.map(({ longestUs: _, ...one }) => one);
}
