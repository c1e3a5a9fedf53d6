import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { crossEntropy, type LossConfig } from "../../lib/train/index.js";

interface Row {
  readonly targets: "labels" | "soft";
  readonly config: LossConfig;
  readonly loss: number;
  readonly gradient: number[][];
}
const fixture = JSON.parse(readFileSync(new URL("../fixtures/train/losses.json", import.meta.url), "utf8")) as {
  logits: number[][];
  labels: number[];
  soft: number[][];
  rows: Row[];
};

beforeAll(ready);

describe("crossEntropy()", () => {
  it.each(fixture.rows)(
    "is PyTorch's, and so is its gradient: $targets, $config",
    ({ targets, config, loss, gradient }) => {
      tf.tidy(() => {
        const given = targets === "labels" ? tf.tensor1d(fixture.labels, "int32") : tf.tensor2d(fixture.soft);
        const { value, grad } = tf.valueAndGrad((logits) => crossEntropy(logits as tf.Tensor2D, given, config))(
          tf.tensor2d(fixture.logits),
        );
        const actual = [...grad.dataSync()];
        const expected = gradient.flat();
        expect(value.dataSync()[0]).toBeCloseTo(loss, 5); // float32, logits of up to 10
        expect(actual.filter((each, i) => !(Math.abs(each - expected[i]!) < 1e-6))).toEqual([]);
      });
    },
  );

  it.each([
    [
      { labelSmoothing: 1 },
      [4],
      "crossEntropy: labelSmoothing must be a number from 0 to below 1, got labelSmoothing=1",
    ],
    [
      { classWeights: [1, 2] },
      [4],
      "crossEntropy: classWeights must be an array of 3, each item a number of 0 or more, or null for none, got",
    ],
    [{ classWeights: [0, 0, 0] }, [4], "crossEntropy: classWeights must not all be 0, got [0, 0, 0]"],
    [{ classWeights: [1, 1, 1] }, [4, 2], "crossEntropy: targets must be int32 [4] or float32 [4, 3], got int32 [4,2]"],
  ])("refuses %o with targets [%s]", (config, shape, error) => {
    tf.tidy(() => void expect(() => crossEntropy(tf.zeros([4, 3]), tf.zeros(shape, "int32"), config)).toThrow(error));
  });
});
