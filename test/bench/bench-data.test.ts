/** What `npm run bench -- data` measures; the figures are the bench's business. */
import { describe, expect, it } from "vitest";
import { DATA_CASES } from "../../lib/bench/data/data-cases.js";
import { planBatches } from "../../lib/datasets/batch-options.js";
import { registry } from "../../lib/models/index.js";

describe("the data bench", () => {
  it("has a case for each of the six studies, of a network that takes its images", () => {
    expect([...new Set(DATA_CASES.map(({ name }) => name.slice(0, "study-1".length)))]).toEqual(
      [1, 2, 3, 4, 5, 6].map((study) => `study-${study}`),
    );
    expect(new Set(DATA_CASES.map(({ name }) => name)).size).toBe(DATA_CASES.length);
    for (const { model, overrides, imageShape } of DATA_CASES)
      expect({ ...registry[model].config, ...overrides }).toMatchObject({ inputShape: imageShape });
  });

  it("changes the images as the study does", () => {
    const augment = Object.fromEntries(DATA_CASES.map(({ name, options }) => [name, options.augment ?? {}]));
    const photographs = { randomResizedCrop: {}, horizontalFlip: true };
    expect(augment).toEqual({
      "study-1": {},
      "study-2": { cropPadding: 4, horizontalFlip: true },
      "study-3": {},
      "study-4": { horizontalFlip: true, autoAugment: "cifar10" },
      "study-5": photographs,
      "study-5-small": photographs,
      "study-6": {},
    });
  });

  it.each(DATA_CASES)("$name gives the pipeline options that it takes", ({ imageShape, options }) => {
    const set = {
      name: "x",
      split: "train",
      files: ["a"],
      labels: Int32Array.of(0),
      imageShape,
      classNames: ["a"],
      provenance: { kind: "folder", label: "x", archives: [] },
    } as const;
    expect(planBatches(set, options)).toMatchObject({ batchSize: options.batchSize, shuffle: true });
  });
});
