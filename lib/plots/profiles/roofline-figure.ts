import {
  aboveZero,
  aText,
  checkOptions,
  listOf,
  notNegative,
  optional,
  orNull,
  someOf,
  withFields,
  type Rule,
  type Rules,
} from "../../checks.js";
import { percentText } from "../../shown.js";
import { countText, describe, listText } from "../description.js";
import { shortNumber, TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { placeLabels } from "../place-labels.js";
import { axis, baseLayout, FONT_SIZE, INK, PALETTE, SOURCE_SIZE, WIDTH } from "../style.js";
import { textLines } from "../text-lines.js";
import { escapeText, textWidth } from "../text-width.js";
import {
  between,
  linesOf,
  plainDigits,
  rangesOf,
  roofNames,
  roofTrace,
  type Ranges,
  type RoofLine,
  type Roofs,
} from "./roof-lines.js";
import { pointsOf, type Placed, type RooflinePeaks, type RooflinePoint } from "./roofline-points.js";

/** What {@link roofline} draws. */
export interface RooflineOptions extends FigureOptions {
  /** Ops under the machine's roofs: `analysis.roofline(profile, peaks)`, or what JSON kept of it. */
  readonly roofline: {
    /** The ops; those of one kind, layer and pass are drawn as one point. */
    readonly ops: readonly RooflinePoint[];
    /** The kinds of op in the order of their colors. Default: by name. */
    readonly kinds?: readonly string[];
    /** The machine's peaks. */
    readonly peaks: RooflinePeaks;
  };
}

const aPeak: Rule = withFields("{ best }", { best: aboveZero }, "best");
const RULES: Rules = {
  ...TITLED,
  roofline: withFields(
    "a roofline, { ops, peaks }",
    {
      ops: listOf(
        withFields(
          "{ op, layer, pass, kind, durationUs, flops, bytes }",
          {
            op: aText,
            layer: aText,
            pass: aText,
            kind: orNull(aText),
            durationUs: notNegative,
            flops: orNull(notNegative),
            bytes: orNull(notNegative),
          },
          "op",
        ),
      ),
      kinds: optional(listOf(aText)),
      peaks: withFields(
        "{ compute, memory }",
        {
          compute: someOf(withFields("{ dtype, gflopsPerSecond }", { dtype: aText, gflopsPerSecond: aPeak }, "dtype")),
          memory: withFields("{ gbPerSecond }", { gbPerSecond: aPeak }, "gbPerSecond"),
        },
        "compute",
      ),
    },
    "ops",
  ),
};

const HEIGHT = 480;
/** Diameters of points: their areas are as their times. */
const [SMALLEST_POINT, LARGEST_POINT] = [5, 32];
/** The most expensive points have labels. */
const LABELS = 10;

/**
 * Ops under a machine's roofs: how fast each was, over how many operations it has for each byte, both axes
 * logarithmic; a point's area is its time. Under the slanted roof the memory is the limit, under a level one the
 * processor. Ops that compute nothing or are not counted have no place; the source says their share of the time.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, or an op that cannot be drawn
 * Source: Williams, Waterman & Patterson 2009, figure 1.
 */
export function roofline(options: RooflineOptions): Figure {
  checkOptions("roofline", options, RULES);
  const { title } = options;
  const { ops, peaks } = options.roofline;
  const { points, withoutOperations, tooShort } = pointsOf(ops);
  const source = withNotes(options, [
    withoutOperations >= 5e-4 &&
      `not drawn: ops that compute nothing or are not counted, ${percentText(withoutOperations)} of the ops' time`,
    tooShort >= 5e-4 && `ops that are too short, ${percentText(tooShort)} of the ops' time`,
  ]);
  const roofs: Roofs = {
    compute: peaks.compute.map(({ dtype, gflopsPerSecond: { best } }) => ({ name: dtype, gflops: best })),
    bandwidth: peaks.memory.gbPerSecond.best,
  };
  const ranges = rangesOf(points, roofs);
  const [xLabel, yLabel] = ["operations for each byte (FLOP/byte)", "speed (GFLOP/s)"];
  const base = baseLayout({ title, source, height: HEIGHT });
  const found = new Set(points.map(({ kind }) => kind));
  const order = [...new Set([...(options.roofline.kinds ?? []), ...[...found].sort()])];
  const kinds = order.filter((kind) => found.has(kind));
  const layout = {
    ...base,
    xaxis: axis({ label: xLabel, log: true, range: ranges.x }),
    yaxis: axis({ label: yLabel, log: true, range: ranges.y }),
    showlegend: true,
    hovermode: "closest",
  };
  const roofLines = linesOf(roofs, ranges);
  const labels = labelsOf(points, kinds, ranges, roofLines, base.margin.t);
  const data = [
    ...roofLines.map(roofTrace),
    ...kinds.map((kind) => kindTrace(points, kind, order.indexOf(kind), labels)),
    roofNames(roofLines),
  ];
  const series = [
    ...roofLines.map(({ name, x, y }) => ({ name, ...between(x, y) })),
    ...kinds.map((kind) => ({
      name: kind,
      x: points.filter((one) => one.kind === kind).map(({ intensity }) => intensity),
      y: points.filter((one) => one.kind === kind).map(({ gflopsPerSecond }) => gflopsPerSecond),
    })),
  ];
  const rows = points.slice(0, LABELS).map((one) => `  ${hoverOf(one)}`);
  const text = textLines({ title, series, xLabel, yLabel, logX: true, logY: true, pointsOnly: true });
  const description = describe(
    [
      `Roofline of ${countText(points.length, "group")} of ops, ${yLabel} over ${xLabel}, both axes logarithmic`,
      `Roofs: ${listText(roofLines.map(({ name }) => name))}`,
      points.length > 0 && `The most expensive: ${listText(points.slice(0, LABELS).map(hoverOf), "; ")}`,
    ],
    source,
  );
  return figure({ data, layout, description, text: [text, ...rows, ...(source ? [source] : [])].join("\n") });
}

function kindTrace(
  points: readonly Placed[],
  kind: string,
  place: number,
  labels: ReadonlyMap<Placed, { readonly text: string; readonly position: string }>,
): Record<string, unknown> {
  const own = points.filter((one) => one.kind === kind);
  const longest = points[0]!.durationUs;
  return {
    type: "scatter",
    mode: "markers+text",
    name: escapeText(kind),
    x: plainDigits(own.map(({ intensity }) => intensity)),
    y: plainDigits(own.map(({ gflopsPerSecond }) => gflopsPerSecond)),
    cliponaxis: false,
    marker: {
      color: PALETTE[place % PALETTE.length],
      size: own.map(({ durationUs }) => sizeOf(durationUs / longest)),
      sizemode: "diameter",
      opacity: 0.65,
      line: { width: 0 },
    },
    hovertext: own.map((one) => escapeText(hoverOf(one))),
    hoverinfo: "text",
    text: own.map((one) => labels.get(one)?.text ?? ""),
    textposition: own.map((one) => labels.get(one)?.position ?? "top center"),
    textfont: { size: SOURCE_SIZE, color: INK },
  };
}

const sizeOf = (share: number): number =>
  Math.round((SMALLEST_POINT + (LARGEST_POINT - SMALLEST_POINT) * Math.sqrt(share)) * 10) / 10;

function labelsOf(
  points: readonly Placed[],
  kinds: readonly string[],
  ranges: Ranges,
  roofs: readonly RoofLine[],
  top: number,
): Map<Placed, { readonly text: string; readonly position: string }> {
  const named = points.slice(0, LABELS);
  const longest = points[0]?.durationUs ?? 1;
  const free = roofs.flatMap(({ x, y }) => {
    const line = between(x, y); // no label covers a roof
    return line.x.map((at, i) => ({ x: Math.log10(at), y: Math.log10(line.y[i]!), label: "" }));
  });
  const placed = placeLabels({
    points: [
      points.map((one) => ({
        x: Math.log10(one.intensity),
        y: Math.log10(one.gflopsPerSecond),
        label: named.includes(one) ? one.label : "",
        reach: sizeOf(one.durationUs / longest) / 2,
      })),
      free,
    ],
    ranges,
    width: WIDTH - 130 - Math.max(0, ...kinds.map((kind) => textWidth(kind, FONT_SIZE))),
    height: HEIGHT - 60 - top,
    fontSize: SOURCE_SIZE,
    most: LABELS,
  })[0]!;
  return new Map(points.map((one, i) => [one, placed[i]!]));
}

function hoverOf({ label, durationUs, intensity, gflopsPerSecond }: Placed): string {
  const speed = `${shortNumber(intensity)} FLOP/byte, ${shortNumber(gflopsPerSecond)} GFLOP/s`;
  return `${label}: ${shortNumber(durationUs / 1000)} ms, ${speed}`;
}
