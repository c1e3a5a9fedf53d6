import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFile, decodeImage, ImageError } from "../../../lib/datasets/pipeline/decode.js";
import { pngThatSays } from "../../fixtures/huge-png.js";
import { plainTiff, type TiffFormat } from "../../fixtures/plain-tiff.js";

const raw = (values: readonly number[], width: number, height: number, channels: 1 | 3 | 4) =>
  sharp(Uint8Array.from(values), { raw: { width, height, channels } });
const pixels = async (bytes: Uint8Array, channels = 3): Promise<number[]> =>
  Array.from((await decodeImage(bytes, "x.img", channels)).data);

/** The header of a BMP without pixels. */
function bmpText({ bits, compression = 0, side = 4 }: { bits: number; compression?: number; side?: number }): string {
  const header = Buffer.alloc(54);
  header.write("BM");
  header.writeUInt32LE(54, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(side, 18);
  header.writeInt32LE(side, 22);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  return header.toString("latin1");
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-decode-"))));
afterAll(() => rmSync(folder, { recursive: true }));

describe("decodeImage", () => {
  test("gives RGB bytes of a PNG exactly, whatever its kind", async () => {
    const rgb = [1, 2, 3, 250, 128, 7];
    expect(await pixels(await raw(rgb, 2, 1, 3).png().toBuffer())).toEqual(rgb);
    expect(await pixels(await raw(rgb, 2, 1, 3).png({ palette: true }).toBuffer())).toEqual(rgb);
    expect(await pixels(await raw([9, 200], 1, 2, 1).png().toBuffer())).toEqual([9, 9, 9, 200, 200, 200]);
    expect(await pixels(await raw([9, 200], 1, 2, 1).png().toBuffer(), 1)).toEqual([9, 200]);
    expect(await pixels(await raw([200, 100, 50, 255, 200, 100, 50, 0], 2, 1, 4).png().toBuffer())).toEqual([
      200, 100, 50, 0, 0, 0,
    ]);
  });

  test('makes grey of colour as Pillow\'s convert("L") does, and leaves grey as it is', async () => {
    // (299 · red + 587 · green + 114 · blue) / 1000: 79.7, 149.7, 29.1, 76.2
    const colours = [200, 30, 20, 0, 255, 0, 0, 0, 255, 255, 0, 0];
    expect(await pixels(await raw(colours, 4, 1, 3).png().toBuffer(), 1)).toEqual([80, 150, 29, 76]);
    const greys = Array.from({ length: 256 }, (_, i) => i);
    const png = await raw(greys, 16, 16, 1).png().toBuffer();
    expect(await pixels(png, 1)).toEqual(greys);
    expect(await pixels(png)).toEqual(greys.flatMap((grey) => [grey, grey, grey]));
  });

  test("turns an image upright by its orientation", async () => {
    const turned = await raw([10, 200], 2, 1, 1).png().withMetadata({ orientation: 6 }).toBuffer();
    const { height, width, data } = await decodeImage(turned, "x.png", 1);
    expect([height, width, Array.from(data)]).toEqual([2, 1, [10, 200]]);
  });

  test("takes the upper eight of 16 bits", async () => {
    const values = Uint16Array.from([0, 255, 256, 40_000, 65_535]);
    const image = sharp(values, { raw: { width: 5, height: 1, channels: 1 } }).toColourspace("grey16");
    expect(await pixels(await image.png().toBuffer(), 1)).toEqual([0, 0, 1, 156, 255]);
  });

  test("reads an image of one pixel", async () => {
    expect(await pixels(await raw([5, 6, 7], 1, 1, 3).png().toBuffer())).toEqual([5, 6, 7]);
  });

  test("refuses an image of 20,000 by 20,000 pixels by its header, before it is decoded", async () => {
    await expect(decodeImage(await pngThatSays(20_000, 20_000), "big.png", 3)).rejects.toThrow(
      /^decodeImage: must be a whole image of at most 120000000 pixels, got: .*pixel limit.* \(big\.png\)$/,
    );
  });

  test("reads a long and narrow image of 20,000 pixels", async () => {
    const { height, width } = await decodeImage(
      await raw(new Array<number>(20_000).fill(3), 20_000, 1, 1).png().toBuffer(),
      "long.png",
      3,
    );
    expect([height, width]).toEqual([1, 20_000]);
  });

  test.each<[string, (whole: Buffer) => Uint8Array]>([
    ["empty", () => new Uint8Array(0)],
    ["cut off", (whole) => whole.subarray(0, whole.length / 2)],
    ["no image", () => Buffer.from("<html>not found</html>")],
  ])("refuses a file that is %s, and names it", async (_kind, damage) => {
    const whole = await raw(
      Array.from({ length: 3072 }, (_, i) => (i * 97) % 256),
      32,
      32,
      3,
    )
      .jpeg()
      .toBuffer();
    const file = join(folder, "damaged.jpg");
    writeFileSync(file, damage(whole));
    const decoding = decodeFile(file, 3);
    await expect(decoding).rejects.toThrow(ImageError);
    await expect(decoding).rejects.toThrow(`(${file})`);
  });

  test.each<[string, TiffFormat]>([
    ["floating-point numbers", "float"],
    ["numbers of 32 bits", "uint"],
    ["signed numbers of 32 bits", "int"],
    ["signed numbers of 16 bits", "short"],
    ["signed numbers of 8 bits", "char"],
  ])("refuses a TIFF of %s, of which it is not said what black and white are", async (numbers, format) => {
    const rule = "decodeImage: values must be of 8 or 16 bits without a sign, from black to white";
    const message = `${rule}, got ${numbers} (field.tif)`;
    await expect(decodeImage(plainTiff(format), "field.tif", 3)).rejects.toThrow(message);
    expect(await pixels(plainTiff("uchar"), 1)).toEqual([0, 0, 0, 0]);
  });

  test("leaves out one channel behind a TIFF's colours, and refuses more", async () => {
    expect(await pixels(plainTiff("uchar", 1, 2))).toEqual(new Array(12).fill(0));
    expect(await pixels(plainTiff("uchar", 5, 5))).toEqual(new Array(12).fill(255));
    for (const [photometric, channels] of [
      [1, 5],
      [2, 5],
      [1, 3],
    ] as const) {
      const message = `channels must be its colours' and at most one more, got ${channels} channels (bands.tif)`;
      await expect(decodeImage(plainTiff("uchar", photometric, channels), "bands.tif", 3)).rejects.toThrow(message);
    }
  });

  test("refuses a TIFF of plain YCbCr, which would be taken for RGB", async () => {
    const message = "decodeImage: YCbCr must be compressed as JPEG, got it as it is: save it as RGB (x.tif)";
    await expect(decodeImage(plainTiff("uchar", 6), "x.tif", 3)).rejects.toThrow(message);
    expect(await pixels(plainTiff("uchar", 2))).toEqual(new Array(12).fill(0));
  });

  test.each([
    ["HEIC", "\0\0\0\x18ftypheic"],
    ["JPEG 2000", "\0\0\0\x0cjP  \r\n\x87\n"],
    ["JPEG XL", "\xff\x0a\x00"],
    ["SVG", "<svg xmlns='http://www.w3.org/2000/svg'/>"],
    ["PDF", "%PDF-1.7"],
    ["other bytes", "P7\nWIDTH 4"],
  ])("says what came where it is %s", async (kind, text) => {
    const message = `decodeImage: must be a JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP or PNM image, got ${kind} (x.png)`;
    await expect(decodeImage(Buffer.from(text, "latin1"), "x.png", 3)).rejects.toThrow(message);
  });

  test.each<[string, string, string]>([
    ["a BMP of run lengths", bmpText({ bits: 8, compression: 1 }), "a BMP must not be compressed, got compression 1"],
    ["a BMP of 2 bits", bmpText({ bits: 2 }), "a BMP must have 1, 4, 8, 16, 24 or 32 bits a pixel, got 2"],
    ["a BMP that is cut off", bmpText({ bits: 24 }), "a BMP that is cut off"],
    ["a BMP of a few bytes", "BM123", "a BMP that is cut off"],
    ["a BMP of 20,000 × 20,000 pixels", bmpText({ bits: 24, side: 20_000 }), "more than 120000000 pixels"],
    ["a PPM that is cut off", "P6 2 2 255\n12345", "a PNM that is cut off"],
    ["a PGM as text that is cut off", "P2 2 2 255\n1 2 3", "a PNM that is cut off"],
    ["a PBM that is cut off", "P4 9 2\nabc", "a PNM that is cut off"],
    ["a PPM without sides", "P6 x", "a PNM without a header"],
    ["a PPM without a white", "P6 1 1 0\nabc", "a PNM whose largest value is 0"],
    ["a PPM of 20,000 × 20,000 pixels", "P6 20000 20000 255\n", "more than 120000000 pixels"],
    ["a PGM of other text", "P2 1 1 255\nx", "a PNM with other text than numbers"],
  ])("refuses %s", async (_, text, message) => {
    const decoding = decodeImage(Buffer.from(text, "latin1"), "x.img", 3);
    await expect(decoding).rejects.toThrow(ImageError);
    await expect(decoding).rejects.toThrow(message);
  });

  test("names a file that is not there, or is a folder", async () => {
    await expect(decodeFile(join(folder, "none.jpg"), 3)).rejects.toThrow(/^decodeImage: ENOENT.*none\.jpg/);
    await expect(decodeFile(folder, 3)).rejects.toThrow(
      `decodeImage: EISDIR: illegal operation on a directory, read (${folder})`,
    );
  });
});
