import { beforeAll, describe, expect, it } from "vitest";
import { ops, ready, tf } from "../../lib/backend/index.js";
import { checkHeldWeights } from "../../lib/layers/held-weights.js";
import {
  AdaptiveAveragePool,
  BatchNorm,
  ClassToken,
  Conv2d,
  Dropout,
  DropPath,
  Gelu,
  ImageRows,
  LayerNorm,
  Linear,
  LocalResponseNorm,
  MultiHeadSelfAttention,
  Patches,
  PositionalEmbedding,
  SelectToken,
  SequencePooling,
  SinusoidalEmbedding,
  SpatialSelfAttention,
  seedFor,
  torchUniform,
  UnfoldConv2d,
} from "../../lib/layers/index.js";

beforeAll(ready);

const uniform = (name: string) => torchUniform(8, seedFor(1, name));
const layers: { name: string; make: () => tf.layers.Layer; input: number[]; output: number[] }[] = [
  {
    name: "Linear",
    make: () => new Linear({ name: "a/layer", units: 5, kernelInitializer: uniform("1") }),
    input: [3, 8],
    output: [3, 5],
  },
  {
    name: "Conv2d",
    make: () =>
      new Conv2d({
        name: "a/layer",
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 1,
        activation: "relu",
        kernelInitializer: uniform("1"),
      }),
    input: [6, 5, 3],
    output: [3, 3, 4],
  },
  {
    name: "UnfoldConv2d",
    make: () =>
      new UnfoldConv2d({
        name: "a/layer",
        filters: 4,
        kernelSize: [3, 2],
        strides: [2, 1],
        padding: 1,
        dilationRate: 2,
        activation: "tanh",
        kernelInitializer: uniform("1"),
      }),
    input: [6, 5, 3],
    output: [2, 5, 4],
  },
  {
    name: "BatchNorm",
    make: () => new BatchNorm({ name: "a/layer", momentum: 0.2 }),
    input: [4, 5, 3],
    output: [4, 5, 3],
  },
  {
    name: "BatchNorm",
    make: () => new BatchNorm({ name: "a/layer", scale: false }),
    input: [4, 5, 3],
    output: [4, 5, 3],
  },
  {
    name: "AdaptiveAveragePool",
    make: () => new AdaptiveAveragePool({ name: "a/layer", size: 3 }),
    input: [4, 2, 5],
    output: [3, 3, 5],
  },
  {
    name: "LocalResponseNorm",
    make: () => new LocalResponseNorm({ name: "a/layer", size: 3, alpha: 0.5, k: 1 }),
    input: [4, 5, 6],
    output: [4, 5, 6],
  },
  { name: "Dropout", make: () => new Dropout({ name: "a/layer", rate: 0.5 }), input: [3, 8], output: [3, 8] },
  { name: "DropPath", make: () => new DropPath({ name: "a/layer", rate: 0.5 }), input: [3, 8], output: [3, 8] },
  { name: "Gelu", make: () => new Gelu({ name: "a/layer", form: "tanh" }), input: [3, 8], output: [3, 8] },
  { name: "LayerNorm", make: () => new LayerNorm({ name: "a/layer", epsilon: 1e-3 }), input: [3, 8], output: [3, 8] },
  {
    name: "MultiHeadSelfAttention",
    make: () =>
      new MultiHeadSelfAttention({
        name: "a/layer",
        numHeads: 2,
        qkvKernelInitializer: uniform("1"),
        qkvBiasInitializer: uniform("2"),
        outKernelInitializer: uniform("3"),
        outBiasInitializer: uniform("4"),
      }),
    input: [3, 8],
    output: [3, 8],
  },
  {
    name: "SpatialSelfAttention",
    make: () =>
      new SpatialSelfAttention({
        name: "a/layer",
        reduction: 4,
        projectionKernelInitializer: uniform("1"),
        projectionBiasInitializer: uniform("2"),
        outKernelInitializer: uniform("3"),
        outBiasInitializer: uniform("4"),
      }),
    input: [5, 4, 8],
    output: [5, 4, 8],
  },
  {
    name: "ClassToken",
    make: () => new ClassToken({ name: "a/layer", initializer: uniform("1") }),
    input: [3, 8],
    output: [4, 8],
  },
  {
    name: "PositionalEmbedding",
    make: () => new PositionalEmbedding({ name: "a/layer", initializer: uniform("1") }),
    input: [3, 8],
    output: [3, 8],
  },
  {
    name: "SinusoidalEmbedding",
    make: () => new SinusoidalEmbedding({ name: "a/layer" }),
    input: [3, 8],
    output: [3, 8],
  },
  {
    name: "SequencePooling",
    make: () => new SequencePooling({ name: "a/layer", kernelInitializer: uniform("1") }),
    input: [3, 8],
    output: [8],
  },
  { name: "SelectToken", make: () => new SelectToken({ name: "a/layer", index: 1 }), input: [3, 8], output: [8] },
  { name: "Patches", make: () => new Patches({ name: "a/layer", patchSize: 2 }), input: [4, 6, 3], output: [6, 12] },
  {
    name: "ImageRows",
    make: () => new ImageRows({ name: "a/layer", rowLength: 12 }),
    input: [4, 6, 3],
    output: [6, 12],
  },
];

