import type { Raster } from "../datasets/augment/raster.js";

const COLUMNS = 32;
const MOST_ROWS = 24;

/** An image in characters for a terminal of 24-bit colours: each is a half block, two pixels one above the other. */
export async function drawPicture({ data, height, width, channels }: Raster): Promise<string> {
  const { default: sharp } = await import("sharp");
  const small = await sharp(data, { raw: { width, height, channels: channels as 1 | 3 } })
    .resize(COLUMNS, 2 * MOST_ROWS, { fit: "inside" })
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width: columns, height: rows, channels: each } = small.info;
  const colour = (row: number, column: number): string => {
    const at = (row * columns + column) * each;
    return Array.from(small.data.subarray(at, at + 3)).join(";");
  };
  const lines: string[] = [];
  for (let row = 0; row < rows; row += 2) {
    const blocks = Array.from(
      { length: columns },
      (_, column) =>
        `\x1b[38;2;${colour(row, column)}m${row + 1 < rows ? `\x1b[48;2;${colour(row + 1, column)}m` : ""}▀`,
    );
    lines.push(`${blocks.join("")}\x1b[0m`);
  }
  return lines.join("\n");
}
