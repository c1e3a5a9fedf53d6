import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { decodeImage } from "../../lib/datasets/index.js";
import { pillowCases } from "../fixtures/pictures.js";
import { readSummaries } from "./summaries.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-node-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A 2×2 image: red, green / blue, white. */
const PIXELS = [
  [
    [255, 0, 0],
    [0, 255, 0],
  ],
  [
    [0, 0, 255],
    [255, 255, 255],
  ],
];

/** The same image as a BMP of 24 bits: rows from the bottom, blue first, padded to 4 bytes. */
function bmp(): Uint8Array {
  const rows = [...PIXELS].reverse().map((row) => [...row.flatMap(([r, g, b]) => [b!, g!, r!]), 0, 0]);
  const header = Buffer.alloc(54);
  header.write("BM");
  header.writeUInt32LE(54 + 16, 2);
  header.writeUInt32LE(54, 10); // where the pixels start
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(2, 18);
  header.writeInt32LE(2, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  header.writeUInt32LE(16, 34);
  return Uint8Array.from([...header, ...rows.flat()]);
}

/**
 * The same image as a GIF: a palette of 4 colours; LZW codes clear, 0, 1, 2, 3, end in 3 bits each (4 after the table
 * has grown).
 */
function gif(): Uint8Array {
  const palette = PIXELS.flat(2);
  const bits = "100" + "000" + "001" + "010" + "011".padStart(4, "0") + "0101"; // clear 0 1 2 3 end, widths 3,3,3,3,4,4
  const widths = [3, 3, 3, 3, 4, 4];
  let value = 0;
  let shift = 0;
  let at = 0;
  for (const width of widths) {
    value |= Number.parseInt(bits.slice(at, at + width), 2) << shift;
    at += width;
    shift += width;
  }
  const data = [value & 255, (value >> 8) & 255, (value >> 16) & 255];
  return Uint8Array.from([
    ...Buffer.from("GIF89a"),
    2,
    0,
    2,
    0,
    0b1000_0001,
    0,
    0,
    ...palette,
    0x2c,
    0,
    0,
    0,
    0,
    2,
    0,
    2,
    0,
    0,
    2,
    data.length,
    ...data,
    0,
    0x3b,
  ]);
}

describe("tf.node images", () => {
  it("PNG is encoded and decoded without loss", async () => {
    const image = tf.tensor3d(PIXELS, [2, 2, 3], "int32");
    const png = await tf.node.encodePng(image);
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    const decoded = tf.node.decodeImage(png);
    expect(decoded.dtype).toBe("int32");
    expect(decoded.arraySync()).toEqual(PIXELS);
    tf.dispose([image, decoded]);
  });

  it("JPEG comes back close to what it was", async () => {
    const image = tf.fill([8, 8, 3], 200, "int32");
    const jpeg = await tf.node.encodeJpeg(image as import("@tensorflow/tfjs").Tensor3D);
    const decoded = tf.node.decodeImage(jpeg);
    expect(decoded.shape).toEqual([8, 8, 3]);
    for (const value of decoded.dataSync()) expect(Math.abs(value - 200)).toBeLessThanOrEqual(2); // quantisation
    tf.dispose([image, decoded]);
  });

  const same = ["JPEG 4:4:4", "JPEG 4:2:0", "JPEG, progressive", "JPEG, grey", "JPEG with Display P3's profile", "PNG"];
  it.each(same)("gives the pixels that datasets.decodeImage gives, Pillow's: %s", async (name) => {
    const { bytes, rgb } = pillowCases.get(name)!;
    const decoded = tf.node.decodeImage(bytes, 3);
    expect(Buffer.from(decoded.dataSync()).equals(rgb)).toBe(true);
    expect([...(await decodeImage(bytes, name, 3)).data]).toEqual([...decoded.dataSync()]);
    decoded.dispose();
  });

  it("decodes a JPEG by the faster transform where that is asked for", () => {
    const { bytes, rgb } = pillowCases.get("JPEG 4:2:0")!;
    const decoded = tf.node.decodeJpeg(bytes, 3, 1, true, false, 1, "INTEGER_FAST");
    const errors = [...decoded.dataSync()].map((value, i) => Math.abs(value - rgb[i]!));
    expect(Math.max(...errors)).toBeGreaterThan(0);
    decoded.dispose();
  });

  it("BMP is decoded", () => {
    const decoded = tf.node.decodeImage(bmp(), 3);
    expect(decoded.arraySync()).toEqual(PIXELS);
    decoded.dispose();
  });

  it("GIF is decoded into frames", () => {
    const decoded = tf.node.decodeImage(gif());
    expect(decoded.shape).toEqual([1, 2, 2, 3]);
    expect(decoded.arraySync()).toEqual([PIXELS]);
    decoded.dispose();
  });

  it("a decoded image can be computed with", () => {
    tf.tidy(() => {
      const decoded = tf.node.decodeImage(bmp(), 3);
      expect(decoded.toFloat().div(255).mean().arraySync()).toBeCloseTo(0.5, 6);
      expect(decoded.add(1).max().arraySync()).toBe(256);
    });
  });

  it("bytes that are no image are refused", () => {
    expect(() => tf.node.decodeImage(Uint8Array.of(1, 2, 3, 4))).toThrow("unsupported image type");
  });
});

describe("tf.node.summaryFileWriter()", () => {
  it("writes scalars and histograms that TensorBoard's format reader finds again", () => {
    const logs = join(folder, "logs");
    const writer = tf.node.summaryFileWriter(logs);
    writer.scalar("loss", 2.5, 0);
    writer.scalar("loss", 1.25, 7);
    writer.histogram("weights", tf.tensor1d([1, 2, 3, 3]), 7, 2);
    writer.flush();
    const [file] = readdirSync(logs);
    const summaries = readSummaries(readFileSync(join(logs, file!)));
    expect(summaries.map(({ tag, step }) => [tag, step])).toEqual([
      ["loss", 0],
      ["loss", 7],
      ["weights", 7],
    ]);
    expect(summaries.slice(0, 2).map(({ value }) => value)).toEqual([[2.5], [1.25]]);
    expect(summaries[2]!.value).toEqual([1, 2, 1, 2, 3, 3]); // [left, right, count] per bucket
  });
});

describe("file:// addresses", () => {
  it("a layers model is saved and loaded", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
    await model.save(`file://${join(folder, "model")}`);
    const loaded = await tf.loadLayersModel(`file://${join(folder, "model", "model.json")}`);
    expect(loaded.getWeights()[0]!.arraySync()).toEqual(model.getWeights()[0]!.arraySync());
    model.dispose();
    loaded.dispose();
  });
});
