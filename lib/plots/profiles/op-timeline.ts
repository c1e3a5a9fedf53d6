import {
  aNumber,
  aText,
  aTitle,
  checkOptions,
  fields,
  listOf,
  notNegative,
  optional,
  someOf,
  type Rules,
} from "../../checks.js";
import { rowAxis } from "../category-axis.js";
import { countText, describe, listText } from "../description.js";
import { shortNumber, TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { axis, baseLayout, FONT_SIZE, INK, PALETTE } from "../style.js";
import { escapeText, fitMiddle } from "../text-width.js";
import { mergeSpans, reachOf, type MergedSpan, type TimelineSpan } from "./merge-spans.js";
import { textTimeline } from "./text-timeline.js";

/** What {@link opTimeline} draws. */
export interface OpTimelineOptions extends FigureOptions {
  /** What ran when, in any order, one or more: `analysis.timeline(profile)`. */
  readonly spans: readonly TimelineSpan[];
  /** The categories in the order of their colors. Default: as they come up. */
  readonly categories?: readonly string[];
}

/** Marks of a figure at most: some 100 kB with what the pointer tells of each. */
const MOST_MARKS = 1000;
/** Rows of a figure at most. */
const MOST_TRACKS = 24;
/** A bar's share of its row. */
const BAR = 0.8;
/** Height of a row, and of a name in the legend, in pixels. */
const [ROW, LEGEND_ROW] = [28, 22];

const RULES: Rules = {
  ...TITLED,
  spans: someOf(
    fields("{ track, name, category, startUs, durationUs }", {
      track: aText,
      name: aText,
      category: aText,
      startUs: aNumber,
      durationUs: notNegative,
    }),
  ),
  categories: optional(listOf(aTitle)),
};

/**
 * What ran when, a row for each thread or stream (a Gantt chart): the ops of a profiled step. Of thousands of spans at
 * most 1,000 marks are drawn: neighbors of one row and category that are too short to be told apart become one, which
 * says how many it stands for; a span longer than a thousandth of the whole is drawn as it is unless there are more
 * than 1,000 of these. For every op, open `analysis.toTraceEvents(profile)` in Perfetto.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no span, a duration below 0, or more than 24 rows
 */
export function opTimeline(options: OpTimelineOptions): Figure {
  checkOptions("opTimeline", options, RULES);
  const { title, spans } = options;
  const tracks = [...new Set(spans.map(({ track }) => track))];
  if (tracks.length > MOST_TRACKS)
    throw new RangeError(`opTimeline: spans must be of ${MOST_TRACKS} tracks at most, got ${tracks.length}`);
  const categories = [...new Set([...(options.categories ?? []), ...spans.map(({ category }) => category)])];
  const marks = mergeSpans(spans, MOST_MARKS);
  const source = withNotes(options, [
    marks.length < spans.length && `${countText(spans.length, "span")} drawn as ${countText(marks.length, "mark")}`,
  ]);
  const [start, end] = reachOf(spans);
  const base = baseLayout({ title, source });
  const used = categories.filter((category) => marks.some((one) => one.category === category));
  const layout = {
    ...base,
    height: base.margin.t + 70 + Math.max(ROW * tracks.length, LEGEND_ROW * used.length),
    xaxis: axis({ label: "time since the start (ms)", range: [0, inMs(end - start) || 1], zeroline: false }),
    yaxis: rowAxis(tracks.map((track) => escapeText(fitMiddle(track, FONT_SIZE, 120)))),
    barmode: "overlay",
    bargap: 0,
    showlegend: true,
    hovermode: "closest",
  };
  const data = used.map((category) => {
    const some = marks.filter((one) => one.category === category);
    return traceOf(some, category, categories.indexOf(category), { tracks, start });
  });
  const busy = tracks.map((track) => `${track} ${shares(spans, track, end - start)}`);
  const description = describe(
    [
      `Timeline of ${countText(spans.length, "span")} in ${shortNumber(inMs(end - start))} ms, a row each: ` +
        listText(busy, "; "),
      `Colors: ${listText(used)}`,
    ],
    source,
  );
  return figure({ data, layout, description, text: textTimeline({ title, spans, tracks, categories, source }) });
}

const inMs = (us: number): number => Number((us / 1000).toFixed(4));

function traceOf(
  marks: readonly MergedSpan[],
  category: string,
  place: number,
  { tracks, start }: { readonly tracks: readonly string[]; readonly start: number },
): Record<string, unknown> {
  return {
    type: "bar",
    orientation: "h",
    name: escapeText(category),
    base: marks.map(({ startUs }) => inMs(startUs - start)),
    x: marks.map(({ durationUs }) => inMs(durationUs)),
    y: marks.map(({ track }) => tracks.indexOf(track)),
    width: BAR, // plotly takes a category's bars to be as high as its rows are apart
    marker: { color: PALETTE[place] ?? INK, line: { width: 0 } },
    hovertext: marks.map(({ name, durationUs, count }) =>
      escapeText(`${count === 1 ? name : `${count}: ${name}, …`}, ${shortNumber(inMs(durationUs))} ms`),
    ),
    hoverinfo: "text",
  };
}

/** "32 spans, busy 81 %" */
function shares(spans: readonly TimelineSpan[], track: string, whole: number): string {
  const own = spans.filter((span) => span.track === track);
  const busy = own.reduce((sum, { durationUs }) => sum + durationUs, 0);
  return `${countText(own.length, "span")}, busy ${whole === 0 ? 0 : Math.round((100 * busy) / whole)} %`;
}
