import { aText, aTitle, checkOptions, fields, inRange, optional, someOf, type Rules } from "../checks.js";
import {
  isDrawn,
  leftOut,
  numbersOf,
  plainNumbers,
  shortNumber,
  SMALLEST,
  someNumbers,
  TITLED,
  withNotes,
  type FigureOptions,
  type Numbers,
} from "./figure-checks.js";
import { countText, describe, listText, quantityText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, PALETTE, paddedRange } from "./style.js";
import { textBars } from "./text-bars.js";
import { escapeText } from "./text-width.js";

/** What {@link histogram} draws. */
export interface HistogramOptions extends FigureOptions {
  /** What is counted, a series each; a value that is missing, not finite or beyond ±1e300 is left out. */
  readonly series: readonly {
    /** What the legend calls it. */
    readonly name: string;
    /** Numbers in any order. */
    readonly values: Numbers;
  }[];
  /** What the values are, with their unit. */
  readonly xLabel: string;
  /** Bins over all values' range. Default: as many as Freedman and Diaconis' rule gives, 5 to 80. */
  readonly bins?: number;
}

const MAX_BINS = 1000;

const RULES: Rules = {
  ...TITLED,
  series: someOf(fields("{ name, values }", { name: aText, values: someNumbers })),
  xLabel: aTitle,
  bins: optional(inRange({ from: 1, to: MAX_BINS, whole: true })),
};

/**
 * How often values fall into bins of one width, the last of which holds its upper end too.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no finite value, or bins that are no whole number from 1 to 1,000
 */
export function histogram(options: HistogramOptions): Figure {
  checkOptions("histogram", options, RULES);
  const { title, xLabel } = options;
  const series = options.series.map(({ name, values }) => ({
    name,
    values: Float64Array.from(numbersOf(values)).filter((value) => isDrawn(value)),
  }));
  const all = Float64Array.from(series.flatMap(({ values }) => Array.from(values))).sort();
  if (all.length === 0) throw new RangeError("histogram: series must hold one finite value or more, got none");
  const given = options.series.reduce((sum, { values }) => sum + values.length, 0);
  const source = withNotes(options, [leftOut(given - all.length, given, "values")]);
  const [least, greatest] = [all[0]!, all[all.length - 1]!];
  const half = greatest - least < SMALLEST ? Math.max(0.5, Math.abs(least) * 1e-6) : 0; // around one value
  const [low, high] = [least - half, greatest + half];
  const bins = options.bins ?? binsFor(all, high - low);
  const width = (high - low) / bins;
  const counts = series.map(({ values }) => {
    const list = new Array<number>(bins).fill(0);
    for (const value of values) list[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
    return list;
  });
  const centers = Array.from({ length: bins }, (_, i) => low + (i + 0.5) * width);
  const edges = centers.map((_, i) => `${shortNumber(low + i * width)} to ${shortNumber(low + (i + 1) * width)}`);
  const layout = {
    ...baseLayout({ title, source }),
    xaxis: axis({ label: xLabel, range: paddedRange([low, high], { air: 0.02 }), showgrid: false }),
    yaxis: axis({ label: "count", range: paddedRange(counts.flat(), { zero: true }) }),
    barmode: "overlay",
    bargap: 0,
    showlegend: series.length > 1,
  };
  const data = series.map(({ name }, i) => ({
    type: "bar",
    name: escapeText(name),
    x: plainNumbers(centers),
    y: counts[i],
    width,
    hovertext: edges,
    marker: { color: PALETTE[i % PALETTE.length] },
    opacity: series.length > 1 ? 0.6 : 1,
  }));
  const fullest = series.map(({ name, values }, i) => {
    const most = Math.max(...counts[i]!);
    const bin = `${most.toLocaleString("en")} of them in the fullest bin, ${edges[counts[i]!.indexOf(most)]!}`;
    return `${name}, ${countText(values.length, "value")}, ${bin}`;
  });
  const text = textBars({
    title,
    categories: edges,
    series: series.map(({ name }, i) => ({ name, values: counts[i]! })),
    yLabel: `count of ${xLabel}`,
    source,
  });
  const description = describe(
    [
      `Histogram of ${quantityText({ label: xLabel, values: all })}, in ${countText(bins, "bin")}`,
      `Counts of ${countText(series.length, "series", "series")}: ${listText(fullest, "; ")}`,
    ],
    source,
  );
  return figure({ data, layout, description, text });
}

/** Freedman and Diaconis 1981: bins of twice the interquartile range over the cube root of n. */
function binsFor(sorted: Float64Array, range: number): number {
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const width = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  return width > 0 ? Math.min(80, Math.max(5, Math.ceil(range / width))) : 10;
}
