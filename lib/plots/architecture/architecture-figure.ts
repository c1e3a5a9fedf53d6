import {
  aTitle,
  aText,
  checkOptions,
  fields,
  listOf,
  aNatural,
  notNegative,
  orNull,
  someOf,
  withFields,
  type Rules,
} from "../../checks.js";
import { grouped, sizesText } from "../../shown.js";
import { countText, describe, listText } from "../description.js";
import { TITLED, withNotes, type FigureOptions } from "../figure-checks.js";
import { figure, type Figure } from "../figure.js";
import { axis, baseLayout, EDGE, FONT_SIZE, INK, PALETTE, SOURCE_SIZE, translucent, WIDTH } from "../style.js";
import { escapeText, fitText } from "../text-width.js";
import { frames, skipLines, straightLines, type Strokes } from "./connections.js";
import { foldRepeats, type DiagramLayer, type DiagramRow, type Repeat } from "./fold-repeats.js";
import { COLUMNS, isHigh, placeBoxes, type Box } from "./place-boxes.js";

/** A model as a diagram draws it; `analysis.architecture(model)` makes it of any. */
export interface DiagramModel {
  /** What stands above it. */
  readonly name: string;
  /** Its layers, each after those that it takes from. */
  readonly layers: readonly DiagramLayer[];
}

/** What {@link architecture} draws. */
export interface ArchitectureOptions extends FigureOptions {
  /** One model or more; each has a column, and one alone has up to three. */
  readonly models: readonly DiagramModel[];
}

const RULES: Rules = {
  ...TITLED,
  models: someOf(
    withFields(
      "{ name, layers }",
      {
        name: aTitle,
        layers: someOf(
          fields("{ name, className, outputShape, params, inputs }", {
            name: aText,
            className: aText,
            outputShape: listOf(orNull(aNatural)),
            params: notNegative,
            inputs: listOf(aNatural),
          }),
        ),
      },
      "layers",
    ),
  ),
};

/** Which color of the palette a class of layer has; others are drawn in gray. */
const COLORS: readonly (readonly [RegExp, number])[] = [
  [/Conv/, 0],
  [/Attention/, 1],
  [/Dense|Linear/, 2],
  [/Norm/, 3],
  [/Pool/, 4],
  [/Add|Concat|Multiply|Average/, 5],
];
const GRAY = "#808080";
/** Above a model's first box, for its name. */
const NAME_HEIGHT = 30;
const SPACE = 18;

/** A model with its place. */
interface Drawn {
  readonly model: DiagramModel;
  readonly rows: readonly DiagramRow[];
  readonly repeats: readonly Repeat[];
  readonly boxes: readonly Box[];
  readonly left: number;
  readonly top: number;
}

/**
 * Models as diagrams: a box for each layer with its name, class, output shape and parameters, in the color of what it
 * does; connections around boxes, as residual ones, at their right; a block that follows itself is drawn once, in a
 * frame with how often. A long model goes on in the next column.
 * @throws TypeError for an option of another kind
 * @throws RangeError for an unknown option, no model or layer, or a layer that takes from one that is not before it
 */
export function architecture(options: ArchitectureOptions): Figure {
  checkOptions("architecture", options, RULES);
  const { title, models } = options;
  models.forEach(checkInputs);
  const source = withNotes(options);
  const width = WIDTH - 2 * EDGE;
  const drawn = placeModels(models, width);
  const height = Math.max(...drawn.flatMap(({ boxes }) => boxes.map((box) => box.top + box.height))) + SPACE;
  const base = baseLayout({ title, source });
  const top = base.margin.t;
  const hidden = { showline: false, showgrid: false, zeroline: false, showticklabels: false, ticks: "" };
  const layout = {
    ...base,
    height: top + height + EDGE,
    margin: { t: top, r: EDGE, b: EDGE, l: EDGE },
    xaxis: { ...axis({ range: [0, width] }), ...hidden, automargin: false, fixedrange: true },
    yaxis: { ...axis({ range: [height, 0] }), ...hidden, automargin: false, fixedrange: true },
    showlegend: false,
    hovermode: "closest",
  };
  const data = [...drawn.flatMap(boxTraces), ...drawn.flatMap(lineTraces), ...drawn.flatMap(textTraces)];
  const said = drawn.map(({ model, rows, repeats }) => outlineOf(model, rows, repeats).join("\n"));
  const short = drawn.map(({ model, rows, repeats }) => {
    const folded = repeats.map(({ first, last, times }) => `${countText(last - first + 1, "layer")} ${times} times`);
    const boxes = `${countText(model.layers.length, "layer")} in ${rows.length} boxes`;
    return [`${model.name}, ${boxes}`, ...folded].join(", ");
  });
  return figure({
    data,
    layout,
    description: describe([`Diagram of the layers of ${listText(short, "; ")}`], source),
    text: [title, ...said, ...(source === undefined ? [] : [source])].join("\n"),
  });
}

function checkInputs({ name, layers }: DiagramModel): void {
  for (const [i, { inputs, name: layer }] of layers.entries())
    for (const input of inputs)
      if (input >= i)
        throw new RangeError(
          `architecture: inputs must be places of layers before, got ${input} in layer ${i}, ${layer}, of "${name}"`,
        );
}

