/** Layers that hold layers and variables in their fields, as PyTorch's modules do, and those that may. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { countMacs, summary } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import * as layers from "../../lib/layers/index.js";
import { checkHeldWeights } from "../../lib/layers/held-weights.js";
import { listModels, outline, saveLayersModel, saveWeights } from "../../lib/models/index.js";
import { fit } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

/** A layer that passes its input on, and holds what it is given. */
class Block extends tf.layers.Layer {
  static className = "HeldBlock";
  readonly held: unknown;
  constructor(held: unknown) {
    super({});
    this.held = held;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.clone(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
}

/** Images [8, 8, 3] to three logits, past the layers. */
function modelOf(...inside: tf.layers.Layer[]): tf.LayersModel {
  const image = tf.input({ shape: [8, 8, 3] });
  const last = [...inside, tf.layers.flatten(), tf.layers.dense({ units: 3 })];
  const output = last.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, image);
  return tf.model({ inputs: image, outputs: output });
}

const conv = () => new layers.Conv2d({ filters: 3, kernelSize: 1, name: "inner" });

function builtConv(): tf.layers.Layer {
  const layer = conv();
  layer.build([null, 8, 8, 3]);
  return layer;
}

describe("a layer that its own weights do not list", () => {
  it.each<[string, () => unknown]>([
    ["not built", conv],
    ["built", builtConv],
    ["frozen", () => Object.assign(builtConv(), { trainable: false })],
    ["of tfjs", () => tf.layers.dense({ units: 3 })],
    ["an LSTM, not built", () => tf.layers.lstm({ units: 3 })],
    ["a Bidirectional, not built", () => tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 3 }) as tf.RNN })],
    ["in an array", () => [tf.layers.reLU(), conv()]],
    ["in a map", () => new Map([["a", conv()]])],
    ["in a plain object", () => ({ a: conv() })],
    ["in a layer of one's own in a field", () => new Block(conv())],
    ["a model", () => modelOf(conv())],
    ["a variable", () => tf.variable(tf.zeros([3]))],
    ["variables", () => [tf.variable(tf.zeros([3]))]],
  ])("%s", (_, make) => {
    const model = modelOf(new Block(make()));
    const rule =
      /^fit: a layer must list all weights that it holds, got HeldBlock \S+, whose field held has a .*addWeight/;
    expect(() => checkHeldWeights("fit", model)).toThrow(rule);
    expect(() => checkHeldWeights("fit", modelOf(model.layers[1]!))).toThrow(rule);
    const outer = tf.sequential({ layers: [modelOf(new Block(make())), tf.layers.dense({ units: 3 })] });
    expect(() => checkHeldWeights("fit", outer)).toThrow(rule);
  });

  it("is refused where it would be left untrained, unsaved or uncounted", async () => {
    const model = modelOf(new Block(conv()));
    const rule = (fn: string) => `${fn}: a layer must list all weights that it holds`;
    await expect(fit(model, brightnessSet({ count: 6, classes: 3 }), { progress: false })).rejects.toThrow(rule("fit"));
    await expect(saveWeights(model, "/nowhere/w.safetensors")).rejects.toThrow(rule("saveWeights"));
    await expect(saveLayersModel(model, "/nowhere")).rejects.toThrow(rule("saveLayersModel"));
    expect(() => summary(model)).toThrow(rule("summary"));
    expect(() => countMacs(model)).toThrow(rule("countMacs"));
  });
});

describe("a layer of a class without className", () => {
  it("is called by its class", async () => {
    class Nameless extends tf.layers.Layer {
      override call = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor => tf.clone([inputs].flat()[0]!);
      override computeOutputShape = (shape: tf.Shape): tf.Shape => shape;
    }
    const model = modelOf(new Nameless({}));
    expect(model.layers[1]!.name).toMatch(/^nameless_Nameless\d+$/);
    expect(summary(model).layers[1]!.className).toBe("Nameless");
    expect(modelOf(tf.layers.reLU()).layers[1]!.getClassName()).toBe("ReLU");
  });

  it("must have a class with a name", () => {
    const make = () => new (class extends tf.layers.Layer {})({});
    expect(make).toThrow("a layer must be of a class with a name, got one without: class MyLayer");
  });
});

