import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { calledAs } from "../../lib/checks.js";
import { setModelUse } from "../../lib/models/model-use.js";
import { sampleSet } from "../datasets/sample-set.js";
import { backend, datasets, models, tf, train } from "../../lib/index.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-called-"));
const at = (name: string) => join(folder, name);
const tiny = () => models.createModel("mynet", { inputShape: [8, 8, 3], numClasses: 2, filters: [2, 2, 2, 2] });

const drawn = { ...sampleSet(4, [8, 8, 3]), labels: Int32Array.of(0, 1, 0, 1), classNames: ["a", "b"] };
const ofPhotos = () => {
  const model = tiny();
  setModelUse(model, { classNames: ["a", "b"], mean: 0.5, std: 0.5 });
  return model;
};
const photos = () => datasets.imageFolder(at("photos"), { side: 8 });
/** On images 8×8 of classes a and b. */
const fitTiny = (options: train.FitOptions, set: datasets.ImageSet | datasets.FileSet = drawn) =>
  train.fit(tiny(), set, { epochs: 1, batchSize: 2, progress: false, ...options });

beforeAll(() => backend.ready());
beforeAll(() => {
  for (const name of ["a", "b"]) mkdirSync(at(`photos/${name}`), { recursive: true });
  for (const name of ["text.pth", "text.safetensors", "photos/a/1.png", "photos/b/1.png"])
    writeFileSync(at(name), "no such file at all");
  writeFileSync(at("index.json"), "{}");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an error from deep within names the function that was called", () => {
  const small = { images: tf.ones([2, 4, 4, 3]), labels: tf.zeros([2], "int32") };
  const twoInputs = () => {
    const inputs = [1, 2].map(() => tf.input({ shape: [4] }));
    return tf.model({ inputs, outputs: tf.layers.add().apply(inputs) as tf.SymbolicTensor });
  };
  it.each<[fn: string, what: string, run: () => unknown]>([
    ["createModel", "a builder's rule", () => models.createModel("vit_b16", { embedDim: 10, numHeads: 3 })],
    ["outline", "a builder's rule", () => models.outline("vit_b16", { embedDim: 10, numHeads: 3 }, () => 1)],
    ["modelConfig", "an unknown option", () => models.modelConfig("vit_b16", { embedDims: 10 } as object)],
    [
      "pretrained",
      "an unknown option, before anything is fetched",
      () => models.pretrained("timm/resnet18.tv_in1k", { a: 1 }),
    ],
    ["pretrained", "a digest that is none", () => models.pretrained("timm/resnet18.tv_in1k", {}, { sha256: "x" })],
    ["loadWeights", "text in place of safetensors", () => models.loadWeights(tiny(), at("text.safetensors"))],
    ["loadWeights", "text in place of an index", () => models.loadWeights(tiny(), at("index.json"))],
    ["loadWeights", "a folder", () => models.loadWeights(tiny(), folder)],
    ["readWeights", "text in place of safetensors", () => models.readWeights(at("text.safetensors"))],
    ["loadCheckpoint", "text in place of a checkpoint", () => train.loadCheckpoint(tiny(), at("text.safetensors"))],
    ["createOptimizer", "sgd's rule", () => train.createOptimizer([], { name: "sgd", nesterov: true }, 0.1)],
    ["fit", "an optimizer's rule", () => fitTiny({ optimizer: { name: "sgd", nesterov: true } })],
    ["fit", "a picture that is none", async () => fitTiny({}, await photos())],
    ["fit", "a picture for validation that is none", async () => fitTiny({ validation: await photos() })],
    ["evaluate", "a picture that is none", async () => train.evaluate(ofPhotos(), await photos())],
    ["predict", "a picture that is none", () => train.predict(ofPhotos(), at("photos/a/1.png"))],
    ["batchGradients", "images of another size", () => train.batchGradients(tiny(), small as never)],
    ["crossEntropy", "labels of another number", () => train.crossEntropy(tf.ones([2, 3]), tf.zeros([5], "int32"))],
    ["clipByGlobalNorm", "no gradients", () => backend.ops.clipByGlobalNorm([], 1)],
    ["momentumAt", "a schedule's rule", () => train.momentumAt({ cycleMomentum: 1 as never }, 0, 1)],
    ["cifar100", "drawn images' rule", () => datasets.cifar100({ source: "generated", generated: { seed: 0.5 } })],
    ["loadImages", "a picture that is none", async () => datasets.loadImages(await photos())],
    ["saveLayersModel", "a model that is not said", () => models.saveLayersModel(twoInputs(), at("web"))],
    ["exportOnnx", "a model that is not written", () => models.exportOnnx(twoInputs(), at("two.onnx"))],
  ])("%s: %s", async (fn, _, run) => {
    const error = await Promise.resolve()
      .then(run)
      .catch((reason: unknown) => reason);
    expect(String(error)).toMatch(new RegExp(`^\\w*Error: ${fn}: `));
    expect((error as Error).stack).toContain(`Error: ${fn}: `);
  });
});

describe("calledAs", () => {
  const failing = (error: Error) => () => {
    throw error;
  };
  it("puts the called function's name in the place of the inner one's, of a class before it", () => {
    expect(() => calledAs("outer", failing(new RangeError("inner: a must be b, got c")))).toThrow(
      new RangeError("outer: a must be b, got c"),
    );
    expect(() => calledAs("outer", failing(new TypeError("Linear: units must be b, got c")))).toThrow(
      new TypeError("outer: Linear: units must be b, got c"),
    );
  });
  it("does so for a promise, and leaves its value", async () => {
    await expect(calledAs("outer", async () => failing(new RangeError("inner: x"))())).rejects.toThrow(/^outer: x$/);
    expect([await calledAs("outer", async () => 5), calledAs("outer", () => 6)]).toEqual([5, 6]);
  });
  it("leaves the system's errors, and those that name no function", () => {
    const missing = Object.assign(new Error("ENOENT: no such file"), { code: "ENOENT" });
    expect(() => calledAs("outer", failing(missing))).toThrow(/^ENOENT: no such file$/);
    expect(() => calledAs("outer", failing(new Error("no name at all: x")))).toThrow(/^no name at all: x$/);
    expect(() => calledAs("outer", failing(new RangeError("outer: x")))).toThrow(/^outer: x$/);
  });
});
