import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { datasets, tf } from "saccade"; // as built: worker threads are started from the compiled files
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { makeArchive, sha256 } from "../../files/make-archive.js";

const { ImageError, imageFolder, imagenette, imagenetteFiles, loadImages, pipeline } = datasets;
const MIRROR = process.env.SACCADE_MIRROR;
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-folder-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A picture of one brightness. */
const picture = (width: number, height: number, value: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: { r: value, g: value, b: value } } })
    .png()
    .toBuffer();

async function classes(): Promise<string> {
  const root = join(folder, "images");
  for (const [path, value] of [
    ["b/1.png", 100],
    ["b/2.PNG", 110],
    ["a/deep/er/3.png", 50],
    ["a/0.png", 40],
  ] as const) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), await picture(7, 5, value));
  }
  writeFileSync(join(root, "a", "notes.txt"), "no image");
  writeFileSync(join(root, "a", "._0.png"), "what another system leaves");
  mkdirSync(join(root, ".ipynb_checkpoints"));
  symlinkSync(join(root, "b"), join(root, "a", "away"));
  return root;
}

describe("imageFolder", () => {
  test("takes each folder as a class and the images below it, in order, and follows no link", async () => {
    const root = await classes();
    const set = await imageFolder(root, { side: 4 });
    expect(set.files.map((file) => file.slice(root.length + 1))).toEqual([
      "a/0.png",
      "a/deep/er/3.png",
      "b/1.png",
      "b/2.PNG",
    ]);
    expect([Array.from(set.labels), set.classNames, set.imageShape]).toEqual([
      [0, 0, 1, 1],
      ["a", "b"],
      [4, 4, 3],
    ]);
    expect(set).toMatchObject({ name: "images", provenance: { kind: "folder", label: `4 images in ${root}` } });
  });

  test("follows links where it is told to, and none without end", async () => {
    const root = await classes();
    symlinkSync(root, join(root, "a", "deep", "above"));
    symlinkSync(join(root, "a"), join(root, "c"));
    symlinkSync(join(root, "b", "1.png"), join(root, "b", "0.png"));
    const set = await imageFolder(root, { side: 4, followLinks: true });
    const own = set.files.filter((_, i) => set.labels[i] === 1).map((file) => file.slice(root.length + 1));
    expect([own, set.classNames]).toEqual([
      ["b/0.png", "b/1.png", "b/2.PNG"],
      ["a", "b", "c"],
    ]);
    expect(set.files.map((file) => file.slice(root.length + 1)).filter((file) => file.startsWith("a/away/"))).toEqual([
      "a/away/0.png",
      "a/away/1.png",
      "a/away/2.PNG",
    ]);
    expect(await loadImages({ ...set, mean: 0.1, std: [1, 2, 3] })).toMatchObject({
      labels: set.labels,
      mean: 0.1,
      std: [1, 2, 3],
    });
  });

  test("says what it passes over, how many of which kind, links too; names with a dot aside", async () => {
    const root = await classes();
    for (const path of ["a/1.heic", "a/deep/2.HEIC", "b/map.svg", "b/README", "beside.jpg", "list.csv"]) {
      writeFileSync(join(root, path), "");
    }
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    const set = await imageFolder(root, { side: 4 });
    expect(set.files).toHaveLength(4);
    const kinds =
      "2 .heic (such as a/1.heic), 1 beside the classes' folders (beside.jpg), 1 .csv (list.csv), " +
      "1 link (a/away), 1 .txt (a/notes.txt), 1 without an extension (b/README), 1 .svg (b/map.svg)";
    expect(warned.mock.calls).toEqual([[`imageFolder: passed over in ${root}: ${kinds}`]]);
    warned.mockClear();
    const clean = join(folder, "clean");
    mkdirSync(join(clean, "a"), { recursive: true });
    writeFileSync(join(clean, "a", "1.ppm"), "P6 1 1 255\nabc");
    writeFileSync(join(clean, "a", "2.BMP"), "");
    writeFileSync(join(clean, "a", ".DS_Store"), "");
    expect((await imageFolder(clean)).files.map((file) => file.slice(clean.length + 1))).toEqual([
      "a/1.ppm",
      "a/2.BMP",
    ]);
    expect(warned).not.toHaveBeenCalled();
  });

  test("refuses a set's splits where the classes should be", async () => {
    const root = join(folder, "set");
    for (const path of ["train/cat", "train/dog", "val/cat", "val/dog"]) {
      mkdirSync(join(root, path), { recursive: true });
      writeFileSync(join(root, path, "1.png"), await picture(4, 4, 9));
    }
    const message = "the folder must hold a folder for each class, got a set's splits: give one (train, val)";
    await expect(imageFolder(root)).rejects.toThrow(message);
    expect((await imageFolder(join(root, "train"))).classNames).toEqual(["cat", "dog"]);
    for (const path of ["train", "val"]) writeFileSync(join(root, path, "1.png"), await picture(4, 4, 9));
    expect((await imageFolder(root)).classNames).toEqual(["train", "val"]); // images of trains, say
  });

  test("names what a class holds in an image's place", async () => {
    mkdirSync(join(folder, "phone", "cat"), { recursive: true });
    for (const name of ["1.heic", "2.heic"]) writeFileSync(join(folder, "phone", "cat", name), "");
    await expect(imageFolder(join(folder, "phone"))).rejects.toThrow(
      /got none in .*cat; passed over: 2 \.heic \(such as cat\/1\.heic\)$/,
    );
  });

  test("refuses a folder that is not there, one without classes, and a class without images", async () => {
    await expect(imageFolder(join(folder, "none"))).rejects.toThrow(
      /^imageFolder: the folder must be one that can be read, got ENOENT: .*none/,
    );
    mkdirSync(join(folder, "bare"));
    await expect(imageFolder(join(folder, "bare"))).rejects.toThrow(
      "imageFolder: the folder must hold a folder for each class (links are passed over), got none",
    );
    mkdirSync(join(folder, "bare", "empty"));
    await expect(imageFolder(join(folder, "bare"))).rejects.toThrow(
      /each class must have at least one image \(jpg, .*pnm\), got none in .*empty$/,
    );
    await expect(imageFolder(folder, { side: 0 })).rejects.toThrow(
      "imageFolder: side must be a whole number from 1 to 4096, got side=0",
    );
  });
});

