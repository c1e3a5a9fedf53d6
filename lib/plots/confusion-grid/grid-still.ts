import { grouped } from "../../shown.js";
import { captionAndSource } from "../figure-checks.js";
import { EDGE, FONT_SIZE, INK, PALETTE, SOURCE_SIZE, TITLE_SIZE, WIDTH } from "../style.js";
import { element, round, text } from "../svg/element.js";
import { digestOf, svgDocument } from "../svg/svg-document.js";
import { escapeText, fitText, textHeight, textWidth, wrapLines, wrapText } from "../text-width.js";
import { shownText, type Grid } from "./grid-words.js";
import { groupCounts, placesOf } from "./groups.js";
import { stillMosaic, type StillMosaic } from "./still-mosaic.js";

/** Room for the names of the classes. */
const NAME_ROOM = 110;
const LARGEST_CELL = 64;
const LABEL_HEIGHT = 20;
/** A cell's count, above its images. */
const COUNT_HEIGHT = 14;
const [RIGHT, WRONG] = [PALETTE[0]!, PALETTE[1]!];

/** Where the still picture's parts stand, in pixels. */
interface Places {
  /** Of the first cell. */
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly slanted: boolean;
}

/** The grid as a still picture: each cell's count, and some of its images. */
export async function drawGridStill(grid: Grid, description: string): Promise<string> {
  const { title, source, groups, tally } = grid;
  const counts = groupCounts(tally, groups);
  const names = groups.map(({ name }) => escapeText(fitText(name, FONT_SIZE, NAME_ROOM)));
  const widest = Math.max(...names.map((name) => textWidth(name, FONT_SIZE)));
  const left = EDGE + LABEL_HEIGHT + widest + 6;
  const cellWidth = Math.min(LARGEST_CELL, Math.floor((WIDTH - EDGE - left) / groups.length));
  const mosaic = await stillMosaic(cellsOf(grid), grid.sheet.tiles, cellWidth, COUNT_HEIGHT);
  const slanted = widest > cellWidth - 4;
  const width = Math.max(
    420,
    Math.ceil(left + cellWidth * groups.length + EDGE + (slanted ? widest * Math.SQRT1_2 : 0)),
  );
  const heading = wrapText(title, TITLE_SIZE, width - 2 * EDGE);
  const [caption, from] = captionAndSource(source);
  const note = wrapLines(
    `${caption}\n${[shownText(grid), from].filter((part) => part !== "").join("; ")}`,
    SOURCE_SIZE,
    width - 2 * EDGE,
  );
  const noteTop = EDGE + textHeight(heading, TITLE_SIZE) + 4;
  const headTop = noteTop + textHeight(note, SOURCE_SIZE) + FONT_SIZE / 2;
  const top = headTop + LABEL_HEIGHT + (slanted ? widest * Math.SQRT1_2 + FONT_SIZE : FONT_SIZE * 1.6);
  const places: Places = { left, top, cellWidth, cellHeight: mosaic.cellHeight, slanted };
  const shapes = [
    text(EDGE, EDGE, heading, { size: TITLE_SIZE, fill: INK }),
    text(EDGE, noteTop, note, { size: SOURCE_SIZE, fill: INK }),
    headings(names, places, headTop),
    tints(counts, places),
    picture(mosaic, places, groups.length),
    numbers(counts, places),
  ].join("");
  const height = Math.ceil(top + mosaic.cellHeight * groups.length + EDGE);
  return svgDocument({ width, height, title, description }, shapes);
}

/** Of each cell, row by row, the places of its images in the sheet. */
function cellsOf({ groups, sheet, tally }: Grid): readonly (readonly (readonly number[])[])[] {
  const places = placesOf(groups);
  const cells: number[][][] = groups.map(() => groups.map(() => []));
  sheet.indices.forEach((index, tile) =>
    cells[places[tally.labels[index]!]!]![places[tally.predictions[index]!]!]!.push(tile),
  );
  return cells;
}

function headings(names: readonly string[], { left, top, cellWidth, cellHeight, slanted }: Places, y: number): string {
  const [wide, high] = [names.length * cellWidth, names.length * cellHeight];
  const style = { size: FONT_SIZE, fill: INK } as const;
  return [
    text(left + wide / 2, y, "predicted class", { ...style, anchor: "middle" }),
    text(EDGE + LABEL_HEIGHT / 2, top + high / 2, "true class", {
      ...style,
      anchor: "middle",
      vertical: "middle",
      angle: -90,
    }),
    ...names.map((name, i) =>
      text(left - 6, top + (i + 0.5) * cellHeight, name, { ...style, anchor: "end", vertical: "middle" }),
    ),
    ...names.map((name, i) => {
      const x = left + (i + 0.5) * cellWidth;
      return slanted
        ? text(x - 4, top - 2, name, { ...style, vertical: "bottom", angle: -45 })
        : text(x, top - 3, name, { ...style, anchor: "middle", vertical: "bottom" });
    }),
  ].join("");
}

/** Cells the darker, the larger a part of their row they are. */
function tints(counts: readonly (readonly number[])[], { left, top, cellWidth, cellHeight }: Places): string {
  return counts
    .map((row, i) => {
      const all = row.reduce((sum, count) => sum + count, 0);
      return row
        .map((count, j) =>
          element("rect", {
            x: left + j * cellWidth,
            y: top + i * cellHeight,
            width: cellWidth - 1,
            height: cellHeight - 1,
            fill: i === j ? RIGHT : WRONG,
            "fill-opacity": count === 0 ? 0.04 : 0.1 + (0.2 * count) / all,
          }),
        )
        .join("");
    })
    .join("");
}

/** One picture of all cells' images, cut to where these stand. */
function picture(mosaic: StillMosaic, { left, top, cellWidth, cellHeight }: Places, groups: number): string {
  const corners = mosaic.parts.map(({ x, y, width, height }) => {
    const [from, to, upper, lower] = [left + x, left + x + width, top + y, top + y + height].map(round);
    return `M${from} ${upper} L${to} ${upper} L${to} ${lower} L${from} ${lower} Z`;
  });
  const cut = corners.join(" ");
  const id = `images-${digestOf(cut)}`;
  return (
    element("clipPath", { id }, element("path", { d: cut })) +
    element("image", {
      x: left,
      y: top,
      width: cellWidth * groups,
      height: cellHeight * groups,
      href: mosaic.dataUri,
      preserveAspectRatio: "none",
      "clip-path": `url(#${id})`,
    })
  );
}

function numbers(counts: readonly (readonly number[])[], { left, top, cellWidth, cellHeight }: Places): string {
  const size = cellWidth < 40 ? 9 : SOURCE_SIZE;
  const write = (count: number): string => {
    const whole = grouped(count);
    return textWidth(whole, size) <= cellWidth - 2 ? whole : shortCount(count);
  };
  return counts
    .map((row, i) =>
      row
        .map((count, j) =>
          count === 0
            ? ""
            : text(left + (j + 0.5) * cellWidth, top + i * cellHeight, write(count), {
                size,
                fill: INK,
                anchor: "middle",
              }),
        )
        .join(""),
    )
    .join("");
}

/** "1.2k" */
function shortCount(count: number): string {
  return Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 }).format(count).toLowerCase();
}
