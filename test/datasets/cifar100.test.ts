import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readArchive } from "../../lib/files/archive.js";
import { cifar100, CIFAR100_CLASSES, CIFAR100_SUPERCLASSES } from "../../lib/datasets/cifar100.js";

const MIRROR = process.env.SACCADE_MIRROR;
afterEach(() => void vi.unstubAllEnvs());

describe("cifar100", () => {
  test("draws images of 100 classes, or of 20 superclasses, where they take the archive's place", async () => {
    const generated = { trainImages: 200, testImages: 100 };
    const [fine, coarse] = [
      await cifar100({ source: "generated", generated }),
      await cifar100({ source: "generated", labels: "coarse", generated }),
    ];
    expect([fine.classNames.length, new Set(fine.classNames).size, new Set(fine.train.labels).size]).toEqual([
      100, 100, 100,
    ]);
    expect([coarse.classNames.length, new Set(coarse.train.labels).size]).toEqual([20, 20]);
    expect(fine.provenance.kind).toBe("generated");
  });

  test("refuses unknown labels", async () => {
    await expect(cifar100({ labels: "both" as "fine" })).rejects.toThrow(
      new RangeError("cifar100: labels must be one of fine, coarse, got labels='both'"),
    );
  });
});

describe("cifar100 from the real archives", () => {
  const real = MIRROR !== undefined && existsSync(join(MIRROR, "cifar-100", "cifar-100-python.tar.gz"));
  if (!real)
    console.log("cifar100 from the real archives: did not run, as SACCADE_MIRROR names no folder that holds them");

  test.skipIf(!real)(
    "has 500 and 100 images of each fine class, five fine classes in each coarse one, the same in both layouts",
    async () => {
      const [fine, coarse, python] = [
        await cifar100(),
        await cifar100({ labels: "coarse" }),
        await cifar100({ layout: "python" }),
      ];
      for (const split of ["train", "test"] as const) {
        const counts = new Array<number>(100).fill(0);
        for (const label of fine[split].labels) counts[label]! += 1;
        expect(counts).toEqual(new Array(100).fill(split === "train" ? 500 : 100));
        expect(Buffer.compare(fine[split].images, python[split].images)).toBe(0);
        expect(Array.from(fine[split].labels)).toEqual(Array.from(python[split].labels));
      }
      const groups = new Map<number, number>();
      fine.train.labels.forEach((label, i) => groups.set(label, coarse.train.labels[i]!));
      const sizes = new Array<number>(20).fill(0);
      for (const group of groups.values()) sizes[group]! += 1;
      expect(sizes).toEqual(new Array(20).fill(5));
      expect(fine.test.labels.every((label, i) => groups.get(label) === coarse.test.labels[i])).toBe(true);
      expect(CIFAR100_SUPERCLASSES[groups.get(CIFAR100_CLASSES.indexOf("maple_tree"))!]).toBe("trees");
    },
  );

  test.skipIf(!real)("names the classes as the archive does", async () => {
    const texts: Record<string, string> = {};
    await readArchive(join(MIRROR!, "cifar-100", "cifar-100-binary.tar.gz"), { maxBytes: 2e8 }, (path) =>
      path.endsWith(".txt")
        ? (chunk) => void (texts[path] = (texts[path] ?? "") + Buffer.from(chunk).toString())
        : undefined,
    );
    expect(texts["cifar-100-binary/fine_label_names.txt"]!.trim().split("\n")).toEqual(CIFAR100_CLASSES);
    expect(texts["cifar-100-binary/coarse_label_names.txt"]!.trim().split("\n")).toEqual(CIFAR100_SUPERCLASSES);
  });
});