describe("loadImages and pipeline of files", () => {
  test("decode each image to the set's shape, with its label", async () => {
    const set = await loadImages(await imageFolder(await classes(), { side: 4 }), { progress: () => {} });
    expect(set.images).toEqual(
      Uint8Array.from([40, 50, 100, 110].flatMap((value) => new Array<number>(48).fill(value))),
    );
    expect(Array.from(set.labels)).toEqual([0, 0, 1, 1]);
  });

  test("give the same batches, with any number of workers", async () => {
    const files = await imageFolder(await classes(), { side: 4 });
    const options = { batchSize: 3, shuffle: true, seed: 1 };
    const expected = Array.from(datasets.batches(await loadImages(files), options), (batch) =>
      Array.from(batch.images.dataSync()),
    );
    for (const workers of [1, 2]) {
      const data = pipeline(files, { ...options, workers });
      const found: number[][] = [];
      for await (const batch of data.epoch(0)) {
        found.push(Array.from(batch.images.dataSync()));
        tf.dispose(batch);
      }
      await data.close();
      expect(found).toEqual(expected);
    }
  });

  test("cut random windows out of the whole image, the same with any number of workers", async () => {
    const root = join(folder, "wide");
    mkdirSync(join(root, "a"), { recursive: true });
    const noise = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 89) % 256);
    for (let i = 0; i < 5; i++)
      writeFileSync(
        join(root, "a", `${i}.png`),
        await sharp(noise, { raw: { width: 40, height: 30, channels: 3 } })
          .png()
          .toBuffer(),
      );
    const files = await imageFolder(root, { side: 8 });
    const read = async (workers: number): Promise<number[][]> => {
      const data = pipeline(files, { batchSize: 1, workers, augment: { randomResizedCrop: {}, horizontalFlip: true } });
      const found: number[][] = [];
      for await (const batch of data.epoch(0)) {
        found.push(Array.from(batch.images.dataSync()));
        tf.dispose(batch);
      }
      await data.close();
      return found;
    };
    const windows = await read(1);
    expect(await read(3)).toEqual(windows);
    expect(new Set(windows.map(String)).size).toBe(5); // one picture, five windows of it
  });

  test("name the file that cannot be decoded, and go on with other epochs", async () => {
    const root = await classes();
    writeFileSync(join(root, "b", "2.PNG"), "no image");
    const files = await imageFolder(root, { side: 4 });
    await expect(loadImages(files)).rejects.toThrow(/^loadImages: .*2\.PNG\)$/);
    const data = pipeline(files, { batchSize: 1, workers: 2 });
    const run = async (): Promise<number> => {
      let count = 0;
      for await (const batch of data.epoch(0)) {
        tf.dispose(batch);
        count++;
      }
      return count;
    };
    for (let times = 0; times < 2; times++) {
      const running = run();
      await expect(running).rejects.toThrow(ImageError);
      await expect(running).rejects.toThrow(/^pipeline: .*2\.PNG\)$/);
    }
    await data.close();
  });

  test("stop when the signal aborts", async () => {
    const set = await imageFolder(await classes());
    await expect(loadImages(set, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});

const WNIDS =
  "n01440764 n02102040 n02979186 n03000684 n03028079 n03394916 n03417042 n03425413 n03445777 n03888257".split(" ");

async function mirrorOf(paths: readonly string[]): Promise<string> {
  const bytes = await sharp({ create: { width: 9, height: 6, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
  const archive = makeArchive(paths.map((path) => ({ path, bytes })));
  vi.spyOn(process.stderr, "write").mockReturnValue(true); // where unpacking says that it begins
  const mirror = join(folder, "mirror");
  mkdirSync(join(mirror, "imagenette"), { recursive: true });
  writeFileSync(join(mirror, "imagenette", "imagenette2-160.tgz"), archive);
  writeFileSync(join(mirror, "SHA256SUMS"), `${sha256(archive).hex}  imagenette/imagenette2-160.tgz\n`);
  vi.stubEnv("SACCADE_MIRROR", mirror);
  return join(folder, "cache", "datasets", "imagenette");
}

const WHOLE = ["train", "val"].flatMap((split) =>
  WNIDS.map((wnid) => `imagenette2-160/${split}/${wnid}/${wnid}_1.JPEG`),
);

describe("imagenette", () => {
  beforeEach(() => void vi.stubEnv("SACCADE_CACHE", join(folder, "cache")));

  test("unpacks the archive into the cache once, and decodes it", async () => {
    const unpacked = await mirrorOf([...WHOLE, "imagenette2-160/noisy.csv"]);
    const set = await imagenette({ side: 4 });
    expect([set.train.images.length, Array.from(set.test.labels), set.classNames[9]]).toEqual([
      10 * 48,
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      "parachute",
    ]);
    expect(set.provenance).toMatchObject({ kind: "archive", archives: [{ file: "imagenette2-160.tgz" }] });
    const [name] = readdirSync(unpacked);
    expect([readdirSync(unpacked).length, readdirSync(join(unpacked, name!, "imagenette2-160"))]).toEqual([
      1,
      ["train", "val"],
    ]);
    rmSync(join(unpacked, name!, "imagenette2-160", "train", WNIDS[0]!, `${WNIDS[0]}_1.JPEG`));
    // as it lies there, not unpacked again
    await expect(imagenetteFiles()).rejects.toThrow("each class must have at least one image");
  });

  test.each([
    [
      "a path that leaves the folder",
      [...WHOLE, "imagenette2-160/train/../../../x.JPEG"],
      "must stay in the archive's folder",
    ],
    ["a file twice", [...WHOLE, WHOLE[0]!], "must hold each file once"],
    ["nothing of it", ["other/a.JPEG"], "must hold files as"],
  ])("refuses an archive with %s and leaves nothing behind", async (_name, paths, message) => {
    const unpacked = await mirrorOf(paths);
    await expect(imagenetteFiles()).rejects.toThrow(message);
    expect(existsSync(unpacked) ? readdirSync(unpacked) : []).toEqual([]);
  });

  test("draws images where they take the archive's place", async () => {
    const set = await imagenette({ source: "generated", side: 64, generated: { trainImages: 10, testImages: 10 } });
    expect([set.train.imageShape, set.provenance.kind]).toEqual([[64, 64, 3], "generated"]);
  });

  test("refuses an unknown size", async () => {
    await expect(imagenetteFiles({ size: "224" as "160" })).rejects.toThrow(
      "imagenetteFiles: size must be one of 160, 320, full, got size='224'",
    );
  });
});

describe("imagenette from the archive of the mirror", () => {
  beforeEach(() => void vi.stubEnv("SACCADE_CACHE", join(folder, "cache")));

  const real = MIRROR !== undefined && existsSync(join(MIRROR, "imagenette", "imagenette2-160.tgz"));
  if (!real) console.log("imagenette from the archive: did not run, as SACCADE_MIRROR names no folder that holds it");

  test.skipIf(!real)(
    "decodes every photograph, the grey ones too, with equal classes or the published numbers",
    async () => {
      vi.stubEnv("SACCADE_MIRROR", MIRROR!);
      const { train, test } = await imagenetteFiles({ side: 32 });
      expect([
        [9469, 3925],
        [4500, 1500],
      ]).toContainEqual([train.files.length, test.files.length]); // the official archive, or 450 and 150 a class of it
      const set = await loadImages(test);
      expect(set.images.length).toBe(test.files.length * 32 * 32 * 3);
      const { mean } = datasets.channelStatistics(set);
      // The validation photographs are near ImageNet's own means.
      mean.forEach((value, c) =>
        expect(Math.abs(value - datasets.PUBLISHED_STATISTICS.imagenet.mean[c]!)).toBeLessThan(0.05),
      );
    },
  );
});
