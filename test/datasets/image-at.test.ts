import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import sharp from "sharp";
import { afterAll, describe, expect, test } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { batches } from "../../lib/datasets/batches.js";
import { choose } from "../../lib/datasets/choose.js";
import { fromArrays } from "../../lib/datasets/from-arrays.js";
import { imageAt, imageTensor } from "../../lib/datasets/image-at.js";
import { loadImages } from "../../lib/datasets/load-images.js";
import type { FileSet } from "../../lib/datasets/types.js";
import { sampleSet } from "./sample-set.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-image-at-"));
afterAll(() => rmSync(folder, { recursive: true }));

const set = { ...sampleSet(), images: Uint8Array.from({ length: 180 }, (_, i) => i), mean: [0.1, 0.2, 0.3], std: 0.5 };

async function fileSet(): Promise<FileSet> {
  const file = join(folder, "red <1>.png");
  await sharp({ create: { width: 8, height: 6, channels: 3, background: "#f00" } }).toFile(file);
  const { images: _, ...rest } = sampleSet(1, [4, 4, 3]);
  return { ...rest, files: [file] };
}

/** What a notebook shows. */
function shown(value: object): Record<string, string> {
  return (value as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
}

describe("choose", () => {
  test("gives the images at these places, in their order and as often as named, as a copy", () => {
    const part = choose(set, [3, 0, 3]);
    expect(Array.from(part.images)).toEqual(
      [3, 0, 3].flatMap((at) => Array.from(set.images.subarray(18 * at, 18 * at + 18))),
    );
    expect(part).toMatchObject({ labels: Int32Array.of(0, 0, 0), mean: set.mean, classNames: set.classNames });
    expect(choose(set, Uint32Array.of(1, 2)).labels).toEqual(Int32Array.of(1, 2));
  });

  test.each([
    [[10], "choose: indices must be 0 to 9, got 10"],
    [[-1], "choose: indices[0] must be a whole number of 0 or more, got indices[0]=-1"],
    [[], "choose: indices must have at least one index, got none"],
  ])("refuses %j", (indices, message) => {
    expect(() => choose(set, indices)).toThrow(new RangeError(message));
  });
});

describe("imageAt", () => {
  test("gives an image's pixels, as a copy, and its label", () => {
    const picture = imageAt(set, 4);
    expect(picture).toEqual({
      name: "sample, train image 4",
      label: 1,
      className: "b",
      data: set.images.slice(72, 90),
      height: 2,
      width: 3,
      channels: 3,
    });
    picture.data[0] = 200;
    expect(set.images[72]).toBe(72);
  });

  test("shows itself: a picture with a description on a page, characters in a terminal of colors", async () => {
    const picture = imageAt(set, 4);
    const bundle = shown(picture);
    expect(bundle["text/plain"]).toBe("sample, train image 4: b (label 1), 2 × 3 × 3");
    const png = await sharp(Buffer.from(bundle["image/png"]!, "base64")).raw().toBuffer({ resolveWithObject: true });
    expect([png.info.height, png.info.width]).toEqual([84, 126]); // 42 times 2 × 3
    expect(Array.from(png.data.subarray(0, 3))).toEqual([72, 73, 74]);
    expect(Array.from(png.data.subarray(-3))).toEqual([87, 88, 89]);
    expect(bundle["text/html"]).toContain('<img alt="sample, train image 4: b (label 1), 2 × 3 × 3"');
    expect(inspect(picture)).toBe(bundle["text/plain"]);
    expect(inspect(picture, { colors: true })).toMatch(/^\x1b\[38;2;\d+;\d+;\d+m.*▀[\s\S]*sample, train image 4: b/);
  });

  test("decodes a file to the set's shape, as loadImages does, and escapes its name", async () => {
    const files = await fileSet();
    const picture = await imageAt(files, 0);
    expect(picture.data).toEqual((await loadImages(files)).images);
    expect([picture.name, picture.height, picture.width]).toEqual([files.files[0], 4, 4]);
    expect(shown(picture)["text/html"]).toContain("red &lt;1&gt;.png: a");
    await expect(imageAt({ ...files, files: ["/none.png"] }, 0)).rejects.toThrow(/^imageAt: .*none\.png/);
  });

  test.each([10, -1, 0.5])("refuses the index %d of 10", (index) => {
    expect(() => imageAt(set, index)).toThrow(
      new RangeError(`imageAt: index must be a whole number from 0 to 9, got index=${index}`),
    );
  });
});

describe("imageTensor", () => {
  test("gives what a batch of that image holds", async () => {
    for (const options of [{}, { mean: 0.5, std: [0.1, 0.2, 0.3] }]) {
      const [batch] = batches(choose(set, [7]), { batchSize: 1, ...options });
      const tensor = imageTensor(set, 7, options);
      expect([tensor.shape, tensor.dtype, tensor.dataSync()]).toEqual([
        [1, 2, 3, 3],
        "float32",
        batch!.images.dataSync(),
      ]);
      tf.dispose([batch!, tensor]);
    }
    const files = await fileSet();
    const red = await imageTensor(files, 0, { mean: 0, std: 1 });
    expect([red.shape, Array.from(red.dataSync().subarray(0, 3))]).toEqual([
      [1, 4, 4, 3],
      [1, 0, 0],
    ]);
    red.dispose();
  });

  test("refuses a mean of other channels", () => {
    expect(() => imageTensor(set, 0, { mean: [0.5] })).toThrow("imageTensor: mean must be a finite number, or one for");
  });
});

test.each([
  ["as they are, enlarged by whole pixels where they are small", [16, 16], [64, 11 * 64 + 10 * 8], 64 + 8],
  ["at half their size where they are large", [128, 128], [64, 12 * 64 + 11 * 2], 64 + 2],
  ["as many as fit, of those that are wide", [64, 256], [64, 3 * 256 + 2 * 2], 256 + 2],
])("a set shows its first images %s", async (_what, [height, width], size, second) => {
  const images = Array.from({ length: 13 }, (_, i) => new Uint8Array(height! * width! * 3).fill(10 * i));
  const labels = images.map(() => 0);
  const set = fromArrays({ images: Buffer.concat(images), labels, imageShape: [height!, width!, 3] });
  const png = Buffer.from(shown(set)["image/png"]!, "base64");
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.height, info.width]).toEqual(size);
  expect([0, second - 1, second].map((x) => data[3 * x])).toEqual([0, 255, 10]);
});
