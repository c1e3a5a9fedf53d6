/** Against timm's and the Compact-Transformers' own modules, and rollout and distance in numpy: the same weights. */
import { beforeAll, describe, expect, it } from "vitest";
import { attentionDistance, attentionMap, attentionRollout, attentionWeights } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { createModel, type ModelName } from "../../../lib/models/index.js";
import { Fixture } from "../../fixtures/safetensors.js";

beforeAll(ready);

// The reference is exact (float64). Probabilities and their products are below 1: float32 keeps six digits of them.
const TOLERANCE = 2e-6;

/** The images that the script made: [B, H, W, 3]. */
function pattern([height, width]: readonly number[]): tf.Tensor4D {
  const values = Float32Array.from({ length: 2 * height! * width! * 3 }, (_, i) => ((i * 7919) % 1009) / 504.5 - 1);
  return tf.tensor4d(values, [2, height!, width!, 3]);
}

const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
};

describe.each<[string, string, ModelName]>([
  ["vit", "maps-vit", "vit_base_patch16_224"],
  ["authors-cct-learnable", "maps-cct", "cct_6_7x1_32"],
])("attention of %s, same weights and images", (network, fixture, name) => {
  const [weightsOf, stored] = [new Fixture(network), new Fixture(fixture)];
  const { learningRate: _, steps: __, ...config } = weightsOf.config;

  async function weights() {
    const model = createModel(name, config);
    for (const weight of model.trainableWeights) weight.write(weightsOf.tensor(`weight/${weight.originalName}`));
    return attentionWeights(model, pattern(config["inputShape"] as number[]));
  }
  const values = (of: string): Float32Array => stored.tensor(of).dataSync() as Float32Array;

  it("has the probabilities of PyTorch's modules", async () => {
    const blocks = (await weights()).filter(({ kind }) => kind === "tokens");
    const ours = blocks.flatMap((block) => [...block.values]);
    expect(largest(ours, values("attention"))).toBeLessThan(TOLERANCE);
  });

  it("rolls out as numpy does, by mean, max and min, with and without discarding", async () => {
    const blocks = (await weights()).filter(({ kind }) => kind === "tokens");
    for (const fusion of ["mean", "max", "min"] as const) {
      for (const discardRatio of [0, 0.4]) {
        const rolled = attentionRollout(blocks, { fusion, discardRatio });
        expect(largest(rolled.values, values(`rollout/${fusion}/${discardRatio}`))).toBeLessThan(TOLERANCE);
      }
    }
  });

  it("has the mean distance of each head in pixels", async () => {
    const all = attentionDistance(await weights());
    const reference = values("distance");
    expect(
      largest(
        all.flatMap(({ heads }) => heads),
        reference,
      ),
    ).toBeLessThan(2e-5); // some ten pixels
    expect(all.map(({ layer }) => layer)).toEqual(["block1/attention", "block2/attention"]);
  });

  it("weighs a sequence pooling's tokens, and rolls out to them", async () => {
    const all = await weights();
    const pooling = all.find(({ kind }) => kind === "pooling");
    if (name.startsWith("vit")) {
      expect(pooling).toBeUndefined();
      return;
    }
    expect(largest(pooling!.values, values("pooling"))).toBeLessThan(TOLERANCE);
    const rolled = attentionRollout(all);
    expect(rolled).toMatchObject({ layer: "rollout", kind: "pooling", shape: [2, 1, 1, 16] });
    expect(largest(rolled.values, values("pooled"))).toBeLessThan(TOLERANCE);
    const map = attentionMap(rolled, 1);
    expect([map.rows, map.columns]).toEqual([4, 4]);
    expect(largest(map.values, rolled.values.slice(16))).toBeLessThan(TOLERANCE);
  });
});
