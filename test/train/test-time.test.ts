import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready } from "../../lib/backend/index.js";
import { evaluate, predict } from "../../lib/train/index.js";
import { apart, disposeAll, make, models, set, trained } from "./small-airbench.js";

beforeAll(ready);
afterEach(disposeAll);

describe("test-time augmentation", () => {
  it("is the mean of what the views are taken for, by evaluate and predict alike", async () => {
    const model = await trained({});
    const image = { ...set, images: set.images.subarray(0, 768), labels: set.labels.subarray(0, 1) };
    const views = { horizontalFlip: true, translate: 2 };
    const [{ logits }, plain] = [
      await evaluate(model, image, { testTimeAugmentation: views }),
      await evaluate(model, image),
    ];
    expect([...logits![0]!]).not.toEqual([...plain.logits![0]!]);
    const raster = { data: image.images, height: 16, width: 16, channels: 3 };
    const { probabilities } = await predict(model, raster, { testTimeAugmentation: views });
    const powers = [...logits![0]!].map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    expect(
      apart(
        probabilities,
        powers.map((power) => power / sum),
      ),
    ).toBeLessThan(1e-6);
    const nothing = await evaluate(model, image, { testTimeAugmentation: {} });
    expect([...nothing.logits![0]!]).toEqual([...plain.logits![0]!]);
  });

  it.each([
    [
      { translate: 16 },
      "evaluate: testTimeAugmentation.translate must be a whole number from 0 to below 16, the image's",
    ],
    [{ translate: -1 }, "evaluate: testTimeAugmentation.translate must be a whole number of 0 or more, got"],
    [{ mirror: true } as never, "got mirror; did you mean horizontalFlip?"],
  ])("refuses %o", async (testTimeAugmentation, message) => {
    const model = make();
    models.push(model);
    await expect(evaluate(model, set, { testTimeAugmentation })).rejects.toThrow(message);
  });
});