/** Models beside each other, three in a row; one alone takes the columns that it needs. */
function placeModels(models: readonly DiagramModel[], width: number): Drawn[] {
  const most = models.length === 1 ? COLUMNS : 1;
  let [top, lowest] = [0, 0];
  return models.map((model, i) => {
    if (i > 0 && i % COLUMNS === 0) top = lowest + SPACE;
    const left = (i % COLUMNS) * (width / COLUMNS);
    const { rows, repeats } = foldRepeats(model.layers);
    const boxes = placeBoxes(rows, repeats, { width, most, left, top: top + NAME_HEIGHT });
    lowest = Math.max(lowest, ...boxes.map((box) => box.top + box.height));
    return { model, rows, repeats, boxes, left, top };
  });
}

const colorOf = ({ className }: DiagramLayer): string => {
  const place = COLORS.find(([pattern]) => pattern.test(className))?.[1];
  return place === undefined ? GRAY : PALETTE[place]!;
};

/** The boxes of each color. */
function boxTraces({ rows, boxes }: Drawn): Record<string, unknown>[] {
  const colors = [...new Set(rows.map(({ layer }) => colorOf(layer)))];
  return colors.map((color) => {
    const own = boxes.filter((_, i) => colorOf(rows[i]!.layer) === color);
    return {
      type: "scatter",
      mode: "lines",
      x: own.flatMap(({ left, width }) => [left, left + width, left + width, left, left, null]),
      y: own.flatMap(({ top, height }) => [top, top, top + height, top + height, top, null]),
      fill: "toself",
      fillcolor: translucent(color, 0.19),
      line: { color, width: 1.2 },
      hoverinfo: "skip",
    };
  });
}

function lineTraces({ rows, repeats, boxes }: Drawn): Record<string, unknown>[] {
  const [straight, skips, framed] = [straightLines(rows, boxes), skipLines(rows, boxes), frames(repeats, boxes)];
  const line = ({ x, y }: Strokes, style: object) => ({
    type: "scatter",
    mode: "lines",
    x,
    y,
    line: { color: INK, width: 1.2, ...style },
    hoverinfo: "skip",
  });
  const heads = (points: readonly (readonly [number, number])[], symbol: string, color: string) => ({
    type: "scatter",
    mode: "markers",
    x: points.map(([x]) => x),
    y: points.map(([, y]) => y),
    marker: { color, size: 6, symbol },
    hoverinfo: "skip",
  });
  const made = [
    line(straight.lines, {}),
    heads(straight.heads, "triangle-down", INK),
    line(skips.lines, { color: PALETTE[1], width: 1.6 }),
    heads(skips.heads, "diamond", PALETTE[1]!),
    line(framed.lines, { dash: "dot" }),
  ];
  return made.filter(({ x }) => x.length > 0);
}

function textTraces({ model, rows, repeats, boxes, left, top }: Drawn): Record<string, unknown>[] {
  const room = boxes[0]!.width - 8;
  const common = { type: "scatter", mode: "text", cliponaxis: false };
  const { labels } = frames(repeats, boxes);
  return [
    {
      ...common,
      x: boxes.map((box) => box.left + box.width / 2),
      y: boxes.map((box) => box.top + box.height / 2),
      text: rows.map((row) =>
        wordsOf(row)
          .map((words) => escapeText(fitText(words, SOURCE_SIZE, room)))
          .join("<br>"),
      ),
      hovertext: rows.map(({ layer }) => escapeText(`${layer.name}: ${layer.className}, ${sizesOf(layer)}`)),
      hoverinfo: "text",
      textposition: "middle center",
      textfont: { size: SOURCE_SIZE, color: INK },
    },
    {
      ...common,
      x: [left + 12, ...labels.map(([x]) => x)],
      y: [top + NAME_HEIGHT - 8, ...labels.map(([, y]) => y)],
      text: [escapeText(fitText(model.name, FONT_SIZE, boxes[0]!.width)), ...labels.map(([, , words]) => words)],
      textposition: ["top right", ...labels.map(() => "top right")],
      textfont: { size: FONT_SIZE, color: INK },
      hoverinfo: "skip",
    },
  ];
}

/** A box's lines: what it is; of one that learns or takes in, its output's shape and its parameters. */
function wordsOf(row: DiagramRow): string[] {
  const { name, className } = row.layer;
  const own = name.slice(name.lastIndexOf("/") + 1);
  const what = own.toLowerCase().startsWith(className.toLowerCase()) ? own : `${own}: ${className}`;
  return isHigh(row) ? [what, sizesOf(row.layer)] : [what];
}

/** "32 × 32 × 64, 1,792 parameters" */
function sizesOf({ outputShape, params }: DiagramLayer): string {
  const shape = sizesText(outputShape);
  return params === 0 ? shape : `${shape}, ${grouped(params)} par.`;
}

/** A model as lines of text, what repeats between two marks. */
function outlineOf({ name }: DiagramModel, rows: readonly DiagramRow[], repeats: readonly Repeat[]): string[] {
  const lines = rows.flatMap(({ layer, from }, i) => {
    const repeat = repeats.find(({ first, last }) => first <= i && i <= last);
    const skips = from.filter((source) => source < i - 1).map((source) => rows[source]!.layer.name);
    const and = skips.length === 0 ? "" : `, and from ${skips.join(", ")}`;
    const indent = repeat ? "  │ " : "  ";
    const head = repeat?.first === i ? [`  ┌ × ${repeat.times}`] : [];
    const end = repeat?.last === i ? ["  └"] : [];
    return [...head, `${indent}${layer.name}: ${layer.className}, ${sizesOf(layer)}${and}`, ...end];
  });
  return [name, ...lines];
}
