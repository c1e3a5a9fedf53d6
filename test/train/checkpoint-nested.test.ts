import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { allWeights, createModel, freeze, loadWeights, saveWeights } from "../../lib/models/index.js";
import { readSafetensors, writeSafetensors } from "../../lib/safetensors/index.js";
import { batchGradients, fit, loadCheckpoint } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 20, classes: 3 });
const options = { epochs: 2, batchSize: 10, seed: 3, progress: false, lossEvery: 1, learningRate: 0.01 } as const;
/** A network in a network, unnamed, the same at each call. */
const nested = () => {
  const base = createModel("small_vit", {
    inputShape: [8, 8, 3],
    numClasses: 4,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 8,
    seed: 1,
  });
  const kernelInitializer = tf.initializers.randomUniform({ minval: -1, maxval: 1, seed: 5 });
  return tf.sequential({ layers: [base, tf.layers.dense({ units: 3, kernelInitializer })] });
};
const values = (model: tf.LayersModel) => model.weights.map((weight) => [...weight.read().dataSync()]);
let folder: string;
let warn: ReturnType<typeof vi.spyOn>;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-nested-"));
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  warn.mockRestore();
  rmSync(folder, { recursive: true });
  tf.disposeVariables();
});

/** A run that is interrupted after some steps. */
async function interrupted(model: tf.LayersModel, steps: number, more: object = {}): Promise<void> {
  const abort = new AbortController();
  let left = steps;
  const callbacks = { step: () => void (--left === 0 && abort.abort()) };
  await fit(model, set, { ...options, ...more, checkpoint: { folder }, signal: abort.signal, callbacks }).catch(
    () => {},
  );
}

