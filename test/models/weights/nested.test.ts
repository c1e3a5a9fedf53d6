import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import {
  allWeights,
  createModel,
  freeze,
  frozenWeights,
  loadWeights,
  saveWeights,
  unfreeze,
} from "../../../lib/models/index.js";
import { readSafetensors, writeSafetensors } from "../../../lib/safetensors/index.js";

let folder: string;
beforeAll(ready);
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-nested-"))));
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

const base = () => createModel("resnet34_bias", { inputShape: [16, 16, 3], numClasses: 3, blocks: [1], filters: [4] });
const withHead = () => tf.sequential({ layers: [base(), tf.layers.dense({ units: 2, name: "classes" })] });
const tower = (name: string) => {
  const x = tf.input({ shape: [4] });
  return tf.model({
    name,
    inputs: x,
    outputs: tf.layers.dense({ units: 3, name: "proj" }).apply(x) as tf.SymbolicTensor,
  });
};
const twoTowers = () => {
  const x = tf.input({ shape: [4] });
  const both = ["left", "right"].map((name) => tower(name).apply(x) as tf.SymbolicTensor);
  const head = tf.layers.dense({ units: 2, name: "head" });
  return tf.model({ inputs: x, outputs: head.apply(tf.layers.concatenate().apply(both)) as tf.SymbolicTensor });
};
/** A number of its own for every weight. */
const number = (model: tf.LayersModel) => {
  for (const [i, weight] of allWeights(model).entries())
    tf.tidy(() => void weight.write(tf.fill(weight.shape as number[], i + 1)));
};
const firsts = (model: tf.LayersModel) => allWeights(model).map((weight) => weight.read().dataSync()[0]);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const trainable = (model: tf.LayersModel) => model.trainableWeights.map(({ originalName }) => originalName);

describe("allWeights", () => {
  it("takes those of models within the model, the learned ones first", () => {
    const model = withHead();
    const names = allWeights(model).map(({ originalName }) => originalName);
    expect(new Set(allWeights(model))).toEqual(new Set(model.weights));
    expect(names.slice(0, 2)).toEqual(["stem/conv/kernel", "stem/conv/bias"]);
    expect(names.at(-1)).toBe("stage1/block1/norm2/moving_variance");
  });
  it("takes those of wrappers and of recurrent cells, and a shared layer's once", () => {
    const shared = tf.layers.dense({ units: 4, inputShape: [3, 4] });
    const inner = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [3, 4] }), shared] });
    const model = tf.sequential({
      layers: [
        inner,
        shared,
        tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 3 }) }),
        tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 2, returnSequences: true }), mergeMode: "concat" }),
        tf.layers.rnn({ cell: [tf.layers.gruCell({ units: 3 }), tf.layers.simpleRNNCell({ units: 2 })] }),
      ],
    });
    expect(allWeights(model)).toHaveLength(2 + 2 + 6 + 3 + 3);
    expect(new Set(allWeights(model))).toEqual(new Set(model.weights));
  });
});

describe("freeze, within a model", () => {
  it("takes names of its models, and of what is in them, with the model's name or without", () => {
    const model = withHead();
    const inBase = allWeights(model).length - 2;
    expect(freeze(model, "resnet")).toHaveLength(inBase);
    expect(trainable(model)).toEqual(["classes/kernel", "classes/bias"]);
    expect(frozenWeights(model)).toHaveLength(inBase);
    expect(unfreeze(model, "resnet/head")).toEqual(["head/kernel", "head/bias"]);
    expect(trainable(model)).toEqual(["head/kernel", "head/bias", "classes/kernel", "classes/bias"]);
    expect(unfreeze(model, "stem/conv")).toEqual(["stem/conv/kernel", "stem/conv/bias"]);
  });
  it("tells two towers' weights of one name apart", () => {
    const model = twoTowers();
    expect(freeze(model, "left")).toEqual(["left/proj/kernel", "left/proj/bias"]);
    expect(frozenWeights(model)).toEqual(["left/proj/kernel", "left/proj/bias"]);
    expect(freeze(model, "proj/kernel")).toEqual(["left/proj/kernel", "right/proj/kernel"]);
    expect(frozenWeights(model)).toEqual(["left/proj/kernel", "left/proj/bias", "right/proj/kernel"]);
  });
  it("sees what trainable = false keeps, on a layer, on a model within and on the whole, and undoes it", () => {
    const model = withHead();
    const count = allWeights(model).length;
    (model.layers[0] as tf.layers.Layer).trainable = false;
    expect(frozenWeights(model)).toHaveLength(count - 2);
    model.layers[1]!.trainable = false;
    expect(frozenWeights(model)).toHaveLength(count);
    unfreeze(model, "classes");
    expect(trainable(model)).toEqual(["classes/kernel", "classes/bias"]);
    model.trainable = false;
    expect(frozenWeights(model)).toHaveLength(count);
    unfreeze(model, ["stem/conv", "classes/bias"]);
    expect(trainable(model)).toEqual(["stem/conv/kernel", "stem/conv/bias", "classes/bias"]);
    unfreeze(model);
    expect([frozenWeights(model), model.trainableWeights.length]).toEqual([[], count - 6]); // three norms' statistics
  });
  it("holds in a tf.sequential that is not built yet: building it would let all train", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: "dense" })] });
    freeze(model, "dense/kernel");
    model.predict(tf.ones([1, 3]));
    expect([frozenWeights(model), trainable(model)]).toEqual([["dense/kernel"], ["dense/bias"]]);
  });
  it("refuses a batch norm's statistics alone, which go on moving", () => {
    const model = withHead();
    expect(() => freeze(model, "*/moving_mean")).toThrow(
      new RangeError(
        "freeze: statistics must be frozen with all weights of their layer, got stem/norm/moving_mean without them",
      ),
    );
    expect(frozenWeights(model)).toEqual([]);
    freeze(model, "stem/norm/gamma");
    expect(freeze(model, ["stem/norm/beta", "stem/norm/moving*"])).toHaveLength(3);
    expect(frozenWeights(model)).toHaveLength(4);
  });
});

