import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArchiveError } from "../../lib/files/archive.js";
import { DigestError } from "../../lib/files/digest.js";
import { readIdx } from "../../lib/datasets/idx.js";
import { fashionMnist, mnist } from "../../lib/datasets/mnist.js";
import { sha256 } from "../files/make-archive.js";

const MIRROR = process.env.SACCADE_MIRROR;
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-mnist-"))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function idx(shape: readonly number[], values: Uint8Array, type = 8): Uint8Array {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  shape.forEach((side, axis) => header.writeUInt32BE(side, 4 + 4 * axis));
  return Buffer.concat([header, values]);
}

function read(unpacked: Uint8Array, shape: readonly number[]): Promise<Uint8Array> {
  const path = join(folder, "a.gz");
  const bytes = gzipSync(unpacked);
  writeFileSync(path, bytes);
  return readIdx({ path, digest: sha256(bytes) }, shape);
}

describe("readIdx", () => {
  test("gives the values in the file's order", async () => {
    expect(await read(idx([2, 1, 3], Uint8Array.of(1, 2, 3, 4, 5, 6)), [2, 1, 3])).toEqual(
      Uint8Array.of(1, 2, 3, 4, 5, 6),
    );
  });

  test.each<[string, Uint8Array, string]>([
    [
      "other sides",
      idx([3, 2], new Uint8Array(6)),
      "readIdx: must be uint8 [2, 3], got the header 000008020000000300000002",
    ],
    ["another type", idx([2, 3], new Uint8Array(6), 9), "must be uint8 [2, 3]"],
    ["too few values", idx([2, 3], new Uint8Array(5)), "must hold 6 values, got 5"],
    ["too many values", idx([2, 3], new Uint8Array(7)), "must unpack to at most 18 bytes, got more"],
    ["nothing", new Uint8Array(0), "must be uint8 [2, 3], got the header "],
  ])("refuses a file with %s", async (_name, unpacked, message) => {
    const reading = read(unpacked, [2, 3]);
    await expect(reading).rejects.toThrow(ArchiveError);
    await expect(reading).rejects.toThrow(message);
  });

  test("refuses bytes other than the digest's, and a file cut off", async () => {
    const bytes = gzipSync(idx([4], Uint8Array.of(1, 2, 3, 4)));
    const path = join(folder, "b.gz");
    writeFileSync(path, bytes.subarray(0, bytes.length - 6));
    await expect(readIdx({ path, digest: sha256(bytes) }, [4])).rejects.toThrow(DigestError);
    await expect(readIdx({ path, digest: sha256(bytes.subarray(0, bytes.length - 6)) }, [4])).rejects.toThrow(
      "readGzip: must be a whole .gz, got unexpected end of file",
    );
  });
});

describe("mnist and fashionMnist", () => {
  test("read four files of a mirror folder, and name each", async () => {
    mkdirSync(join(folder, "mnist"));
    const sums: string[] = [];
    const put = (file: string, shape: readonly number[], value: (i: number) => number): void => {
      const bytes = gzipSync(
        idx(
          shape,
          Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
        ),
        { level: 1 },
      );
      writeFileSync(join(folder, "mnist", file), bytes);
      sums.push(`${sha256(bytes).hex}  mnist/${file}`);
    };
    put("train-images-idx3-ubyte.gz", [60_000, 28, 28], (i) => Math.floor(i / 784) % 256);
    put("train-labels-idx1-ubyte.gz", [60_000], (i) => i % 10);
    put("t10k-images-idx3-ubyte.gz", [10_000, 28, 28], () => 9);
    put("t10k-labels-idx1-ubyte.gz", [10_000], (i) => (i + 1) % 10);
    writeFileSync(join(folder, "SHA256SUMS"), sums.join("\n"));
    vi.stubEnv("SACCADE_MIRROR", folder);
    const set = await mnist({ source: "archive" });
    expect([set.train.imageShape, set.train.labels.length, set.test.labels.length]).toEqual([
      [28, 28, 1],
      60_000,
      10_000,
    ]);
    expect([set.train.images[784 * 59_999], set.train.labels[59_999], set.test.images[0], set.test.labels[0]]).toEqual([
      59_999 % 256,
      9,
      9,
      1,
    ]);
    for (const split of [set.train, set.test]) expect(split).toMatchObject({ mean: [0.1307], std: [0.3081] });
    expect(set.provenance.archives.map((archive) => archive.file)).toHaveLength(4);
    expect(set.provenance.label).toMatch(
      /^MNIST \(train-images-idx3-ubyte\.gz and 3 more, sha256 [0-9a-f]{12}…, from a mirror\)$/,
    );
  });

  test("draw grey images of their shape where they take the archive's place", async () => {
    const set = await fashionMnist({ source: "generated", generated: { trainImages: 20, testImages: 10 } });
    expect([set.train.imageShape, set.train.images.length, set.classNames.length]).toEqual([[28, 28, 1], 20 * 784, 10]);
    expect(new Set(set.train.images).size).toBeGreaterThan(50);
  });
});

describe("fashionMnist from the real archives", () => {
  const real = MIRROR !== undefined && existsSync(join(MIRROR, "fashion-mnist", "train-images-idx3-ubyte.gz"));
  if (!real)
    console.log("fashionMnist from the real archives: did not run, as SACCADE_MIRROR names no folder that holds them");

  test.skipIf(!real)("has equal classes, in the authors' own bytes", async () => {
    mkdirSync(join(folder, "bare"));
    // Without the mirror's SHA256SUMS the published md5s are what is checked.
    symlinkSync(join(MIRROR!, "fashion-mnist"), join(folder, "bare", "fashion-mnist"));
    vi.stubEnv("SACCADE_MIRROR", join(folder, "bare"));
    const set = await fashionMnist({ source: "archive" });
    expect(set.provenance.archives[0]!.digest).toBe("md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d");
    for (const split of ["train", "test"] as const) {
      const counts = new Array<number>(10).fill(0);
      for (const label of set[split].labels) counts[label]! += 1;
      expect(counts).toEqual(new Array(10).fill(split === "train" ? 6000 : 1000));
    }
    expect(set.classNames[set.train.labels[0]!]).toBe("Ankle boot");
  });
});