describe("a network within a network", () => {
  it("goes on from a checkpoint exactly as if it had not been interrupted, averages included", async () => {
    const more = { emaDecay: 0.5 };
    const [whole, first, second] = [nested(), nested(), nested()];
    const expected = await fit(whole, set, { ...options, ...more });
    await interrupted(first, 3, more);
    const { losses } = await fit(second, set, { ...options, ...more, checkpoint: { folder }, resume: true });
    expect(losses).toEqual(expected.losses);
    expect(values(second)).toEqual(values(whole));
  });
  it("gets all its weights from a checkpoint, their averages where it has some", async () => {
    const [trained, fresh] = [nested(), nested()];
    await fit(trained, set, { ...options, emaDecay: 0.5, checkpoint: { folder } });
    await loadCheckpoint(fresh, join(folder, "last.safetensors"));
    expect(values(fresh)).toEqual(values(trained));
  });
  it("averages every weight that it trains", async () => {
    const model = nested();
    const before = values(model);
    await fit(model, set, { ...options, epochs: 1, emaDecay: 0 });
    const plain = nested();
    await fit(plain, set, { ...options, epochs: 1 });
    expect(values(model)).toEqual(values(plain)); // with decay 0 the average is the weight
    const slow = nested();
    await fit(slow, set, { ...options, epochs: 1, emaDecay: 0.999 });
    const distance = (a: number[][], b: number[][]) =>
      Math.hypot(...a.flatMap((each, i) => each.map((value, j) => value - b[i]![j]!)));
    expect(distance(values(slow), before)).toBeLessThan(0.01 * distance(values(plain), before));
  });
  it("trains its head alone where the network within is frozen, which a checkpoint knows", async () => {
    const model = nested();
    freeze(model, model.layers[0]!.name);
    const before = values(model);
    await fit(model, set, { ...options, checkpoint: { folder } });
    expect(
      values(model)
        .map((each, i) => each.join() !== before[i]!.join())
        .filter(Boolean),
    ).toHaveLength(2);
    const again = nested();
    await expect(fit(again, set, { ...options, checkpoint: { folder }, resume: true })).rejects.toThrow(
      /frozen \["embed.*\] there, \[\] here/,
    );
    again.layers[0]!.trainable = false;
    expect((await fit(again, set, { ...options, checkpoint: { folder }, resume: true })).steps).toBe(4);
  });
  it("trains a layer that two of its networks share once a step", async () => {
    const sharing = () => {
      const shared = tf.layers.dense({ units: 3, kernelInitializer: "ones" });
      const x = tf.input({ shape: [8, 8, 3] });
      const flat = tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" });
      const one = tf.model({ inputs: x, outputs: shared.apply(flat.apply(x)) as tf.SymbolicTensor });
      const y = tf.input({ shape: [3] });
      const other = tf.model({ inputs: y, outputs: shared.apply(y) as tf.SymbolicTensor });
      return tf.model({ inputs: x, outputs: other.apply(one.apply(x)) as tf.SymbolicTensor });
    };
    const model = sharing();
    expect(model.trainableWeights).toHaveLength(4); // tfjs names them twice
    const [kernel] = allWeights(model);
    const before = kernel!.read().dataSync();
    await fit(model, set, { ...options, epochs: 1, batchSize: 20, optimizer: { name: "adam" } });
    const steps = kernel!
      .read()
      .dataSync()
      .map((value, i) => Math.abs(value - before[i]!));
    expect(Math.max(...steps)).toBeCloseTo(options.learningRate, 5); // Adam's first step is the learning rate
  });
});

describe("batchGradients", () => {
  it("has the gradients of two towers' weights of one name apart", async () => {
    const x = tf.input({ shape: [8, 8, 3] });
    const towers = ["left", "right"].map((name) => {
      const y = tf.input({ shape: [8, 8, 3] });
      const flat = tf.layers.flatten().apply(y);
      return tf
        .model({
          name,
          inputs: y,
          outputs: tf.layers.dense({ units: 3, name: "proj" }).apply(flat) as tf.SymbolicTensor,
        })
        .apply(x);
    });
    const model = tf.model({
      inputs: x,
      outputs: tf.layers.average().apply(towers as tf.SymbolicTensor[]) as tf.SymbolicTensor,
    });
    const { gradients } = await batchGradients(model, {
      images: tf.ones([2, 8, 8, 3]),
      labels: tf.tensor1d([0, 1], "int32"),
    });
    expect(Object.keys(gradients)).toEqual([
      "left/proj/kernel",
      "left/proj/bias",
      "right/proj/kernel",
      "right/proj/bias",
    ]);
  });
});

describe("a network of one's own, run again in one process", () => {
  const own = () =>
    tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3] }),
        tf.layers.batchNormalization(),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3 }),
      ],
    });

  it("takes its checkpoint, and goes on from it", async () => {
    const [trained, again] = [own(), own()];
    await fit(trained, set, { ...options, checkpoint: { folder } });
    await loadCheckpoint(again, join(folder, "last.safetensors"));
    expect(values(again)).toEqual(values(trained));
    expect((await fit(own(), set, { ...options, checkpoint: { folder }, resume: true })).steps).toBe(4);
  });
  it("takes one that was written when convolutions still had tfjs' numbers", async () => {
    const path = join(folder, "last.safetensors");
    const [trained, again] = [own(), own()];
    await fit(trained, set, { ...options, checkpoint: { folder } });
    const { metadata, tensors } = await readSafetensors(path);
    const old = metadata["saccade"]!.replaceAll("conv2d_Conv2D/", "conv2d_Conv2D7/").replace(
      ',"numbering":"place"',
      "",
    );
    expect(old).toContain("conv2d_Conv2D7/kernel [3, 3, 3, 2]");
    await writeSafetensors(path, { metadata: { ...metadata, saccade: old }, tensors });
    await loadCheckpoint(again, path);
    expect(values(again)).toEqual(values(trained));
    expect((await fit(own(), set, { ...options, epochs: 3, checkpoint: { folder }, resume: true })).steps).toBe(6);
  });
  it("knows which of two unnamed layers was frozen", async () => {
    const model = own();
    freeze(model, model.layers[0]!.name);
    await fit(model, set, { ...options, checkpoint: { folder } });
    const again = own();
    freeze(again, again.layers[0]!.name);
    expect((await fit(again, set, { ...options, checkpoint: { folder }, resume: true })).steps).toBe(4);
    const other = own();
    freeze(other, other.layers[3]!.name);
    await expect(fit(other, set, { ...options, checkpoint: { folder }, resume: true })).rejects.toThrow(
      'with frozen ["conv2d_Conv2D1/kernel","conv2d_Conv2D1/bias"] there, ' +
        '["dense_Dense1/kernel","dense_Dense1/bias"] here',
    );
  });
});