describe("no false alarm", () => {
  it.each<[string, () => unknown]>([
    ["a layer without weights", () => [tf.layers.reLU(), tf.layers.add(), new layers.Patches({ patchSize: 2 })]],
    ["a constant", () => [tf.variable(tf.zeros([3]), false), tf.zeros([3])]],
    [
      "what is disposed of",
      () => {
        const gone = tf.variable(tf.zeros([3]));
        gone.dispose();
        return gone;
      },
    ],
    ["nothing", () => null],
  ])("for %s in a field", (_, make) => {
    checkHeldWeights("fit", modelOf(new Block(make())));
  });

  it("for a layer that the model has elsewhere", () => {
    const shared = conv();
    checkHeldWeights("fit", modelOf(shared, new Block(shared)));
  });

  it("for a layer that lists its part's weights", () => {
    class Listing extends Block {
      static override className = "HeldListing";
      override build(shape: tf.Shape): void {
        const part = this.held as tf.layers.Layer;
        part.build(shape);
        this.trainableWeights = part.trainableWeights;
        this.built = true;
      }
    }
    checkHeldWeights("fit", modelOf(new Listing(conv())));
  });

  it.each(listModels())("for %s", (name) => {
    outline(name, {}, (model) => checkHeldWeights("fit", model));
  });

  const SEQUENCE = [5, 4];
  const IMAGE = [8, 8, 3];
  /** Arguments, and the input's shape, of each layer of tfjs; where one takes two inputs it gets the same twice. */
  const THEIRS: Readonly<Record<string, [args: object, shape: number[], twice?: boolean]>> = {
    activation: [{ activation: "relu" }, IMAGE],
    add: [{}, IMAGE, true],
    alphaDropout: [{ rate: 0.5 }, IMAGE],
    average: [{}, IMAGE, true],
    averagePooling1d: [{}, SEQUENCE],
    averagePooling2d: [{}, IMAGE],
    averagePooling3d: [{}, [4, 4, 4, 2]],
    batchNormalization: [{}, IMAGE],
    bidirectional: [{ layer: tf.layers.lstm({ units: 2, returnSequences: true }), mergeMode: "concat" }, SEQUENCE],
    categoryEncoding: [{ numTokens: 4, outputMode: "multiHot" }, [4]],
    centerCrop: [{ height: 4, width: 4 }, IMAGE],
    concatenate: [{}, IMAGE, true],
    conv1d: [{ filters: 2, kernelSize: 2 }, SEQUENCE],
    conv2d: [{ filters: 2, kernelSize: 2 }, IMAGE],
    conv2dTranspose: [{ filters: 2, kernelSize: 2 }, IMAGE],
    conv3d: [{ filters: 2, kernelSize: 2 }, [4, 4, 4, 2]],
    conv3dTranspose: [{ filters: 2, kernelSize: 2 }, [4, 4, 4, 2]],
    convLstm2d: [{ filters: 2, kernelSize: 2 }, [2, ...IMAGE]],
    cropping2D: [{ cropping: 1 }, IMAGE],
    dense: [{ units: 2 }, SEQUENCE],
    depthwiseConv2d: [{ kernelSize: 2 }, IMAGE],
    dot: [{ axes: 1 }, [4], true],
    dropout: [{ rate: 0.5 }, IMAGE],
    elu: [{}, IMAGE],
    embedding: [{ inputDim: 4, outputDim: 2 }, [5]],
    flatten: [{}, IMAGE],
    gaussianDropout: [{ rate: 0.5 }, IMAGE],
    gaussianNoise: [{ stddev: 0.5 }, IMAGE],
    globalAveragePooling1d: [{}, SEQUENCE],
    globalAveragePooling2d: [{}, IMAGE],
    globalMaxPooling1d: [{}, SEQUENCE],
    globalMaxPooling2d: [{}, IMAGE],
    gru: [{ units: 2 }, SEQUENCE],
    layerNormalization: [{}, IMAGE],
    leakyReLU: [{}, IMAGE],
    lstm: [{ units: 2 }, SEQUENCE],
    masking: [{}, SEQUENCE],
    maxPooling1d: [{}, SEQUENCE],
    maxPooling2d: [{}, IMAGE],
    maxPooling3d: [{}, [4, 4, 4, 2]],
    maximum: [{}, IMAGE, true],
    minimum: [{}, IMAGE, true],
    multiply: [{}, IMAGE, true],
    permute: [{ dims: [2, 1] }, SEQUENCE],
    prelu: [{}, IMAGE],
    randomWidth: [{ factor: 0.1 }, IMAGE],
    reLU: [{}, IMAGE],
    repeatVector: [{ n: 2 }, [4]],
    rescaling: [{ scale: 2 }, IMAGE],
    reshape: [{ targetShape: [192] }, IMAGE],
    resizing: [{ height: 4, width: 4 }, IMAGE],
    rnn: [
      { cell: tf.layers.stackedRNNCells({ cells: [4, 2].map((units) => tf.layers.gruCell({ units })) }) },
      SEQUENCE,
    ],
    separableConv2d: [{ filters: 2, kernelSize: 2 }, IMAGE],
    simpleRNN: [{ units: 2 }, SEQUENCE],
    softmax: [{}, IMAGE],
    spatialDropout1d: [{ rate: 0.5 }, SEQUENCE],
    thresholdedReLU: [{}, IMAGE],
    timeDistributed: [{ layer: tf.layers.dense({ units: 2 }) }, SEQUENCE],
    upSampling2d: [{}, IMAGE],
    zeroPadding2d: [{}, IMAGE],
  };

  it.each(Object.entries(THEIRS))("for tf.layers.%s", (name, [args, shape, twice]) => {
    const make = tf.layers[name as "dense"] as unknown as (args: object) => tf.layers.Layer;
    const input = tf.input({ shape });
    const output = make(args).apply(twice ? [input, input] : input) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: output });
    checkHeldWeights("fit", model);
    checkHeldWeights("fit", tf.model({ inputs: input, outputs: model.apply(input) as tf.SymbolicTensor }));
  });

  it("the list has every layer of tfjs that is one in a model by itself", () => {
    const parts = ["inputLayer", "gruCell", "lstmCell", "simpleRNNCell", "convLstm2dCell", "stackedRNNCells", "input"];
    const same = /^(avgPool\w*|(globalM|m)axPool[12]d)$/;
    const all = Object.keys(tf.layers).filter((name) => /^[a-z]/.test(name) && !same.test(name));
    expect(all.filter((name) => !parts.includes(name)).sort()).toEqual(Object.keys(THEIRS).sort());
  });
});