function modelOf({ make, input }: (typeof layers)[number]): tf.LayersModel {
  const image = tf.input({ shape: input, name: "image" });
  return tf.model({ inputs: image, outputs: make().apply(image) as tf.SymbolicTensor });
}

describe.each(layers)("$name", (row) => {
  it("says the shape that it gives", () => {
    tf.tidy(() => {
      const model = modelOf(row);
      expect(model.outputs[0]!.shape).toEqual([null, ...row.output]);
      expect((model.predict(tf.zeros([2, ...row.input])) as tf.Tensor).shape).toEqual([2, ...row.output]);
    });
  });

  it("gives the same output after it is saved and loaded", async () => {
    const model = modelOf(row);
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    const throughJson = JSON.parse(JSON.stringify(saved!.modelTopology));
    const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology: throughJson }));
    const x = tf.randomNormal([2, ...row.input], 0, 1, "float32", 3);
    const [before, after] = [model, loaded].map((each) => (each.predict(x) as tf.Tensor).dataSync());
    expect(after).toEqual(before);
    expect(loaded.layers[1]!.getConfig()).toEqual(model.layers[1]!.getConfig());
  });

  it("lists all weights that it holds", () => {
    checkHeldWeights("fit", modelOf(row));
  });

  it("leaves no tensor behind but its output", () => {
    const layer = row.make();
    const x = tf.zeros([2, ...row.input]);
    layer.apply(x);
    const before = tf.memory().numTensors;
    const y = layer.apply(x) as tf.Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, y]);
  });
});

describe("an input of other axes", () => {
  const free = ["Linear", "Dropout", "DropPath", "Gelu", "LayerNorm"]; // they take any
  it.each(layers.filter(({ name }) => !free.includes(name)))(
    "is refused by $name, which says what it takes",
    ({ name, make, input }) => {
      const axes = input.length === 3 ? "[B, H, W, C]" : "[B, N, D]";
      for (const shape of [[8], [...input, 2]]) {
        expect(() => make().apply(tf.input({ shape }))).toThrow(
          new TypeError(`${name}: the input must be ${axes}, got [?, ${shape.join(", ")}]`),
        );
      }
    },
  );
});

describe("an initializer that is none", () => {
  it("is refused: a name, a class that tfjs does not know, no arguments at all", () => {
    const linear = (kernelInitializer: unknown) => () =>
      new Linear({ units: 2, kernelInitializer: kernelInitializer as object as tf.serialization.ConfigDict });
    expect(linear("heNormal")).toThrow(
      new TypeError(
        "Linear: kernelInitializer must be an initializer (of createInitializer or tf.initializers), got " +
          "kernelInitializer='heNormal'",
      ),
    );
    expect(linear({ className: "constructor", config: {} })).toThrow(TypeError);
    expect(() => new Linear(undefined as never)).toThrow(
      new TypeError("Linear: args must be an object, got args=undefined"),
    );
  });
});