describe("a finished run, resumed with more epochs", () => {
  it("goes on with its optimizer, as if it had had them from the start", async () => {
    const [whole, model, longer] = [nested(), nested(), nested()];
    const expected = await fit(whole, set, { ...options, epochs: 4 });
    await fit(model, set, { ...options, checkpoint: { folder } });
    const history = await fit(longer, set, { ...options, epochs: 4, checkpoint: { folder }, resume: true });
    expect([history.steps, history.losses]).toEqual([8, expected.losses]);
    expect(values(longer)).toEqual(values(whole));
    expect(warn).not.toHaveBeenCalled();
  });
  it("is told that the schedule is longer, where it goes by the run's length", async () => {
    const schedule = { name: "cosine" } as const;
    const model = nested();
    await fit(model, set, { ...options, schedule, checkpoint: { folder } });
    const { steps } = await fit(model, set, { ...options, schedule, epochs: 4, checkpoint: { folder }, resume: true });
    expect(steps).toBe(8);
    // half of the cosine: 0.01 · (1 + cos(π · 4 / 8)) / 2
    expect(warn.mock.calls).toEqual([
      [
        "fit: the run goes on after epoch 2 to 4 epochs in place of 2, and its schedule cosine to 8 steps " +
          "in place of 4: the next learning rate is 0.005",
      ],
    ]);
  });
  it("goes on from a checkpoint of before an option was known, which had its default", async () => {
    const path = join(folder, "last.safetensors");
    await fit(nested(), set, { ...options, checkpoint: { folder } });
    const { metadata, tensors } = await readSafetensors(path);
    const { config, ...state } = JSON.parse(metadata["saccade"]!) as { config: { cutmix?: number } };
    delete config.cutmix;
    await writeSafetensors(path, { metadata: { ...metadata, saccade: JSON.stringify({ ...state, config }) }, tensors });
    const more = { ...options, epochs: 3, checkpoint: { folder }, resume: true };
    await expect(fit(nested(), set, { ...more, cutmix: 1 })).rejects.toThrow("with cutmix 0 there, 1 here");
    expect((await fit(nested(), set, more)).steps).toBe(6);
  });
  it("cannot have fewer epochs than it has done", async () => {
    const model = nested();
    await fit(model, set, { ...options, checkpoint: { folder } });
    const before = values(model);
    await expect(fit(model, set, { ...options, epochs: 1, checkpoint: { folder }, resume: true })).rejects.toThrow(
      `fit: epochs must be 2 or more, which the checkpoint ${join(folder, "last.safetensors")} has done, got epochs=1`,
    );
    expect(values(model)).toEqual(before);
  });
});

describe("weights that are not finite", () => {
  /** A checkpoint with one number replaced. */
  async function spoilt(group: string, value: number): Promise<{ path: string; name: string }> {
    const path = join(folder, "last.safetensors");
    await fit(nested(), set, { ...options, emaDecay: 0.5, checkpoint: { folder } });
    const { createHash } = await import("node:crypto");
    const { metadata, tensors } = await readSafetensors(path);
    tensors.get(`${group}/0`)!.values[1] = value as never;
    const hash = createHash("sha256");
    for (const { values: numbers } of tensors.values())
      hash.update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    await writeSafetensors(path, { metadata: { ...metadata, sha256: hash.digest("hex") }, tensors });
    return { path, name: (JSON.parse(metadata["saccade"]!) as { model: string[] }).model[0]!.replace(/ .*/, "") };
  }

  it("of a checkpoint are refused by name, and change nothing", async () => {
    const { path, name } = await spoilt("average", NaN);
    const model = nested();
    const before = values(model);
    await expect(loadCheckpoint(model, path)).rejects.toThrow(
      new RegExp(
        `^loadCheckpoint: weights must be finite, got .*last.safetensors with NaN in ${name} \\(1 of \\d+ numbers\\)$`,
      ),
    );
    expect(values(model)).toEqual(before);
  });
  it("of a checkpoint are not gone on from, unless the caller wants it", async () => {
    const { name } = await spoilt("weight", -Infinity);
    await expect(
      fit(nested(), set, { ...options, emaDecay: 0.5, checkpoint: { folder }, resume: true }),
    ).rejects.toThrow(
      new RegExp(
        `^fit: weights must be finite, got .*last\\.safetensors with -Infinity in ${name} \\(1 of \\d+ numbers\\)`,
      ),
    );
    const wanted = { ...options, emaDecay: 0.5, checkFinite: false, epochs: 3, checkpoint: { folder }, resume: true };
    expect((await fit(nested(), set, wanted)).steps).toBe(6);
  });
  it.each([NaN, Infinity, -Infinity])("of a file, %s, are refused by name, and change nothing", async (value) => {
    const path = join(folder, "weights.safetensors");
    const [model, bad] = [nested(), nested()];
    const [weight] = allWeights(bad).slice(-1);
    tf.tidy(() => void weight!.write(tf.mul(tf.onesLike(weight!.read()), value)));
    await saveWeights(bad, path);
    const before = values(model);
    for (const strict of [true, false]) {
      await expect(loadWeights(model, path, { strict })).rejects.toThrow(
        new RangeError(
          `loadWeights: weights must be finite, got ${path} with ${value} in dense_Dense1/bias (3 of 3 numbers)`,
        ),
      );
    }
    expect(values(model)).toEqual(before);
  });
  it("are not made of finite ones by a smaller type", async () => {
    const model = nested();
    const path = join(folder, "weights.safetensors");
    const [weight] = allWeights(model).slice(-1);
    tf.tidy(() => void weight!.write(tf.tensor1d([70_000, 1, 1])));
    await expect(saveWeights(model, path, { dtype: "F16" })).rejects.toThrow(
      /^saveWeights: a weight must be below 65520 as F16, got 70000 in dense_Dense\d+\/bias$/,
    );
    await saveWeights(model, path, { dtype: "BF16" });
    expect((await readSafetensors(path)).tensors.get("dense_Dense1/bias")!.values[0]).toBe(70144);
  });
});
