import {
  aNatural,
  aText,
  aTitle,
  checkOptions,
  fields,
  optional,
  orNull,
  someOf,
  type Rule,
  type Rules,
} from "../checks.js";
import type { BarSeries, BarsOptions } from "./bar-options.js";
import {
  aDrawnNumber,
  checkLength,
  isDrawn,
  leftOut,
  numbersOf,
  plainNumbers,
  shortNumber,
  someNumbers,
  TITLED,
  withNotes,
} from "./figure-checks.js";
import { categoryAxis } from "./category-axis.js";
import { countText, describe, listText, quantityText, rangeText } from "./description.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, FONT_SIZE, GRID, INK, PALETTE, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { textBars } from "./text-bars.js";
import { escapeText, fitText, textWidth } from "./text-width.js";

export type { BarSeries, BarsOptions } from "./bar-options.js";

const LABEL_ROOM = 140;

const aSeries: Rule = fields("{ name, values, errorY?, color? }", {
  name: aText,
  values: someNumbers,
  errorY: optional(someNumbers),
  color: optional(aNatural),
});
const RULES: Rules = {
  ...TITLED,
  categories: someOf(aText),
  series: someOf(aSeries),
  xLabel: aTitle,
  yLabel: aTitle,
  reference: optional(orNull(fields("{ value, label }", { value: aDrawnNumber, label: aText }))),
};

/** A series with NaN for what is missing. */
type Heights = Omit<BarSeries, "values" | "errorY"> & {
  readonly values: readonly number[];
  readonly errorY?: readonly number[];
};

/**
 * Bars in groups: accuracy per class, step time per model. A bar whose value is missing, not finite or beyond ±1e300
 * is left out, and counted under the title.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no category or series, or a series with another number of values
 */
export function bars(options: BarsOptions): Figure {
  checkOptions("bars", options, RULES);
  const { title, categories, xLabel, yLabel } = options;
  const reference = options.reference ?? undefined;
  const series = options.series.map((one) => heightsOf(one, categories.length));
  const all = series.flatMap(({ values }) => values);
  const missing = leftOut(all.filter((value) => !isDrawn(value)).length, all.length, "values");
  const source = withNotes(options, [missing]);
  const slot = (WIDTH - 120) / categories.length;
  const names = categories.map((name) => escapeText(fitText(name, FONT_SIZE, LABEL_ROOM)));
  const { xaxis, height } = categoryAxis(names, { slot, label: xLabel });
  const layout = {
    ...baseLayout({ title, source, height }),
    xaxis,
    yaxis: axis({
      label: yLabel,
      range: paddedRange([...series.flatMap(reachOf), reference?.value ?? 0], { zero: true, air: 0.08 }),
    }),
    barmode: "group",
    bargap: 0.2,
    showlegend: series.length > 1 || reference !== undefined,
  };
  const data = barTraces(series, categories, slot);
  return figure({
    data: reference ? [...data, lineAcross(reference, categories.length)] : data,
    layout,
    description: describe(
      [
        `Bar chart of ${quantityText({ label: yLabel, values: all })}, for ` +
          `${countText(categories.length, "category", "categories")}, ${xLabel}: ${listText(categories)}`,
        seriesText(series, categories),
        reference !== undefined && `A line across at ${shortNumber(reference.value)}: ${reference.label}`,
      ],
      source,
    ),
    text: textBars({ title, categories, series, yLabel, reference, source }),
  });
}

function heightsOf({ name, values, errorY, ...rest }: BarSeries, categories: number): Heights {
  checkLength("bars", `values of "${name}"`, values, categories, "categories");
  if (errorY) checkLength("bars", `errorY of "${name}"`, errorY, categories, "categories");
  return { ...rest, name, values: numbersOf(values), ...(errorY && { errorY: numbersOf(errorY) }) };
}

/** How far a series' bars and their error bars reach. */
function reachOf({ values, errorY }: Heights): number[] {
  return values.flatMap((value, i) => {
    const reach = errorY && isDrawn(errorY[i]) ? Math.abs(errorY[i]!) : 0;
    return [value - reach, value, value + reach];
  });
}

/** @param slot pixels of a category's bars */
function barTraces(
  series: readonly Heights[],
  categories: readonly string[],
  slot: number,
): readonly Record<string, unknown>[] {
  // Values stand above their bars where there is room for each.
  const texts = series.map(({ values }) => values.map((value) => (isDrawn(value) ? shortNumber(value) : "")));
  const shown =
    !series.some(({ errorY }) => errorY) &&
    texts.flat().every((text) => textWidth(text, SOURCE_SIZE) < (slot * 0.8) / series.length);
  return series.map(({ name, values, errorY, color }, i) => ({
    type: "bar",
    name: escapeText(name),
    x: categories.map((_, at) => at),
    y: plainNumbers(values),
    hovertext: categories.map(escapeText),
    marker: { color: PALETTE[(color ?? i) % PALETTE.length], line: { color: GRID, width: 0 } },
    ...(errorY && { error_y: { type: "data", array: plainNumbers(errorY), color: INK, thickness: 1.5, width: 4 } }),
    ...(shown && {
      text: texts[i],
      textposition: "outside",
      textangle: 0,
      cliponaxis: false,
      textfont: { size: SOURCE_SIZE, color: INK },
    }),
  }));
}

/** A trace, since the legend names it: beside its line bars would cover the label. */
function lineAcross(
  { value, label }: { readonly value: number; readonly label: string },
  categories: number,
): Record<string, unknown> {
  return {
    type: "scatter",
    mode: "lines",
    name: escapeText(`${label}, ${shortNumber(value)}`),
    x: [-0.5, categories - 0.5],
    y: plainNumbers([value, value]),
    line: { color: INK, width: 1.5, dash: "dash" },
    hoverinfo: "skip",
  };
}

/** The one series' values, or what the bars of each group are and how far each reaches. */
function seriesText(series: readonly Heights[], categories: readonly string[]): string {
  if (series.length > 1) {
    const each = series.map(({ name, values }) => `${name} ${rangeText(values)}`);
    return `${countText(series.length, "bar")} each: ${listText(each, "; ")}`;
  }
  const { name, values } = series[0]!;
  const each = categories.map((category, i) => `${category} ${isDrawn(values[i]) ? shortNumber(values[i]!) : "none"}`);
  return `${name}: ${listText(each, "; ")}`;
}
