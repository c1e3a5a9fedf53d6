import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { freeze } from "../../lib/models/index.js";
import { apart, disposeAll, make, trained, valuesOf, weight } from "./small-airbench.js";

beforeAll(ready);
afterEach(disposeAll);

describe("fit() with parameterGroups", () => {
  it("multiplies a group's rate, leaves the others alone, and freezes it after its epochs", async () => {
    const start = weight(make(), "head/kernel");
    const once = { batchSize: 30, optimizer: { name: "sgd" } } as const;
    const group = { weights: "head", learningRateScale: 3 };
    const [plain, scaled] = [await trained(once), await trained({ ...once, parameterGroups: [group] })];
    const wanted = weight(plain, "head/kernel").map((end, i) => start[i]! + 3 * (end - start[i]!));
    expect(apart(weight(scaled, "head/kernel"), wanted)).toBeLessThan(1e-6);
    expect(weight(scaled, "block1/conv1/kernel")).toEqual(weight(plain, "block1/conv1/kernel"));
    const never = await trained({ epochs: 2, parameterGroups: [{ ...group, freezeAfterEpochs: 0 }] });
    expect(weight(never, "head/kernel")).toEqual(start);
    const first = await trained({ parameterGroups: [group] });
    const frozen = await trained({ epochs: 2, parameterGroups: [{ ...group, freezeAfterEpochs: 1 }] });
    expect(weight(frozen, "head/kernel")).toEqual(weight(first, "head/kernel"));
    expect(weight(frozen, "block1/conv1/kernel")).not.toEqual(weight(first, "block1/conv1/kernel"));
  });

  it.each(["sgd", "adam", "adamw", "rmsprop"] as const)("of %s decays by its own scale", async (name) => {
    const start = weight(make(), "head/kernel");
    // No gradient: the head's inputs are of a model that is 0 there.
    const decayed = async (weightDecayScale: number) => {
      const model = make();
      for (const each of model.weights)
        if (each.originalName.endsWith("conv2/kernel"))
          tf.tidy(() => void each.write(tf.zeros(each.shape as number[])));
      const parameterGroups = [{ weights: "head/kernel", weightDecayScale, learningRateScale: 2 }];
      await trained({ batchSize: 30, optimizer: { name, weightDecay: 0.5 }, parameterGroups }, model);
      return weight(model, "head/kernel");
    };
    expect(await decayed(0)).toEqual(start);
    const [half, full] = [await decayed(0.5), await decayed(1)];
    const lost = (values: number[]) => values.map((value, i) => start[i]! - value);
    const isProportional = name === "sgd" || name === "adamw";
    if (isProportional) {
      expect(
        apart(
          lost(half),
          lost(full).map((value) => value / 2),
        ),
      ).toBeLessThan(1e-6);
      expect(
        apart(
          lost(full),
          start.map((value) => 2 * 0.05 * 0.5 * value),
        ),
      ).toBeLessThan(1e-6);
    } else
      expect(
        apart(
          lost(full),
          start.map(() => 0),
        ),
      ).toBeGreaterThan(1e-2);
  });

  it("with clipping leaves the frozen out of the norm, as freezing does; gradients are accumulated too", async () => {
    const parameterGroups = [
      { weights: "head", freezeAfterEpochs: 0 },
      { weights: "whiten", learningRateScale: 2 },
    ];
    const norms = { weights: "*/norm*", learningRateScale: 0 };
    const frozen = make();
    freeze(frozen, "head");
    const common = { clipNorm: 1e-3, optimizer: { name: "sgd", momentum: 0.9 } } as const;
    const [gated, left] = [
      await trained({ ...common, parameterGroups }),
      await trained({ ...common, parameterGroups: parameterGroups.slice(1) }, frozen),
    ];
    expect(apart(valuesOf(gated), valuesOf(left))).toBeLessThan(1e-6);
    await expect(trained({ parameterGroups: [norms], microBatchSize: 3 })).resolves.toBeDefined();
  });

  it.each([
    [[{ weights: "tail" }], "fit: a pattern must name a weight of a layer of whiten, block1/conv1"],
    [
      [{ weights: "*/moving_mean" }],
      'fit: parameterGroups[0].weights must name a weight that trains, got "*/moving_mean"',
    ],
    [
      [{ weights: "*" }, { weights: "head" }],
      "fit: parameterGroups[1].weights must be of no other group too, got head/kernel",
    ],
    [[{ weights: "*", lrScale: 2 } as never], "got lrScale; did you mean learningRateScale?"],
    [[{ weights: "*", learningRateScale: -1 }], "learningRateScale must be a number of 0 or more, got"],
    [[{ weights: [] }], "parameterGroups[0].weights must be"],
    [
      [{ weights: "*", freezeAfterEpochs: 0.5 }],
      "freezeAfterEpochs must be a whole number of 0 or more, or null for none",
    ],
  ])("refuses %o", async (parameterGroups, message) => {
    await expect(trained({ parameterGroups })).rejects.toThrow(message);
  });
});
