import {
  aNatural,
  aNumber,
  anObject,
  aText,
  checkArguments,
  checkOptions,
  listOf,
  optional,
  type Rules,
} from "../checks.js";
import type { BarsOptions } from "./bar-options.js";
import {
  checkLength,
  checkText,
  isDrawn,
  leftOut,
  numbersOf,
  plainNumbers,
  shortNumber,
  someNumbers,
  withNotes,
} from "./figure-checks.js";
import { figure, type Figure } from "./figure.js";
import { axis, baseLayout, FONT_SIZE, GRID, HEIGHT, INK, PALETTE, paddedRange, SOURCE_SIZE, WIDTH } from "./style.js";
import { textBars } from "./text-bars.js";
import { escapeText, fitText, textWidth } from "./text-width.js";

export type { BarSeries, BarsOptions } from "./bar-options.js";

const LABEL_ROOM = 140;

const KINDS: Rules = {
  title: optional(aText),
  categories: listOf(aText),
  series: listOf(anObject),
  xLabel: optional(aText),
  yLabel: optional(aText),
  reference: optional(anObject),
  source: optional(aText),
};

/**
 * Bars in groups: accuracy per class, step time per model. A bar whose value is missing, not finite or beyond ±1e300
 * is left out, and counted under the title.
 * @throws TypeError when a text is missing, or values are no numbers
 * @throws RangeError when there is no category or series, or a series has another number of values
 */
export function bars(options: BarsOptions): Figure {
  checkOptions("bars", options, KINDS);
  const { title, categories, xLabel, yLabel, reference } = options;
  checkText("bars", "title", title);
  checkText("bars", "yLabel", yLabel);
  if (categories.length === 0) throw new RangeError("bars: categories must hold one or more, got none");
  if (options.series.length === 0) throw new RangeError("bars: series must hold one or more, got none");
  for (const { name, values, spread, color } of options.series) {
    checkArguments(
      "bars: series",
      { name, values, spread, color },
      { name: aText, values: someNumbers, spread: optional(someNumbers), color: optional(aNatural) },
    );
    checkLength("bars", `values of "${name}"`, values, categories.length, "categories");
    if (spread) checkLength("bars", `spread of "${name}"`, spread, categories.length, "categories");
  }
  if (reference) checkArguments("bars: reference", reference, { value: aNumber, label: aText });
  if (reference && !isDrawn(reference.value))
    throw new RangeError(`bars: reference: value must be at most ±1e300, got value=${reference.value}`);
  const series = options.series.map(({ values, spread, ...rest }) => ({
    ...rest,
    values: numbersOf(values),
    ...(spread && { spread: numbersOf(spread) }),
  }));
  const all = series.flatMap(({ values }) => values);
  const source = withNotes(options.source, [
    leftOut(all.filter((value) => !isDrawn(value)).length, all.length, "values"),
  ]);
  const slot = (WIDTH - 120) / categories.length;
  const names = categories.map((name) => escapeText(fitText(name, FONT_SIZE, LABEL_ROOM)));
  const slanted = names.some((name) => textWidth(name, FONT_SIZE) > slot - 6);
  const reached = series.flatMap(({ values, spread }) =>
    values.flatMap((value, i) => {
      const reach = spread && isDrawn(spread[i]) ? Math.abs(spread[i]!) : 0;
      return [value - reach, value, value + reach];
    }),
  );
  // Values stand above their bars where there is room for each.
  const texts = series.map(({ values }) => values.map((value) => (isDrawn(value) ? shortNumber(value) : "")));
  const shown =
    !series.some(({ spread }) => spread) &&
    texts.flat().every((text) => textWidth(text, SOURCE_SIZE) < (slot * 0.8) / series.length);
  const layout = {
    ...baseLayout({ title, source, height: HEIGHT + (slanted ? 60 : 0) }),
    xaxis: axis({
      label: xLabel,
      range: [-0.5, categories.length - 0.5],
      tickangle: slanted ? -45 : 0,
      tickmode: "array",
      tickvals: names.map((_, i) => i),
      ticktext: names,
      showgrid: false,
      zeroline: false,
    }),
    yaxis: axis({ label: yLabel, range: paddedRange([...reached, reference?.value ?? 0], { zero: true, air: 0.08 }) }),
    barmode: "group",
    bargap: 0.2,
    showlegend: series.length > 1 || reference !== undefined,
  };
  const drawn: Record<string, unknown>[] = series.map(({ name, values, spread, color }, i) => ({
    type: "bar",
    name: escapeText(name),
    x: categories.map((_, at) => at),
    y: plainNumbers(values),
    hovertext: categories.map(escapeText),
    marker: { color: PALETTE[(color ?? i) % PALETTE.length], line: { color: GRID, width: 0 } },
    ...(spread && { error_y: { type: "data", array: plainNumbers(spread), color: INK, thickness: 1.5, width: 4 } }),
    ...(shown && {
      text: texts[i],
      textposition: "outside",
      textangle: 0,
      cliponaxis: false,
      textfont: { size: SOURCE_SIZE, color: INK },
    }),
  }));
  // A trace, since the legend names it: beside its line bars would cover the label.
  const across = reference && {
    type: "scatter",
    mode: "lines",
    name: escapeText(`${reference.label}, ${shortNumber(reference.value)}`),
    x: [-0.5, categories.length - 0.5],
    y: plainNumbers([reference.value, reference.value]),
    line: { color: INK, width: 1.5, dash: "dash" },
    hoverinfo: "skip",
  };
  return figure(
    across ? [...drawn, across] : drawn,
    layout,
    textBars({ title, categories, series, yLabel, reference, source }),
  );
}
