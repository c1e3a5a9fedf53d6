/** The network and the recipe of Jordan 2024, against PyTorch. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { augmented } from "../../lib/datasets/augment.js";
import { batches, createRandom, fromArrays, subset, type ImageSet } from "../../lib/datasets/index.js";
import { createModel, frozenWeights } from "../../lib/models/index.js";
import { evaluate, fit, whiten, type FitOptions } from "../../lib/train/index.js";
import { Fixture, relativeError } from "../fixtures/safetensors.js";

const stored = new Fixture("airbench", "train");
const { inputShape, numClasses, widths, mean, std, losses } = stored.config;
const options = { ...stored.config.fit, mean, std, shuffle: false, lossEvery: 1, progress: false } as FitOptions;
let set: ImageSet;
let model: tf.LayersModel;

const weightsOf = (prefix: string) =>
  model.weights.map((weight) => ({ weight, expected: stored.get(`${prefix}/${weight.originalName}`) }));

beforeAll(async () => {
  await ready();
  const images = Uint8Array.from(stored.get("images").values);
  set = fromArrays({ images, labels: [...stored.get("labels").values], imageShape: inputShape });
});
beforeEach(() => {
  model = createModel("airbench94", { inputShape, numClasses, widths });
});
afterEach(() => model.dispose());

const kernelWeight = () => model.weights.find(({ originalName }) => originalName === "whiten/kernel")!;
const kernelOf = () => kernelWeight().read();

/** Gives the model PyTorch's start, but for the first layer. */
function begin(): void {
  for (const { weight, expected } of weightsOf("start"))
    if (weight.originalName !== "whiten/kernel")
      tf.tidy(() => void weight.write(tf.tensor(expected.values, expected.shape)));
}

describe("whiten()", () => {
  it("finds PyTorch's filters, up to which of two opposite ones comes first, and freezes them", () => {
    const { variances, patches } = whiten(model, set, { mean, std });
    expect(patches).toBe(32 * 12 * 12);
    const wanted = [...stored.get("variances").values];
    // Beside the greatest: the rounding of the moments is in proportion to it, on each processor another.
    const apart = Math.max(...variances.map((value, i) => Math.abs(value - wanted[i]!)));
    expect(apart / Math.max(...wanted)).toBeLessThan(1e-6);
    const [ours, theirs] = [
      columnsOf([...kernelOf().dataSync()]),
      columnsOf([...stored.get("start/whiten/kernel").values]),
    ];
    const largest = Math.max(...theirs.flat().map(Math.abs));
    const off = ours.map((filter, i) =>
      Math.min(
        ...[i, (i + 12) % 24].map((at) => Math.max(...filter.map((value, n) => Math.abs(value - theirs[at]![n]!)))),
      ),
    );
    // Rounding of the greatest moment, 4.7 · 6e-8, over the least gap of two variances, 2e-4, turns an eigenvector.
    expect(Math.max(...off) / largest).toBeLessThan(2e-3);
    expect(frozenWeights(model)).toEqual(["whiten/kernel"]);
  });

  it("makes the outputs of its patches uncorrelated, each of the moment variance / (variance + epsilon)", () => {
    const { variances } = whiten(model, set, { mean, std, epsilon: 0.01 });
    const moments = tf.tidy(() => {
      const [batch] = batches(set, { batchSize: 32, mean, std });
      const outputs = model.getLayer("whiten").apply(batch!.images) as tf.Tensor4D; // [32, 12, 12, 24]
      const rows = tf.reshape(tf.slice(outputs, [0, 0, 0, 0], [-1, -1, -1, 12]), [-1, 12]);
      return tf.div(tf.matMul(rows, rows, true), 32 * 12 * 12).arraySync() as number[][];
    });
    const off = moments.flatMap((row, i) =>
      row.map((value, j) => Math.abs(value - (i === j ? variances[i]! / (variances[i]! + 0.01) : 0))),
    );
    expect(Math.max(...off)).toBeLessThan(1e-3); // of 1
  });

  it.each([
    [{ layer: "block1/conv1" }, "whiten: layer must have 54 filters over 3 channels, twice the numbers of a patch"],
    [
      { layer: "head" },
      "whiten: layer must be one of whiten, block1/conv1, block1/conv2, block2/conv1, block2/conv2, got",
    ],
    [{ epsilon: 0 }, "whiten: epsilon must be a number above 0, got epsilon=0"],
    [{ count: 0 }, "whiten: count must be a whole number above 0, got count=0"],
  ])("refuses %o", (wrong, message) => {
    expect(() => whiten(model, set, { mean, std, ...wrong })).toThrow(message);
    expect(frozenWeights(model)).toEqual([]);
  });
});