describe("an argument that a layer does not have", () => {
  it("is refused, with the one that was meant", () => {
    const misspelt = { units: 2, kernel_initializer: tf.initializers.zeros() };
    expect(() => new Linear(misspelt as never)).toThrow("got kernel_initializer; did you mean kernelInitializer?");
  });

  it.each<[() => unknown, string]>([
    [() => new Conv2d({ outChannels: 8, kernelSize: 3 } as never), "got outChannels; did you mean filters?"],
    [
      () => new Conv2d({ in_channels: 3, filters: 8, kernelSize: 3 } as never),
      "got in_channels; did you mean filters (the channels that come in are read from the input)?",
    ],
    [() => new Linear({ outFeatures: 8 } as never), "got outFeatures; did you mean units?"],
    [
      () => new Linear({ inFeatures: 8, units: 3 } as never),
      "got inFeatures; did you mean units (the features that come in are read from the input)?",
    ],
    [() => new Linear({ units: 3, bias: false } as never), "got bias; did you mean useBias?"],
  ])("is answered by what PyTorch calls so: %s", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("ops.layerNorm()", () => {
  it("takes fewer than 30 kernels with its gradient", async () => {
    const [x, gamma, beta] = [tf.ones([3, 4]), tf.ones([4]), tf.zeros([4])];
    const gradients = tf.grads((x, gamma, beta) => ops.layerNorm(x!, gamma!, beta!, 1e-5));
    const { kernels } = await tf.profile(() =>
      tf.tidy(() => {
        gradients([x, gamma, beta]);
        return tf.scalar(0);
      }),
    );
    // Identity and Reshape copy nothing, nor does a Cast to the same dtype.
    expect(kernels.filter(({ name }) => !["Identity", "Reshape", "Cast"].includes(name)).length).toBeLessThan(30);
  });
});

describe("BatchNorm", () => {
  it("normalises by the batch in training and moves the kept statistics, which it takes otherwise", () => {
    tf.tidy(() => {
      const layer = new BatchNorm({ momentum: 0.5, epsilon: 1e-12 });
      const x = tf.tensor4d([1, 3], [2, 1, 1, 1]); // mean 2, biased variance 1, unbiased 2
      const rounded = (y: tf.Tensor) => [...y.dataSync()].map((value) => Math.round(value * 1e4) / 1e4);
      expect(rounded(layer.apply(x, { training: true }) as tf.Tensor)).toEqual([-1, 1]);
      const [, , mean, variance] = layer.getWeights();
      expect([mean!.dataSync()[0], variance!.dataSync()[0]]).toEqual([1, 1.5]); // halfway from 0 and 1
      expect(rounded(layer.apply(x) as tf.Tensor)).toEqual([0, Math.round((2 / Math.sqrt(1.5)) * 1e4) / 1e4]);
      layer.dispose();
    });
  });

  it("trains gamma and beta only", () => {
    const layer = new BatchNorm({ name: "norm" });
    layer.build([null, 2, 2, 3]);
    expect(layer.trainableWeights.map(({ originalName }) => originalName.split("/").at(-1))).toEqual(["gamma", "beta"]);
    tf.dispose(layer.weights.map((weight) => weight.read()));
  });

  it("without scale is the same as with a gamma of 1, and learns beta alone", () => {
    tf.tidy(() => {
      const [whole, centered] = [new BatchNorm({ name: "whole" }), new BatchNorm({ name: "centered", scale: false })];
      const x = tf.randomUniform([4, 3, 3, 2], 0, 5, "float32", 1);
      for (const training of [true, false]) {
        const [y, z] = [whole, centered].map((layer) => layer.apply(x, { training }) as tf.Tensor);
        expect([...z!.dataSync()]).toEqual([...y!.dataSync()]);
      }
      expect(centered.trainableWeights.map(({ originalName }) => originalName)).toEqual(["centered/beta"]);
      for (const layer of [whole, centered]) layer.dispose();
    });
  });
});

describe("Patches", () => {
  it("cuts squares, row by row", () => {
    // Pixel (y, x) of this 4×4 image holds 10·y + x.
    const image = tf.tensor([0, 1, 2, 3].map((y) => [0, 1, 2, 3].map((x) => [10 * y + x]))).expandDims(0);
    const patches = new Patches({ patchSize: 2 }).apply(image) as tf.Tensor;
    expect(patches.arraySync()).toEqual([
      [
        [0, 1, 10, 11],
        [2, 3, 12, 13],
        [20, 21, 30, 31],
        [22, 23, 32, 33],
      ],
    ]);
  });

  it("refuses a size that does not divide the image", () => {
    expect(() => new Patches({ patchSize: 3 }).computeOutputShape([null, 4, 6, 1])).toThrow(
      "Patches: patchSize must divide height and width, got patchSize=3, image 4×6",
    );
  });
});

describe("ImageRows", () => {
  it("reads channel after channel", () => {
    // One row of two pixels with three channels: pixel x, channel c holds 10·c + x.
    const image = tf.tensor([
      [
        [
          [0, 10, 20],
          [1, 11, 21],
        ],
      ],
    ]);
    expect((new ImageRows({ rowLength: 3 }).apply(image) as tf.Tensor).arraySync()).toEqual([
      [
        [0, 1, 10],
        [11, 20, 21],
      ],
    ]);
  });
});

describe("MultiHeadSelfAttention", () => {
  it("refuses a width that its heads cannot share", () => {
    const zeros = tf.initializers.zeros();
    const layer = new MultiHeadSelfAttention({
      numHeads: 3,
      qkvKernelInitializer: zeros,
      qkvBiasInitializer: zeros,
      outKernelInitializer: zeros,
      outBiasInitializer: zeros,
    });
    expect(() => layer.build([null, 5, 8])).toThrow(
      "MultiHeadSelfAttention: the input's last size must be divisible by numHeads, got 8, numHeads=3",
    );
  });
});

describe("SequencePooling", () => {
  it("weighs the tokens by the softmax of their scores", () => {
    const layer = new SequencePooling({ kernelInitializer: tf.initializers.ones() });
    const x = tf.tensor3d([
      [
        [0, 0],
        [Math.log(3), 0],
      ],
    ]); // scores 0 and ln 3: weights 1/4 and 3/4
    expect((layer.apply(x) as tf.Tensor).dataSync()[0]).toBeCloseTo(0.75 * Math.log(3), 6);
  });
});

describe("torchUniform()", () => {
  it("has PyTorch's bound and moments", () => {
    const values = Array.from<number>(torchUniform(16, 7).apply([100, 100]).dataSync());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.abs(mean)).toBeLessThan((5 * 0.25) / Math.sqrt(3 * 10_000)); // five standard errors
    expect(variance).toBeCloseTo(0.25 ** 2 / 3, 3);
  });
});

describe("dropped attention probabilities", () => {
  const scores = () =>
    ["q", "k", "v"].map((_, i) => tf.randomNormal([2, 3, 16, 4], 0, 1, "float32", 7 + i)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];

  it("are rate of all, and the rest is scaled up", () => {
    const zeros = tf.zeros([1, 64, 4]); // every probability is 1 / 64
    const kept = tf.tidy(
      () => tf.sum(ops.attention(zeros, zeros, tf.eye(64).expandDims(0), { dropRate: 0.25 }).greater(0)).dataSync()[0]!,
    );
    // five standard errors
    expect(Math.abs(kept / 64 ** 2 - 0.75)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 64 ** 2));
    const values = tf.tidy(() =>
      [...new Set(ops.attention(zeros, zeros, tf.eye(64).expandDims(0), { dropRate: 0.25 }).dataSync())].sort(),
    );
    expect(values).toEqual([0, expect.closeTo(1 / 48, 8)]);
  });

  it("have a gradient by the very mask of the forward pass", () => {
    const [q, k, v] = scores();
    const { value, grads } = tf.valueAndGrads((q, k, v) =>
      tf.sum(tf.mul(ops.attention(q!, k!, v!, { dropRate: 0.5 }), 1 / 3)),
    )([q, k, v]);
    const [, dk, dv] = grads as [tf.Tensor, tf.Tensor, tf.Tensor];
    // The output is linear in v: value = v · dv. Moving all keys by one vector changes no probability: dk sums to 0.
    expect(tf.sum(tf.mul(v, dv)).dataSync()[0]).toBeCloseTo(value.dataSync()[0]!, 3);
    const moved = tf.max(tf.abs(tf.sum(dk, 2))).dataSync()[0]!;
    expect(moved).toBeLessThan(1e-5 * tf.max(tf.abs(dk)).dataSync()[0]! * 16);
  });

  it("happen in training only", () => {
    const layer = new MultiHeadSelfAttention({
      numHeads: 2,
      attnDropRate: 0.5,
      qkvKernelInitializer: uniform("1"),
      qkvBiasInitializer: uniform("2"),
      outKernelInitializer: uniform("3"),
      outBiasInitializer: uniform("4"),
    });
    const x = tf.randomNormal([2, 5, 8], 0, 1, "float32", 3);
    const [still, again, training] = [{}, {}, { training: true }].map((options) =>
      (layer.apply(x, options) as tf.Tensor).dataSync(),
    );
    expect(again).toEqual(still);
    expect(training).not.toEqual(still);
  });

  it.each([1, -0.1, NaN])("refuse a rate of %d", (dropRate) => {
    const [q, k, v] = scores();
    expect(() => ops.attention(q, k, v, { dropRate })).toThrow(
      new RangeError(`attention: dropRate must be a number from 0 to below 1, got dropRate=${dropRate}`),
    );
  });
});
