import { beforeAll, describe, expect, it } from "vitest";
import { calibration, ensemble, mcnemar } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { accuracyPerClass, calibrationError, evaluate } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);

describe("calibrationError()", () => {
  it("is the bins' gap between confidence and accuracy, by their share of the images", () => {
    // Two bins, (0, 0.5] and (0.5, 1]: one image at 0.5, wrong: gap 0.5; three at 0.6, 0.8 and 1, two right: gap |2 −
    // 2.4|.
    expect(calibrationError([0.5, 0.6, 0.8, 1], [false, true, true, false], 2)).toBeCloseTo((0.5 + 0.4) / 4, 12);
  });

  it("is 0 for a confidence that is kept", () => {
    expect(calibrationError([0.75, 0.75, 0.75, 0.75], [true, true, false, true])).toBeCloseTo(0, 12);
  });

  it.each([
    [[], [], 15, "calibrationError: confidences and right must be of one length above 0, got 0 and 0"],
    [[1.5], [true], 15, "calibrationError: confidences must be 0 to 1, got 1.5 at 0"],
    [[1], [true], 0, "calibrationError: bins must be a whole number above 0, got bins=0"],
  ])("refuses %o", (confidences, right, bins, error) => {
    expect(() => calibrationError(confidences, right, bins)).toThrow(error);
  });
});

it("accuracyPerClass() is each class's share, NaN without images", () => {
  expect(accuracyPerClass([0, 0, 1], [true, false, true], 3)).toEqual([0.5, 1, NaN]);
});

describe("evaluate()", () => {
  it("gives top-5, per-class and calibration numbers as counted by hand from the logits", async () => {
    const set = brightnessSet({ count: 24, classes: 8 });
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 3] }),
        tf.layers.dense({ units: 8, kernelInitializer: tf.initializers.randomNormal({ seed: 5, stddev: 0.2 }) }),
      ],
    });
    const found = await evaluate(model, set, { batchSize: 10 });
    const images = tf.tensor4d(
      Float32Array.from(set.images, (byte) => (byte / 255 - 0.5) / 0.5),
      [24, 8, 8, 3],
    );
    const logits = (model.apply(images) as tf.Tensor2D).arraySync();
    const ranks = logits.map((row, i) => row.filter((value) => value > row[set.labels[i]!]!).length);
    const right = ranks.map((rank) => rank === 0);
    expect(found.top5Accuracy).toBe(ranks.filter((rank) => rank < 5).length / 24);
    expect(found.top5Accuracy).toBeGreaterThan(found.accuracy);
    expect(found.accuracy).toBe(right.filter(Boolean).length / 24);
    expect(found.perClass).toEqual(accuracyPerClass(set.labels, right, 8));
    const confidences = logits.map(
      (row) => 1 / row.reduce((sum, value) => sum + Math.exp(value - Math.max(...row)), 0),
    );
    expect(found.calibrationError).toBeCloseTo(calibrationError(confidences, right), 5);
    expect(calibration(found).ece).toBeCloseTo(found.calibrationError, 5);
    expect(calibration(found).nll).toBeCloseTo(found.loss, 5);
    expect(found.labels).toEqual(set.labels);
    found.logits!.forEach((row, i) => row.forEach((value, k) => expect(value).toBeCloseTo(logits[i]![k]!, 4)));
    const [three, twice] = [await evaluate(model, set, { batchSize: 3 }), ensemble([found, found])];
    expect(twice.predictions).toEqual(found.predictions);
    expect(mcnemar(set.labels, found, three)).toMatchObject({ onlyA: 0, onlyB: 0, accuracyA: found.accuracy });
    expect(JSON.stringify(found)).not.toMatch(/logits|confidences|labels/);
    expect((await evaluate(model, set, { keepLogits: false })).logits).toBeNull();
    images.dispose();
    model.dispose();
  });

  it("counts no answer that is not finite, also of five classes or fewer", async () => {
    const set = brightnessSet({ count: 6, classes: 3 });
    const model = tf.sequential({
      layers: [
        tf.layers.flatten({ inputShape: [8, 8, 3] }),
        tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.constant({ value: 3e38 }) }),
      ],
    }); // finite weights, and sums that are not
    expect(await evaluate(model, set)).toMatchObject({ accuracy: 0, top5Accuracy: 0, perClass: [0, 0, 0], loss: NaN });
    model.dispose();
  });
});
