import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFile, decodeImage, ImageError } from "../../../lib/datasets/pipeline/decode.js";
import { pngThatSays } from "../../fixtures/huge-png.js";

const raw = (values: readonly number[], width: number, height: number, channels: 1 | 3 | 4) =>
  sharp(Uint8Array.from(values), { raw: { width, height, channels } });
const pixels = async (bytes: Uint8Array, channels = 3): Promise<number[]> =>
  Array.from((await decodeImage(bytes, "x.img", channels)).data);
/** Every value is at most this far from what is expected: JPEG is lossy. */
const near = (values: readonly number[], expected: readonly number[], most: number): void => {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(most));
};

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

  test("reads grey and CMYK JPEGs", async () => {
    const colour = Array.from({ length: 64 }, () => [150, 110, 90]).flat();
    near(
      await pixels(
        await raw(
          Array.from({ length: 64 }, () => 90),
          8,
          8,
          1,
        )
          .jpeg({ quality: 100 })
          .toBuffer(),
      ),
      new Array(192).fill(90),
      2,
    );
    const cmyk = await raw(colour, 8, 8, 3)
      .toColourspace("cmyk")
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
    near(await pixels(cmyk), colour, 12); // a colour that inks reach; two profiles lie between
  });

  test("turns an image upright by its orientation", async () => {
    const turned = await raw([10, 200], 2, 1, 1).png().withMetadata({ orientation: 6 }).toBuffer();
    const { height, width, data } = await decodeImage(turned, "x.png", 1);
    expect([height, width, Array.from(data)]).toEqual([2, 1, [10, 200]]);
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

  test("names a file that is not there, or is a folder", async () => {
    await expect(decodeFile(join(folder, "none.jpg"), 3)).rejects.toThrow(/^decodeImage: ENOENT.*none\.jpg/);
    await expect(decodeFile(folder, 3)).rejects.toThrow(
      `decodeImage: EISDIR: illegal operation on a directory, read (${folder})`,
    );
  });
});