describe("a file", () => {
  it("holds every weight of two towers that have one name, and gives each its own back", async () => {
    const path = join(folder, "towers.safetensors");
    const [one, other] = [twoTowers(), twoTowers()];
    number(one);
    await saveWeights(one, path);
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual([
      "left/proj/kernel",
      "left/proj/bias",
      "right/proj/kernel",
      "right/proj/bias",
      "head/kernel",
      "head/bias",
    ]);
    const { loaded } = await loadWeights(other, path);
    expect(loaded).toHaveLength(6);
    expect(firsts(other)).toEqual(upTo(6));
  });
  it("holds every weight of an ensemble of two models of one family", async () => {
    const path = join(folder, "ensemble.safetensors");
    const make = () => {
      const x = tf.input({ shape: [8, 8, 3] });
      const members = [1, 2].map((seed) => {
        const member = createModel("mynet", { inputShape: [8, 8, 3], numClasses: 3, filters: [4, 4, 4, 4], seed });
        member.name = `member${seed}`;
        return member.apply(x) as tf.SymbolicTensor;
      });
      return tf.model({ inputs: x, outputs: tf.layers.average().apply(members) as tf.SymbolicTensor });
    };
    const [one, other] = [make(), make()];
    number(one);
    await saveWeights(one, path);
    await loadWeights(other, path);
    expect(firsts(other)).toEqual(upTo(one.weights.length));
  });
});

describe("names that tfjs numbered itself", () => {
  /** Unnamed layers, made in another order than they lie; tfjs counts them over the process. */
  const unnamed = () => {
    const last = tf.layers.dense({ units: 3 });
    const convolutions = [1, 2].map(() => tf.layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [4, 4, 3] }));
    const dense = tf.layers.dense({ units: 3 });
    return tf.sequential({
      layers: [...convolutions, tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }), dense, last],
    });
  };

  it("match by their place in the network: saved by one, loaded into the same code run again", async () => {
    const path = join(folder, "numbered.safetensors");
    const one = unnamed();
    number(one);
    await saveWeights(one, path);
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual(
      ["conv2d_Conv2D1", "conv2d_Conv2D2", "dense_Dense1", "dense_Dense2"].flatMap((name) => [
        `${name}/kernel`,
        `${name}/bias`,
      ]),
    );
    const again = unnamed();
    const { loaded, missing, unexpected } = await loadWeights(again, path);
    expect([firsts(again), missing, unexpected]).toEqual([upTo(8), [], []]);
    expect(loaded).toEqual(again.weights.map(({ originalName }) => originalName));
  });
  it("match in a file that was written before they were counted within the model", async () => {
    const path = join(folder, "old.safetensors");
    const one = unnamed();
    number(one);
    const tensors = new Map(
      one.weights.map((weight) => [
        weight.originalName,
        { dtype: "F32" as const, shape: weight.shape as number[], values: weight.read().dataSync() as Float32Array },
      ]),
    );
    await writeSafetensors(path, {
      metadata: { saccade: JSON.stringify({ version: "0.1.0", names: "saccade" }) },
      tensors,
    });
    const again = unnamed();
    await loadWeights(again, path);
    expect(firsts(again)).toEqual(upTo(8));
  });
  it("match in a file whose order another program changed", async () => {
    const [path, turned] = [join(folder, "one.safetensors"), join(folder, "turned.safetensors")];
    const one = unnamed();
    number(one);
    await saveWeights(one, path);
    const { metadata, tensors } = await readSafetensors(path);
    await writeSafetensors(turned, { metadata, tensors: new Map([...tensors].reverse()) });
    const again = unnamed();
    await loadWeights(again, turned);
    expect(firsts(again)).toEqual(upTo(8));
  });
  it("are told apart from names that look alike", async () => {
    const path = join(folder, "alike.safetensors");
    const make = (first: string, second: string) =>
      tf.sequential({ layers: [first, second].map((name) => tf.layers.dense({ units: 2, inputShape: [2], name })) });
    const one = make("map_P2", "map_P1");
    number(one);
    await saveWeights(one, path);
    const other = make("map_P1", "map_P2");
    await loadWeights(other, path);
    expect(firsts(other)).toEqual([3, 4, 1, 2]);
  });
});
