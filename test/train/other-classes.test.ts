/** A set whose classes are not those that a model was trained on. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { withClasses } from "../../lib/datasets/index.js";
import type { ImageSet } from "../../lib/datasets/types.js";
import { evaluate, fit, setModelUse } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set: ImageSet = { ...brightnessSet({ count: 30, classes: 3, side: 4 }), classNames: ["dark", "grey", "light"] };
const options = { epochs: 30, batchSize: 10, progress: false, learningRate: 0.1 } as const;
let model: tf.LayersModel;

beforeAll(async () => {
  await ready();
  model = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [4, 4, 3] }), tf.layers.dense({ units: 3 })] });
  await fit(model, set, options);
});
afterAll(() => tf.disposeVariables());

/** As a folder without "grey" gives them: its later classes have other labels. */
function lacking(): ImageSet {
  const chosen = [...set.labels.keys()].filter((i) => set.labels[i] !== 1);
  const images = Uint8Array.from(chosen.flatMap((i) => [...set.images.subarray(48 * i, 48 * (i + 1))]));
  return {
    ...set,
    images,
    labels: Int32Array.from(chosen, (i) => (set.labels[i] === 0 ? 0 : 1)),
    classNames: ["dark", "light"],
  };
}

describe("evaluate() on a set without one of the training set's classes", () => {
  it("refuses other places of the classes, and says how to match them", async () => {
    await expect(evaluate(model, lacking())).rejects.toThrow(
      new RangeError(
        "evaluate: the set must have the classes that the model was trained on, dark, grey, light, got dark, light; " +
          "datasets.withClasses(set, names) matches them by name",
      ),
    );
  });

  it("is right with withClasses(), in accuracy, predictions and each class's share", async () => {
    const matched = withClasses(lacking(), set.classNames);
    const { accuracy, perClass, predictions } = await evaluate(model, matched);
    expect(accuracy).toBe(1);
    expect(perClass).toEqual([1, NaN, 1]);
    expect(predictions).toEqual(matched.labels);
    const { epochs } = await fit(model, set, { ...options, epochs: 1, learningRate: 0, validation: matched });
    expect(epochs[0]!.validation!.accuracy).toBe(1);
  });

  it("refuses classes of other names, and takes the first ones, and a model that knows no names", async () => {
    await expect(evaluate(model, { ...set, classNames: ["grey", "dark", "light"] })).rejects.toThrow(
      "got grey, dark, light;",
    );
    const first = { ...lacking(), labels: new Int32Array(20), classNames: ["dark"] };
    expect((await evaluate(model, first)).accuracy).toBe(0.5);
    // As a set without names is noted.
    setModelUse(model, { classNames: ["class 0", "class 1", "class 2"], mean: 0.5, std: 0.5 });
    expect((await evaluate(model, set)).accuracy).toBe(1);
  });
});

describe("withClasses()", () => {
  it("numbers labels by another list, and leaves its set as it is", () => {
    const given = { ...set, labels: Int32Array.of(0, 2, 1, 0), images: new Uint8Array(4 * 48) };
    const found = withClasses(given, ["light", "black", "grey", "dark"]);
    expect(found).toEqual({
      ...given,
      labels: Int32Array.of(3, 0, 2, 3),
      classNames: ["light", "black", "grey", "dark"],
    });
    expect(found.images).toBe(given.images);
    expect(given.labels).toEqual(Int32Array.of(0, 2, 1, 0));
  });

  it("refuses a list that lacks a class of the set, or names one twice", () => {
    expect(() => withClasses(set, ["dark", "light"])).toThrow(
      new RangeError("withClasses: classNames must hold each class of the set, dark, light, got grey"),
    );
    expect(() => withClasses(set, ["dark", "dark"])).toThrow(
      "withClasses: classNames must differ from each other, got dark, dark",
    );
  });
});
