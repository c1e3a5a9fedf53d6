import { aTitle, checkOptions, either, fields, listOf, oneOf, optional, someOf, type Rules } from "../../checks.js";
import { countText, describe, listText, rangeText } from "../description.js";
import {
  aDrawnNumber,
  checkLength,
  isDrawn,
  plainNumbers,
  someNumbers,
  TITLED,
  withNotes,
  type FigureOptions,
  type Numbers,
} from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { axis, baseLayout, dashOf, PALETTE, paddedRange } from "../style.js";
import { textLines } from "../text-lines.js";
import { escapeText } from "../text-width.js";
import { ACTIVATIONS, type ActivationName } from "./activation-functions.js";
import { sampledFunction, sampledValues, type ActivationCurve } from "./activation-curves.js";

/** A function of one's own, at places of equal distance over the range, both ends among them. */
export interface ActivationValues {
  /** What the legend calls it. */
  readonly name: string;
  /** Its values, two or more. */
  readonly values: Numbers;
  /** Its derivative at the same places. Default: central differences of the values, at the ends one-sided. */
  readonly derivatives?: Numbers;
}

/** What {@link activations} draws. */
export interface ActivationsOptions extends FigureOptions {
  /** Names, or functions of one's own, one or more. */
  readonly functions: readonly (ActivationName | ActivationValues)[];
  /** From where to where the input goes. Default [-5, 5]. */
  readonly range?: readonly [from: number, to: number];
}

const RULES: Rules = {
  ...TITLED,
  functions: someOf(
    either(
      oneOf(Object.keys(ACTIVATIONS)),
      fields("{ name, values, derivatives? }", {
        name: aTitle,
        values: someNumbers,
        derivatives: optional(someNumbers),
      }),
    ),
  ),
  range: optional(listOf(aDrawnNumber, 2)),
};

const HEIGHT = 560;
/** Between the panels, as a share of the plot. */
const GAP = 0.08;
const X_LABEL = "input";

/**
 * Activation functions, and below them their derivatives over the same inputs. The known ones are those of
 * `torch.nn.functional`: sigmoid, tanh, relu, leaky_relu (slope 0.01), gelu (exact), gelu_tanh (its approximation),
 * silu, softplus. Where ReLU's derivative jumps, at 0, it is 0, as PyTorch takes it.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option or name, no function, a range that does not rise, or fewer than two values
 * @example plots.activations({ title: "Activations", functions: ["sigmoid", "tanh", "relu", "gelu"] })
 */
export function activations(options: ActivationsOptions): Figure {
  checkOptions("activations", options, RULES);
  const { title, range = [-5, 5] } = options;
  if (!(range[0] < range[1]) || !isDrawn(range[1] - range[0]))
    throw new RangeError(`activations: range must be [from, to], from below to, got [${range[0]}, ${range[1]}]`);
  const curves = options.functions.map((one) => curveOf(one, range));
  const source = withNotes(options);
  const panel = (label: string, domain: readonly [number, number], of: "value" | "derivative") =>
    axis({ label, range: paddedRange(curves.flatMap((one) => one[of].y)), domain, length: HEIGHT / 3 });
  const layout = {
    ...baseLayout({ title, source, height: HEIGHT }),
    xaxis: axis({ label: X_LABEL, range, anchor: "y2" }),
    yaxis: panel("function", [(1 + GAP) / 2, 1], "value"),
    yaxis2: panel("derivative", [0, (1 - GAP) / 2], "derivative"),
    showlegend: true,
  };
  const data = [
    ...curves.map((one, i) => trace(one, i, "value")),
    ...curves.map((one, i) => trace(one, i, "derivative")),
  ];
  const said = curves.map(
    ({ name, value, derivative }) => `${name} ${rangeText(value.y)}, its derivative ${rangeText(derivative.y)}`,
  );
  const description = describe(
    [
      `Activation functions and their derivatives over inputs ${rangeText(range)}`,
      `${countText(curves.length, "function")}: ${listText(said, "; ")}`,
    ],
    source,
  );
  return figure({ data, layout, description, text: textOf(title, curves, source) });
}

/** @throws RangeError for fewer than two values, or another number of derivatives */
function curveOf(one: ActivationName | ActivationValues, range: readonly [number, number]): ActivationCurve {
  if (typeof one === "string") return sampledFunction(one, range);
  const { name, values, derivatives } = one;
  if (values.length < 2)
    throw new RangeError(`activations: values must hold two or more, got ${values.length} in "${name}"`);
  if (derivatives !== undefined)
    checkLength("activations", `derivatives of "${name}"`, derivatives, values.length, "values");
  return sampledValues(one, range);
}

function trace(one: ActivationCurve, place: number, of: "value" | "derivative"): Record<string, unknown> {
  const name = escapeText(one.name);
  const color = PALETTE[place % PALETTE.length];
  return {
    type: "scatter",
    mode: "lines",
    name: of === "value" ? name : `${name}, derivative`,
    legendgroup: name,
    ...(of === "derivative" && { showlegend: false, yaxis: "y2" }),
    x: plainNumbers(one[of].x),
    y: plainNumbers(one[of].y),
    line: { color, width: 2, dash: dashOf(place) },
  };
}

function textOf(title: string, curves: readonly ActivationCurve[], source: string | undefined): string {
  const part = (of: "value" | "derivative") => curves.map((one) => ({ name: one.name, ...one[of] }));
  const common = { xLabel: X_LABEL, logY: false };
  return [
    textLines({ ...common, title, series: part("value"), yLabel: "function" }),
    textLines({ ...common, title: "", series: part("derivative"), yLabel: "derivative", source }).replace("\n", ""),
  ].join("\n\n");
}