/** The filters of a kernel [2, 2, 3, 24]. */
function columnsOf(kernel: readonly number[]): number[][] {
  return Array.from({ length: 24 }, (_, filter) => kernel.filter((_value, i) => i % 24 === filter));
}

describe("the recipe", () => {
  beforeEach(() => {
    const { shape, values } = stored.get("start/whiten/kernel");
    begin();
    whiten(model, set, { mean, std });
    tf.tidy(() => void kernelWeight().write(tf.tensor(values, shape)));
  });

  it("has PyTorch's losses, its weights and statistics after the last step, and its logits of all views", async () => {
    const history = await fit(model, set, options);
    const off = history.losses.map(({ loss }, step) => Math.abs(loss - losses[step]));
    expect(off).toHaveLength(losses.length);
    expect(Math.max(...off)).toBeLessThan(1e-5); // float32 beside float64, over sixteen steps: 3e-7 was seen
    for (const { weight, expected } of weightsOf("after"))
      // of the betas 5e-6 was seen
      expect([weight.originalName, relativeError(weight.read(), expected)]).toSatisfy(([, error]) => error < 1e-4);
    const few = subset(set, { count: 6 });
    for (const [name, testTimeAugmentation] of [
      ["plain", null],
      ["mirrored", { horizontalFlip: true }],
      ["moved", { horizontalFlip: true, translate: 1 }],
    ] as const) {
      const { logits } = await evaluate(model, few, { testTimeAugmentation });
      const flat = tf.tensor2d(
        logits!.flatMap((row) => [...row]),
        [6, numClasses],
      );
      expect(relativeError(flat, stored.get(`logits/${name}`))).toBeLessThan(1e-4);
      flat.dispose();
    }
  });

  it.each([
    ["lookahead", { lookahead: null }],
    ["the bias's rate", { parameterGroups: options.parameterGroups!.slice(1) }],
    ["the bias's freezing", { parameterGroups: options.parameterGroups!.slice(0, 1) }],
    ["the schedule", { schedule: { ...(options.schedule as object), warmupStart: 0 } }],
  ])("is another without %s: the comparison can fail", async (_, other) => {
    await fit(model, set, { ...options, ...other });
    const off = weightsOf("after").map(({ weight, expected }) => relativeError(weight.read(), expected));
    expect(Math.max(...off)).toBeGreaterThan(1e-2);
  });
});

describe("the data loader", () => {
  it("moves an image as PyTorch's reflecting padding does, by every shift", () => {
    const image = { data: Uint8Array.from({ length: 20 }, (_, i) => i), height: 4, width: 5, channels: 1 };
    const { values } = stored.get("windows");
    for (let shift = 0; shift < 25; shift++) {
      const drawn = [Math.floor(shift / 5), shift % 5];
      const random = { ...createRandom(0), integer: () => drawn.shift()! };
      const { data } = augmented(image, { cropPadding: 2, paddingMode: "reflect" }, random);
      expect([...data]).toEqual([...values.slice(20 * shift, 20 * shift + 20)]);
    }
  });

  it("mirrors each image in every other epoch, and half of them in the first, as the program does by its coins", () => {
    const count = 400;
    const images = Uint8Array.from({ length: 2 * count }, (_, i) => 255 * (i % 2));
    const pairs = fromArrays({ images, labels: Array.from({ length: count }, () => 0), imageShape: [1, 2, 1] });
    const mirrored = Array.from({ length: 4 }, (_, epoch) => {
      const [batch] = batches(pairs, { batchSize: count, seed: 5, epoch, augment: { horizontalFlip: "alternating" } });
      const pixels = batch!.images.dataSync();
      tf.dispose(batch!);
      return Array.from({ length: count }, (_value, i) => Number(pixels[2 * i]! > 0));
    });
    const byCoin = [0, 1].map((coin) => stored.get("mirrored").values.filter((_, i) => i % 4 === coin)); // [2][epochs]
    mirrored[0]!.forEach((coin, i) => expect(mirrored.map((epoch) => epoch[i])).toEqual([...byCoin[coin]!]));
    const first = mirrored[0]!.reduce((sum, one) => sum + one, 0);
    expect(Math.abs(first - count / 2)).toBeLessThan(50); // five standard deviations of 10
  });
});
