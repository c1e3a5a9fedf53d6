import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CIFAR10, cifar10 } from "../../lib/datasets/cifar10.js";
import { CIFAR100 } from "../../lib/datasets/cifar100.js";
import { binaryReader } from "../../lib/datasets/cifar-binary.js";
import { allocate, partOf, setImage } from "../../lib/datasets/cifar-layout.js";
import type { Dataset, ImageSet } from "../../lib/datasets/types.js";
import { serve } from "../files/file-server.js";
import { makeArchive, sha256 } from "../files/make-archive.js";

const MIRROR = process.env.SACCADE_MIRROR;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-cifar10-"));
  vi.stubEnv("SACCADE_CACHE", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** An archive of the binary layout: image i of a file has label i mod 10 and planes full of file, i mod 256, 7. */
function smallestArchive(): Buffer {
  const members = [1, 2, 3, 4, 5, 6].map((file) => {
    const bytes = new Uint8Array(10_000 * 3073);
    for (let i = 0; i < 10_000; i++) {
      const at = i * 3073;
      bytes[at] = i % 10;
      bytes
        .fill(file, at + 1, at + 1025)
        .fill(i % 256, at + 1025, at + 2049)
        .fill(7, at + 2049, at + 3073);
    }
    return { path: `cifar-10-batches-bin/${file === 6 ? "test_batch" : `data_batch_${file}`}.bin`, bytes };
  });
  return makeArchive(members);
}

const pixel = (set: ImageSet, image: number, at = 0): number[] =>
  Array.from(set.images.subarray(image * 3072 + at * 3, image * 3072 + at * 3 + 3));

describe("cifar10", () => {
  test("reads the binary archive of a mirror folder, and names the mirror", async () => {
    const archive = smallestArchive();
    const mirror = join(folder, "mirror");
    mkdirSync(join(mirror, "cifar-10"), { recursive: true });
    writeFileSync(join(mirror, "cifar-10", "cifar-10-binary.tar.gz"), archive);
    writeFileSync(join(mirror, "SHA256SUMS"), `${sha256(archive).hex}  cifar-10/cifar-10-binary.tar.gz\n`);
    vi.stubEnv("SACCADE_MIRROR", mirror);
    const set = await cifar10();
    expect([set.train.images.length, set.train.labels.length, set.test.images.length]).toEqual([
      50_000 * 3072,
      50_000,
      10_000 * 3072,
    ]);
    expect(pixel(set.train, 0)).toEqual([1, 0, 7]);
    expect(pixel(set.train, 49_999, 1023)).toEqual([5, 9999 % 256, 7]);
    expect(pixel(set.test, 3)).toEqual([6, 3, 7]);
    expect(Array.from(set.test.labels.subarray(8, 12))).toEqual([8, 9, 0, 1]);
    expect(set.provenance).toMatchObject({
      kind: "archive",
      archives: [{ from: mirror, digest: `sha256:${sha256(archive).hex}` }],
    });

    writeFileSync(join(mirror, "SHA256SUMS"), `${"0".repeat(64)}  cifar-10/cifar-10-binary.tar.gz\n`);
    await expect(cifar10()).rejects.toThrow(/sha256 must be 0000/);
    expect(existsSync(join(mirror, "cifar-10", "cifar-10-binary.tar.gz"))).toBe(true);
  });

  test("keeps a mirror URL's archive in the cache, and fetches a damaged one again", async () => {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    vi.spyOn(console, "warn").mockReturnValue();
    const archive = smallestArchive();
    const sums = Buffer.from(`${sha256(archive).hex}  cifar-10/cifar-10-binary.tar.gz\n`);
    const server = await serve({ "/m/cifar-10/cifar-10-binary.tar.gz": archive, "/m/SHA256SUMS": sums });
    try {
      vi.stubEnv("SACCADE_MIRROR", `${server.url}/m/`);
      expect((await cifar10()).provenance.archives[0]!.from).toBe(`${server.url}/m/`);
      const asked = server.requests.length;
      await cifar10();
      expect(server.requests.length).toBe(asked);
      writeFileSync(join(folder, "cache", "datasets", "cifar-10", "cifar-10-binary.tar.gz"), archive.subarray(0, 1000));
      expect(pixel((await cifar10()).train, 0)).toEqual([1, 0, 7]);
      expect(server.requests.length).toBe(2 * asked);
    } finally {
      await server.close();
    }
  });

  test("refuses a batch with a record too many, too few, or a label above 9", () => {
    const target = partOf(allocate(CIFAR10.layout, "test"), { first: 0, count: 10_000 });
    const reader = binaryReader(CIFAR10.layout, target);
    reader.sink(new Uint8Array(9_999 * 3073));
    expect(() => reader.finish()).toThrow(
      "cifar10: a batch must hold 10000 records of 3073 bytes, got 9999 and 0 bytes",
    );
    expect(() => reader.sink(new Uint8Array(3 * 3073))).toThrow("cifar10: a batch must hold 10000 records, got more");
    expect(() => binaryReader(CIFAR10.layout, target).sink(new Uint8Array(3073).fill(10))).toThrow(
      "cifar10: a label must be 0 to 9, got 10",
    );
  });

  test("reads CIFAR-100's records, which carry a coarse and a fine label, however the bytes arrive", () => {
    const target = partOf(allocate(CIFAR100.layout, "test"), { first: 1, count: 2 });
    const records = Uint8Array.from({ length: 2 * 3074 }, (_, i) => [19, 99][i % 3074] ?? (i < 3074 ? 5 : 6));
    const reader = binaryReader(CIFAR100.layout, target);
    for (const [from, to] of [
      [0, 1],
      [1, 3000],
      [3000, 3075],
      [3075, 6148],
    ])
      reader.sink(records.subarray(from, to));
    reader.finish();
    expect(target.labels.map((labels) => Array.from(labels))).toEqual([
      [19, 19],
      [99, 99],
    ]);
    expect([target.images[0], target.images[3071], target.images[3072]]).toEqual([5, 5, 6]);
    expect(() => binaryReader(CIFAR100.layout, target).sink(new Uint8Array(3074).fill(20))).toThrow(
      "cifar100: a label must be 0 to 19, got 20",
    );
  });

  test("turns planes into channels last", () => {
    const target = { images: new Uint8Array(3072), labels: [new Int32Array(1)] };
    setImage(
      target,
      0,
      Uint8Array.from({ length: 3072 }, (_, i) => Math.floor(i / 1024) * 100 + ((i % 1024) % 50)),
      0,
    );
    expect(Array.from(target.images.subarray(3, 9))).toEqual([1, 101, 201, 2, 102, 202]);
  });

  test("refuses an unknown layout", async () => {
    await expect(cifar10({ layout: "matlab" as "binary" })).rejects.toThrow(
      "cifar10: layout must be one of binary, python, got layout='matlab'",
    );
  });
});

describe("cifar10 from the real archives", () => {
  const real = MIRROR !== undefined && existsSync(join(MIRROR, "cifar-10", "cifar-10-python.tar.gz"));
  if (!real)
    console.log("cifar10 from the real archives: did not run, as SACCADE_MIRROR names no folder that holds them");

  test.skipIf(!real)("has the published counts and means, the same in both layouts", async () => {
    vi.stubEnv("SACCADE_MIRROR", MIRROR!);
    const [binary, python] = [await cifar10({ layout: "binary" }), await cifar10({ layout: "python" })] as [
      Dataset,
      Dataset,
    ];
    for (const split of ["train", "test"] as const) {
      expect(Buffer.compare(binary[split].images, python[split].images)).toBe(0);
      expect(Buffer.compare(Buffer.from(binary[split].labels.buffer), Buffer.from(python[split].labels.buffer))).toBe(
        0,
      );
      const counts = new Array<number>(10).fill(0);
      for (const label of binary[split].labels) counts[label]! += 1;
      expect(counts).toEqual(new Array(10).fill(split === "train" ? 5000 : 1000));
    }
    expect([binary.train.labels.length, binary.test.labels.length]).toEqual([50_000, 10_000]);
    const sums = [0, 0, 0];
    const { images } = binary.train;
    for (let i = 0; i < images.length; i++) sums[i % 3]! += images[i]!;
    // The training set's published channel means, given to four digits.
    expect(sums.map((sum) => (sum / 255 / (50_000 * 1024)).toFixed(4))).toEqual(["0.4914", "0.4822", "0.4465"]);
    expect(Array.from(binary.train.labels.subarray(0, 5)).map((label) => binary.classNames[label])).toEqual([
      "frog",
      "truck",
      "truck",
      "deer",
      "automobile",
    ]);
  });
});
