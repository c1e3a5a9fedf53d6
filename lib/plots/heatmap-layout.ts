import { axis, baseLayout, FONT_SIZE, keptBesideX, KEPT_AT_LEFT } from "./style.js";
import { escapeText, fitText, LINE_HEIGHT, textHeight, textWidth, wrapText } from "./text-width.js";

const MAX_PLOT = 440;
const MAX_CELL = 64;
const NAME_ROOM = 120;
const COLOR_BAR = 110;

/** How large a heat map and its cells are drawn, in pixels. */
export interface HeatmapSizes {
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly slanted: boolean;
  readonly layout: Record<string, unknown>;
}

/** Cells are square, or as near to it as a matrix of that shape can be drawn. */
export function heatmapSizes({
  rows,
  columns,
  columnNames,
  rowNames,
  title,
  source,
  xLabel,
}: {
  readonly columnNames: readonly string[] | undefined;
  readonly rowNames: readonly string[] | undefined;
  readonly title: string;
  readonly xLabel: string;
  readonly source: string | undefined;
  readonly rows: number;
  readonly columns: number;
}): HeatmapSizes {
  const cell = Math.min(MAX_CELL, MAX_PLOT / Math.max(rows, columns));
  const plotWidth = Math.max(cell * columns, 180);
  const plotHeight = Math.max(cell * rows, 120);
  const widest = (list: readonly string[] | undefined): number =>
    Math.min(NAME_ROOM, Math.max(28, ...(list ?? []).map((name) => textWidth(escapeText(name), FONT_SIZE))));
  const slanted = columnNames !== undefined && widest(columnNames) > plotWidth / columns - 4;
  const below = slanted ? widest(columnNames) * Math.SQRT1_2 + FONT_SIZE : FONT_SIZE * LINE_HEIGHT;
  const margin = {
    l: COLOR_BAR + Math.ceil(widest(rowNames) + 2 * FONT_SIZE * LINE_HEIGHT + 16),
    r: 24,
    b: Math.ceil(below + textHeight(wrapText(xLabel, FONT_SIZE, plotWidth), FONT_SIZE) + 22),
  };
  const width = Math.ceil(plotWidth) + margin.l + margin.r;
  const base = baseLayout({ title, source, width: Math.max(width, 420) });
  const top = base.margin.t;
  const wide = Math.max(width, 420);
  return {
    plotWidth,
    plotHeight,
    cellWidth: plotWidth / columns,
    cellHeight: plotHeight / rows,
    slanted,
    layout: {
      ...base,
      width: wide,
      height: Math.ceil(plotHeight) + top + margin.b,
      margin: { ...margin, r: margin.r + wide - width, t: top },
    },
  };
}

/** An axis whose ticks are the names of rows or of columns; their numbers from 0 where they have none. */
export function namedAxis(
  list: readonly string[] | undefined,
  count: number,
  {
    label,
    length,
    tickangle = 0,
    reversed = false,
    scaleRatio = 1,
  }: {
    readonly label: string;
    readonly length: number;
    readonly tickangle?: number;
    readonly reversed?: boolean;
    readonly scaleRatio?: number;
  },
): Record<string, unknown> {
  const range = reversed ? [count - 0.5, -0.5] : [-0.5, count - 0.5];
  const ticks = list
    ? {
        tickmode: "array",
        tickvals: list.map((_, i) => i),
        ticktext: list.map((name) => escapeText(fitText(name, FONT_SIZE, NAME_ROOM))),
        tickangle,
      }
    : {};
  return axis({
    label,
    length,
    range,
    ...ticks,
    ...(reversed ? keptBesideX(scaleRatio) : KEPT_AT_LEFT),
    showgrid: false,
    zeroline: false,
    mirror: true,
  });
}
