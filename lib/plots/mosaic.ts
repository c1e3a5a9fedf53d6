import { reduced, type Picture } from "./image-batch.js";
import { pngDataUri } from "../png.js";
import { axis, baseLayout, EDGE, INK, keptBesideX, KEPT_AT_LEFT, SOURCE_SIZE, WIDTH } from "./style.js";
import { fitText, LINE_HEIGHT, wrapText } from "./text-width.js";

/** Pictures of one size, and how they stand. */
export interface MosaicOptions {
  readonly title: string;
  readonly source?: string | undefined;
  readonly pictures: readonly Picture[];
  /** One a picture, or none. */
  readonly captions?: readonly string[] | undefined;
  readonly columns: number;
  /** Room at the left for a color scale, in pixels. */
  readonly left?: number;
}

/** Pixels of a mosaic at most: as PNG about 1 MB of photographs, 2.3 MB of noise. */
const MAX_PIXELS = 750_000;
const GAP = 6;
/** Between a tile and its caption. */
const CAPTION_GAP = 3;
const LARGEST_TILE = 128;
const CAPTION_LINES = 2;

/**
 * Pictures of one size as one PNG with transparent gaps, and the layout and the traces (the picture
 * and its captions) that draw it. Pictures too many for 750,000 pixels are reduced.
 */
export function mosaic({ title, source, pictures, captions, columns, left = EDGE }: MosaicOptions): {
  readonly data: Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
} {
  const rows = Math.ceil(pictures.length / columns);
  const most = Math.max(1, Math.floor(Math.sqrt(MAX_PIXELS / (rows * columns))));
  const tiles = pictures.map((picture) => reduced(picture, most));
  const { width, height } = tiles[0]!;
  // Pixels of the page: how wide a tile is drawn, and what lies between.
  const tileWidth = Math.min(
    LARGEST_TILE * Math.min(1, width / height),
    Math.floor((WIDTH - left - EDGE) / columns) - GAP,
  );
  const zoom = tileWidth / width;
  const texts = captions?.map((caption) => captionText(caption, tileWidth));
  const captionLines = Math.max(0, ...(texts ?? []).map((text) => text.split("<br>").length));
  const gap = Math.max(1, Math.round(GAP / zoom));
  const below =
    captionLines === 0 ? gap : Math.ceil((captionLines * SOURCE_SIZE * LINE_HEIGHT + CAPTION_GAP + GAP) / zoom);
  const [pitchX, pitchY] = [width + gap, height + below];
  const [totalWidth, totalHeight] = [columns * pitchX - gap, rows * pitchY];
  const rgba = new Uint8Array(totalWidth * totalHeight * 4);
  tiles.forEach((tile, i) => {
    const [left, top] = [(i % columns) * pitchX, Math.floor(i / columns) * pitchY];
    for (let y = 0; y < height; y++)
      rgba.set(tile.rgba.subarray(y * width * 4, (y + 1) * width * 4), ((top + y) * totalWidth + left) * 4);
  });
  const place = (i: number): [number, number] => [
    (i % columns) * pitchX + width / 2 - 0.5,
    Math.floor(i / columns) * pitchY + height - 0.5 + CAPTION_GAP / zoom,
  ];
  const data: Record<string, unknown>[] = [
    {
      type: "image",
      source: pngDataUri({ width: totalWidth, height: totalHeight, rgba }),
      colormodel: "rgba256",
      hoverinfo: "skip",
    },
  ];
  if (texts && captions) {
    data.push({
      type: "scatter",
      mode: "text",
      x: texts.map((_, i) => place(i)[0]),
      y: texts.map((_, i) => place(i)[1]),
      text: texts,
      textposition: "bottom center",
      textfont: { size: SOURCE_SIZE, color: INK },
      hoverinfo: "skip",
      cliponaxis: false,
    });
  }
  const plotWidth = Math.round(totalWidth * zoom);
  const plotHeight = Math.round(totalHeight * zoom);
  const wide = Math.max(plotWidth + EDGE + left, 420);
  const base = baseLayout({ title, source, width: wide });
  const top = base.margin.t;
  const hidden = { showline: false, showgrid: false, zeroline: false, showticklabels: false, ticks: "" };
  return {
    data,
    layout: {
      ...base,
      height: plotHeight + top + EDGE,
      margin: { t: top, l: left, r: wide - plotWidth - left, b: EDGE },
      xaxis: axis({ range: [-0.5, totalWidth - 0.5], ...hidden, ...KEPT_AT_LEFT }),
      yaxis: axis({ range: [totalHeight - 0.5, -0.5], ...hidden, ...keptBesideX(1) }),
      showlegend: false,
    },
  };
}

/** At most two lines below a tile. */
function captionText(caption: string, room: number): string {
  const lines = wrapText(caption, SOURCE_SIZE, room).split("<br>");
  if (lines.length <= CAPTION_LINES) return lines.join("<br>");
  return [
    ...lines.slice(0, CAPTION_LINES - 1),
    wrapText(fitText(`${lines[CAPTION_LINES - 1]}…${" ".repeat(9)}`, SOURCE_SIZE, room), SOURCE_SIZE, room),
  ].join("<br>");
}

/** Columns that make a grid about as wide as a page, or those asked for. */
export function gridColumns(count: number, asked: number | undefined): number {
  return Math.min(count, asked ?? Math.max(8, Math.ceil(Math.sqrt(2 * count))));
}
