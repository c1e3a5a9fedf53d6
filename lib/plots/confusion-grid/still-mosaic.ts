import type { Picture } from "../image-batch.js";
import { putTile } from "./sprite-sheet.js";

/** A rectangle of the page, in pixels. */
interface Part {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Some images of each cell in one picture. */
export interface StillMosaic {
  /** A JPEG file, which a PDF takes as it is. */
  readonly dataUri: string;
  /** Of a cell with its count, in pixels of the page. */
  readonly cellHeight: number;
  /** Where images stand, from the first cell's corner: all else of the picture is not to be seen. */
  readonly parts: readonly Part[];
}

/** Images in a still picture at most, and in a row of a cell; pixels in a row of it: about 100 kB. */
const MOST_IMAGES = 600;
const MOST_IN_ROW = 4;
const MOST_PIXELS = 1400;
/** Between cells, in pixels of the page. */
const AIR = 3;
const QUALITY = 62;

/**
 * @param cells of each row of cells, the tiles that stand in them, the foremost first
 * @param cellWidth in pixels of the page
 * @param above room in a cell above its images, about, in pixels of the page
 */
export async function stillMosaic(
  cells: readonly (readonly (readonly number[])[])[],
  tiles: readonly Picture[],
  cellWidth: number,
  above: number,
): Promise<StillMosaic> {
  const { width, height } = tiles[0]!;
  const side = inRow(cells, width);
  const pitchX = side * width + Math.max(1, Math.round((side * width * AIR) / (cellWidth - AIR)));
  const scale = pitchX / cellWidth; // pixels of the picture in one of the page
  const gap = Math.round(above * scale);
  const pitchY = side * height + gap;
  const wide = pitchX * cells.length;
  const rgb = new Uint8Array(wide * pitchY * cells.length * 3).fill(128);
  const parts: Part[] = [];
  cells.forEach((row, i) =>
    row.forEach((cell, j) => {
      const drawn = cell.slice(0, side ** 2);
      const [left, top] = [j * pitchX, i * pitchY + gap];
      drawn.forEach((tile, at) =>
        putTile(rgb, wide, tiles[tile]!, left + (at % side) * width, top + Math.floor(at / side) * height),
      );
      for (let at = 0; at < drawn.length; at += side)
        parts.push({
          x: left / scale,
          y: (top + (at / side) * height) / scale,
          width: (Math.min(side, drawn.length - at) * width) / scale,
          height: height / scale,
        });
    }),
  );
  const { default: sharp } = await import("sharp");
  const file = await sharp(rgb, { raw: { width: wide, height: pitchY * cells.length, channels: 3 } })
    .jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" })
    .toBuffer();
  return {
    dataUri: `data:image/jpeg;base64,${file.toString("base64")}`,
    cellHeight: pitchY / scale,
    parts: parts.map(rounded),
  };
}

/** Images in a row of a cell, and rows of them: the most of which all cells' are not too many. */
function inRow(cells: readonly (readonly (readonly number[])[])[], width: number): number {
  const drawn = (side: number): number => cells.flat().reduce((sum, cell) => sum + Math.min(side ** 2, cell.length), 0);
  const fits = (side: number): boolean => side * width * cells.length <= MOST_PIXELS && drawn(side) <= MOST_IMAGES;
  for (let side = MOST_IN_ROW; side > 1; side--) if (fits(side)) return side;
  return 1;
}

function rounded({ x, y, width, height }: Part): Part {
  const [left, top] = [hundredths(x), hundredths(y)];
  return { x: left, y: top, width: hundredths(x + width - left), height: hundredths(y + height - top) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
