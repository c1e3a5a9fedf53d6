/** ResNet without its skip connections: the plain networks of He et al. 2015. */
import { afterEach, describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { createModel, outline } from "../../lib/models/index.js";

afterEach(() => tf.disposeVariables());

const SIZES = { inputShape: [16, 16, 3], numClasses: 4, blocks: [1, 1], filters: [4, 8] } as const;

describe("a resnet without skip connections", () => {
  it("has the same 34 layers, and neither additions nor 1×1 shortcuts", () => {
    const [without, params] = outline("resnet34_bias", { skipConnections: false }, (model) => [
      model.layers.map(({ name }) => name),
      model.countParams(),
    ]);
    expect(without.filter((name) => /\/(add|shortcut)/.test(name))).toEqual([]);
    expect(without.filter((name) => /conv\d?$|^head$/.test(name))).toHaveLength(34);
    // 1×1 convolutions 64 → 128 → 256 → 512 with their biases, and their norms' two weights and two statistics
    const shortcuts = 64 * 128 + 128 * 256 + 256 * 512 + (1 + 4) * (128 + 256 + 512);
    expect(params).toBe(outline("resnet34_bias", {}, (model) => model.countParams()) - shortcuts);
  });

  it("passes nothing by a block: where the last convolution gives 0, no image changes the logits", () => {
    const logits = (skipConnections: boolean) => {
      const model = createModel("resnet18", { ...SIZES, skipConnections });
      const last = model.getLayer("stage2/block1/norm2").weights[0]!;
      last.write(tf.zerosLike(last.read()));
      return tf.tidy(() =>
        (model.predict(tf.randomNormal([2, 16, 16, 3], 0, 1, "float32", 5)) as tf.Tensor).arraySync(),
      );
    };
    const [first, second] = logits(false) as number[][];
    expect(first).toEqual(second);
    const [third, fourth] = logits(true) as number[][];
    expect(third).not.toEqual(fourth);
  });
});
