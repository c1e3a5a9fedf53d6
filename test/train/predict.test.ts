import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import sharp, { type Sharp } from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { imageAt, loadImages } from "../../lib/datasets/index.js";
import { createModel } from "../../lib/models/index.js";
import { show } from "../../lib/study/index.js";
import { evaluate, fit, loadCheckpoint, modelUse, predict, setModelUse } from "../../lib/train/index.js";
import { pngThatSays } from "../fixtures/huge-png.js";
import { brightnessSet } from "../fixtures/images.js";

const DISPLAY = Symbol.for("Jupyter.display");
const set = brightnessSet({ count: 60, classes: 3 });
const small = (more: object = {}) =>
  createModel("small_vit", {
    inputShape: [8, 8, 3],
    numClasses: 3,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 16,
    ...more,
  });
const bright = { width: 40, height: 20, background: { r: 225, g: 225, b: 225 } };
let folder: string;
let model: tf.LayersModel;
let photo: string;

beforeAll(async () => {
  await ready();
  folder = mkdtempSync(join(tmpdir(), "saccade-predict-"));
  photo = join(folder, "photo.jpg");
  await sharp({ create: { ...bright, channels: 3 } })
    .jpeg()
    .toFile(photo);
  model = small();
  await fit(model, set, {
    epochs: 40,
    batchSize: 20,
    learningRate: 0.01,
    progress: false,
    mean: [0.4, 0.5, 0.6],
    std: 0.3,
    checkpoint: { folder },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});
let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(tensors));

describe("predict()", () => {
  it("names the most probable classes of a photograph, by the names that the model was trained with", async () => {
    const found = await predict(model, photo);
    expect(found.name).toBe("photo.jpg");
    expect(found.top.map(({ label }) => label)).toEqual([2, 1, 0]); // the nearest level first
    expect(found.top[0]).toEqual({ className: "level 2", label: 2, probability: found.probabilities[2] });
    expect(found.top[0]!.probability).toBeGreaterThan(0.9);
    expect(found.probabilities.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
    expect((await predict(model, photo, { top: 1 })).top).toHaveLength(1);
  });

  it("needs nothing but the checkpoint: names, mean and std travel in it", async () => {
    const other = small();
    await loadCheckpoint(other, join(folder, "last.safetensors"));
    expect(modelUse(other)).toEqual({ classNames: ["level 0", "level 1", "level 2"], mean: [0.4, 0.5, 0.6], std: 0.3 });
    expect((await predict(other, photo)).probabilities).toEqual((await predict(model, photo)).probabilities);
    other.dispose();
  });

  it("sees what evaluate() sees of a file", async () => {
    const loaded = await loadImages({ ...set, files: [photo], labels: Int32Array.of(2) });
    const { seen, probabilities } = await predict(model, photo);
    expect(seen.data).toEqual(loaded.images);
    // by the mean and std that the model was trained with
    expect((await evaluate(model, loaded)).loss).toBeCloseTo(-Math.log(probabilities[2]!), 5);
    expect((await evaluate(model, loaded, { mean: 1 })).loss).toBeGreaterThan(1); // a darker picture
  });

  it("calls an image of a set by its place in the set", async () => {
    const { name, seen } = await predict(model, imageAt(set, 1), { mean: 0.5, std: 0.5 });
    expect(name).toBe(imageAt(set, 1).name);
    expect(seen.data).toEqual(imageAt(set, 1).data);
  });

  it("takes a file's address, its bytes, pixels and tensors for the same image", async () => {
    const png = await sharp({ create: { ...bright, channels: 3 } })
      .png()
      .toBuffer();
    const pixels = new Uint8Array(40 * 20 * 3).fill(225);
    const path = join(folder, "same.png");
    writeFileSync(path, png);
    const int = tf.tensor(pixels, [20, 40, 3], "int32");
    const float = tf.tidy(() => tf.expandDims(tf.div(tf.cast(int, "float32"), 255)));
    tensors += 2;
    const given = [path, pathToFileURL(path), png, { data: pixels, height: 20, width: 40, channels: 3 }, int, float];
    const found = await Promise.all(given.map((image) => predict(model, image)));
    for (const { probabilities, seen } of found) {
      expect(seen).toEqual(found[0]!.seen);
      expect(probabilities).toEqual(found[0]!.probabilities);
    }
    tf.dispose([int, float]);
    tensors -= 2;
  });

  it("shows the picture and the classes: in a notebook, as text, as plain data", async () => {
    const found = await predict(model, photo);
    const bundle = (found as unknown as Record<symbol, () => Record<string, string>>)[DISPLAY]!();
    expect(bundle["text/html"]).toMatch(/<th scope="row" [^>]*>level 2<\/th>/);
    const encoded = /src="data:image\/png;base64,([^"]+)"/.exec(bundle["text/html"]!)![1]!;
    expect(await sharp(Buffer.from(encoded, "base64")).metadata()).toMatchObject({
      format: "png",
      width: 40,
      height: 20,
    });
    expect(bundle["text/plain"]).toBe(String(found));
    expect(String(found)).toMatch(/^photo\.jpg \(40 × 20, seen as 8 × 8\)\nlevel 2 +\d+\.\d %  █+\nlevel 1/);
    expect(inspect(found)).toBe(String(found));
    expect(JSON.parse(JSON.stringify(found))).toEqual({
      name: "photo.jpg",
      top: found.top,
      probabilities: found.probabilities,
    });
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    show(found);
    expect(log).toHaveBeenCalledWith(String(found));
    log.mockRestore();
  });

  it("draws the picture on a terminal with colours", async () => {
    const halves = await sharp({ create: { width: 4, height: 4, channels: 3, background: "#ff0000" } })
      .composite([
        {
          input: await sharp({ create: { width: 4, height: 2, channels: 3, background: "#0000ff" } })
            .png()
            .toBuffer(),
          top: 2,
          left: 0,
        },
      ])
      .png()
      .toBuffer();
    const lines = inspect(await predict(model, halves), { colors: true }).split("\n");
    expect(lines).toHaveLength(16 + 1 + 3); // 32 × 32 pixels, two a character; the title; three classes
    expect(lines[0]).toBe(`${"\x1b[38;2;255;0;0m\x1b[48;2;255;0;0m▀".repeat(32)}\x1b[0m`);
    expect(lines[15]).toContain("\x1b[38;2;0;0;255m");
  });

  it("escapes a class and a file name that look like HTML", async () => {
    const path = join(folder, "a<b>.png");
    await sharp({ create: { ...bright, channels: 3 } })
      .png()
      .toFile(path);
    const found = await predict(model, path, { classNames: ["<script>", "b", "c"] });
    const html = (found as unknown as Record<symbol, () => Record<string, string>>)[DISPLAY]!()["text/html"]!;
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("a<b>");
  });

  it("numbers the classes of a model without names", async () => {
    const bare = small();
    tensors = tf.memory().numTensors;
    await expect(predict(bare, photo)).rejects.toThrow(
      new RangeError(
        "predict: mean and std must be known from fit, loadCheckpoint or loadWeights, or be given " +
          "({ mean: set.mean, std: set.std }), got neither",
      ),
    );
    expect(
      (await predict(bare, photo, { mean: 0.5, std: 0.5 })).top
        .map(({ className, label }) => [className, label])
        .sort(),
    ).toEqual([
      ["class 0", 0],
      ["class 1", 1],
      ["class 2", 2],
    ]);
    expect(tf.memory().numTensors).toBe(tensors);
    bare.dispose();
    tensors = tf.memory().numTensors;
  });

  it.each<[string, () => Sharp, number[]]>([
    [
      "grey",
      () =>
        sharp({ create: { ...bright, channels: 3 } })
          .toColourspace("b-w")
          .png(),
      [225, 225, 225],
    ],
    [
      "CMYK",
      () =>
        sharp({ create: { ...bright, channels: 3 } })
          .toColourspace("cmyk")
          .jpeg(),
      [225, 225, 225],
    ],
    [
      "transparent, on black",
      () => sharp({ create: { ...bright, channels: 4, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } }).png(),
      [100, 0, 0],
    ],
    [
      "16 bits",
      () =>
        sharp({ create: { ...bright, channels: 3 } })
          .toColourspace("rgb16")
          .png(),
      [225, 225, 225],
    ],
    ["1 pixel", () => sharp({ create: { ...bright, width: 1, height: 1, channels: 3 } }).png(), [225, 225, 225]],
    [
      "20,000 pixels wide",
      () => sharp({ create: { ...bright, width: 20_000, height: 1, channels: 3 } }).png(),
      [225, 225, 225],
    ],
  ])("handles an image that is %s", async (_, make, colour) => {
    const { seen } = await predict(model, await make().toBuffer());
    expect([seen.height, seen.width, seen.channels]).toEqual([8, 8, 3]);
    // an ink profile there and back
    for (const [i, value] of seen.data.entries()) expect(Math.abs(value - colour[i % 3]!)).toBeLessThanOrEqual(12);
  });

  it("makes grey of colour for a model of one channel", async () => {
    const grey = createModel("fashion_cnn", { inputShape: [8, 8, 1], numClasses: 3, filters: [2], hidden: [] });
    tensors = tf.memory().numTensors;
    const { seen } = await predict(grey, photo, { mean: 0.5, std: 0.5 });
    expect(seen.channels).toBe(1);
    const rgb = { data: new Uint8Array(8 * 8 * 3).fill(225), height: 8, width: 8, channels: 3 };
    expect((await predict(grey, rgb, { mean: 0.5, std: 0.5 })).seen.data).toEqual(new Uint8Array(64).fill(225));
    expect(tf.memory().numTensors).toBe(tensors);
    grey.dispose();
    tensors = tf.memory().numTensors;
  });

  it.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ["a missing file", () => join(folder, "nowhere.jpg"), /^predict: ENOENT: .*nowhere\.jpg/],
    [
      "an empty file",
      () => {
        const path = join(folder, "empty.jpg");
        writeFileSync(path, "");
        return path;
      },
      /got an empty file \(.*empty\.jpg\)/,
    ],
    [
      "a truncated file",
      async () => {
        const path = join(folder, "cut.jpg");
        await sharp({ create: { ...bright, width: 400, height: 400, channels: 3 } })
          .jpeg()
          .toFile(path);
        truncateSync(path, 700);
        return path;
      },
      /must be a whole image.*cut\.jpg/,
    ],
    ["no image", () => Buffer.from("a text"), /must be a .*image.*the bytes given/],
    ["20,000 × 20,000 pixels", () => pngThatSays(20_000, 20_000), /at most 120000000 pixels/],
    [
      "an address of the web",
      () => new URL("https://example.com/a.jpg"),
      /^predict: an address must be of a file, got https/,
    ],
    ["nothing", () => null, /^predict: an image must be a path, a file's bytes, pixels or a tensor, got null/],
    [
      "pixels that are too few",
      () => ({ data: new Uint8Array(3), height: 2, width: 2, channels: 3 }),
      /^predict: pixels must be uint8 \[height, width, channels\] with 1 or 3 channels, got 3 numbers for 2 × 2 × 3/,
    ],
  ])("refuses %s", async (_, make, error) => {
    await expect(predict(model, (await make()) as string)).rejects.toThrow(error);
  });

  it.each<[() => tf.Tensor, string]>([
    [() => tf.zeros([8, 8]), "predict: a tensor must be [H, W, C] or [1, H, W, C] with 1 or 3 channels, got [8, 8]"],
    [() => tf.zeros([2, 8, 8, 3]), "got [2, 8, 8, 3]"],
    [() => tf.fill([8, 8, 3], 1.5), "predict: values of float32 must be 0 to 1, got 1.5"],
    [() => tf.fill([8, 8, 3], NaN), "got NaN"],
    [() => tf.fill([8, 8, 3], 256, "int32"), "predict: values of int32 must be 0 to 255, got 256"],
    [() => tf.zeros([8, 8, 3], "bool"), "predict: a tensor must be int32, 0 to 255, or float32, 0 to 1, got bool"],
  ])("refuses a tensor, %#", async (make, error) => {
    const tensor = make();
    await expect(predict(model, tensor)).rejects.toThrow(error);
    tensor.dispose();
  });

  it.each<[object, string]>([
    [{ top: 0 }, "predict: top must be a whole number above 0, got top=0"],
    [{ classNames: ["a"] }, "predict: classNames must be 3, the model's classes, got 1"],
    [
      { mean: [0.5, 0.5] },
      "predict: mean must be a finite number, or one for each of the 3 channels, got mean=[ 0.5, 0.5 ]",
    ],
  ])("refuses %o", async (options, error) => {
    await expect(predict(model, photo, options)).rejects.toThrow(new RangeError(error));
  });
});

describe("setModelUse()", () => {
  it("is kept when tfjs saves the model, and wants a name for each class", async () => {
    const saved = small();
    setModelUse(saved, { classNames: ["a", "b", "c"], mean: 0.5, std: [0.2, 0.2, 0.3] });
    let artifacts: tf.io.ModelArtifacts | undefined;
    await saved.save(
      tf.io.withSaveHandler(async (given) => {
        artifacts = given;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts!));
    expect(modelUse(loaded)).toEqual({ classNames: ["a", "b", "c"], mean: 0.5, std: [0.2, 0.2, 0.3] });
    expect(saved.getUserDefinedMetadata()).toHaveProperty("saccadeModel"); // what createModel noted is still there
    expect(() => setModelUse(saved, { classNames: ["a"], mean: 0.5, std: 0.5 })).toThrow(
      "setModelUse: classNames must be 3, the model's classes, got 1",
    );
    saved.dispose();
    loaded.dispose();
    tensors = tf.memory().numTensors;
  });
});
