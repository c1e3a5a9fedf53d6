import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { modelUse, setModelUse } from "../../../lib/models/model-use.js";
import { createModel, loadWeights, resamplePositions, saveWeights } from "../../../lib/models/index.js";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../../lib/safetensors/index.js";

const small = { inputShape: [16, 16, 3], numClasses: 5, embedDim: 8, depth: 1, numHeads: 2, seed: 1 } as const;
const make = (overrides: object = {}) => createModel("vit_lite_6_4_32", { ...small, ...overrides });
const valuesOf = (model: tf.LayersModel) =>
  new Map(model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]));
const folder = mkdtempSync(join(tmpdir(), "saccade-load-"));
const at = (name: string) => join(folder, `${name}.safetensors`);
const floats = (shape: number[]): StoredTensor => ({
  dtype: "F32",
  shape,
  values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
});

/** A file of a model's weights under the authors' names, with some changed. */
async function changed(change: (tensors: Map<string, StoredTensor>) => void): Promise<string> {
  const path = at("changed");
  await saveWeights(make(), path, { names: "compact-transformers" });
  const { metadata, tensors } = await readSafetensors(path);
  const copy = new Map(tensors);
  change(copy);
  await writeSafetensors(path, { metadata, tensors: copy });
  return path;
}

beforeAll(ready);
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

describe("loadWeights, strictly", () => {
  it("lists what is missing, unexpected and misshapen in one error, and changes nothing", async () => {
    const path = await changed((tensors) => {
      tensors.delete("classifier.norm.weight");
      tensors.set("classifier.extra", floats([2]));
      tensors.set("classifier.blocks.0.linear1.bias", floats([3]));
      tensors.set("tokenizer.conv_layers.0.0.weight", floats([8, 3, 2, 4]));
    });
    const model = make({ seed: 2 });
    const before = valuesOf(model);
    const tensors = tf.memory().numTensors;
    await expect(loadWeights(model, path)).rejects.toThrow(
      new RangeError(
        [
          `loadWeights: ${path} must fit vit_lite_6_4_32 under compact-transformers's names, got`,
          "missing (1): classifier.norm.weight",
          "unexpected (1): classifier.extra",
          "misshapen (2): tokenizer.conv_layers.0.0.weight [8, 3, 2, 4], the model's is [8, 3, 4, 4]; " +
            "classifier.blocks.0.linear1.bias [3], the model's is [16]",
        ].join("\n"),
      ),
    );
    expect(valuesOf(model)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it.each(["module.", "_orig_mod.", "_orig_mod.module."])(
    "takes the names of a network that was wrapped as %s",
    async (prefix) => {
      const path = await changed((tensors) => {
        for (const [name, tensor] of [...tensors]) {
          tensors.delete(name);
          tensors.set(prefix + name, tensor);
        }
      });
      const model = make({ seed: 2 });
      expect((await loadWeights(model, path)).loaded).toHaveLength(model.weights.length);
      expect(valuesOf(model)).toEqual(valuesOf(make()));
    },
  );

  it("says whose names it takes where it knows none of the file's", async () => {
    await writeSafetensors(at("other"), {
      metadata: {},
      tensors: new Map([["vit.embeddings.cls_token", floats([1, 1, 8])]]),
    });
    const names = "compact_transformer takes those of saccade, compact-transformers";
    await expect(loadWeights(make(), at("other"))).rejects.toThrow(
      new RegExp(`unexpected \\(1\\): vit\\.embeddings\\.cls_token\nno name of the file is known: ${names}$`),
    );
  });

  it("says for another number of classes how to keep the model's own head, and does so", async () => {
    await saveWeights(make(), at("five"), { names: "compact-transformers", classNames: ["a", "b", "c", "d", "e"] });
    const model = make({ numClasses: 7, seed: 2 });
    const before = valuesOf(model);
    const misshapen = /misshapen \(2\): classifier\.fc\.weight \[5, 8\], the model's is \[7, 8\]/;
    const mend = /head: "new" keeps the model's own head/;
    await expect(loadWeights(model, at("five"))).rejects.toThrow(new RegExp(`${misshapen.source}.*\n.*${mend.source}`));
    const { loaded, classNames } = await loadWeights(model, at("five"), { head: "new" });
    expect(classNames).toBeUndefined();
    expect(loaded).toHaveLength(before.size - 2);
    const after = valuesOf(model);
    expect(after.get("head/kernel")).toEqual(before.get("head/kernel"));
    expect(after.get("block1/dense1/kernel")).toEqual(valuesOf(make()).get("block1/dense1/kernel"));
  });

  it("without strict leaves a head of other classes, and their names, alone", async () => {
    const trained = make();
    setModelUse(trained, { classNames: ["a", "b", "c", "d", "e"], mean: 0.5, std: 0.5 });
    await saveWeights(trained, at("five"));
    const model = make({ numClasses: 7, seed: 2 });
    const { misshapen, classNames } = await loadWeights(model, at("five"), { strict: false });
    expect([misshapen.length, classNames]).toEqual([2, undefined]);
    expect(modelUse(model)).toBeUndefined();
  });

  it("makes the folder, and refuses a name of another format", async () => {
    await saveWeights(make(), at("new/folder/w"));
    await loadWeights(make(), at("new/folder/w"));
    for (const name of ["w.pt", "w.pth", "w.h5", "w.CKPT"]) {
      await expect(saveWeights(make(), join(folder, name))).rejects.toThrow(
        /^saveWeights: path must end in .safetensors, .*got "/,
      );
    }
  });

  it("takes halves and doubles, and reads a file of the same names in any order", async () => {
    const model = make({ seed: 2 });
    await saveWeights(make(), at("half"), { names: "compact-transformers", dtype: "BF16" });
    await loadWeights(model, at("half"));
    const [wanted, got] = [valuesOf(make()).get("head/kernel")!, valuesOf(model).get("head/kernel")!];
    expect(got).not.toEqual(wanted);
    for (const [i, value] of got.entries())
      expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(Math.abs(wanted[i]!) / 256);
    const path = await changed((tensors) => {
      const { shape, values } = tensors.get("classifier.fc.weight")!;
      tensors.set("classifier.fc.weight", { dtype: "F64", shape, values: Float64Array.from(values as Float32Array) });
    });
    await loadWeights(model, path);
    expect(valuesOf(model).get("head/kernel")).toEqual(wanted);
  });
});

describe("loadWeights, not strictly", () => {
  it("loads what fits and reports the rest", async () => {
    const path = await changed((tensors) => {
      tensors.delete("classifier.norm.weight");
      tensors.set("classifier.extra", floats([2]));
      tensors.set("classifier.norm.bias", floats([9]));
    });
    const model = make({ seed: 2 });
    const before = valuesOf(model);
    const result = await loadWeights(model, path, { strict: false });
    expect(result).toMatchObject({
      missing: ["classifier.norm.weight"],
      unexpected: ["classifier.extra"],
      misshapen: ["classifier.norm.bias [9], the model's is [8]"],
    });
    expect(result.loaded).toHaveLength(before.size - 2);
    expect(valuesOf(model).get("head/kernel")).toEqual(valuesOf(make()).get("head/kernel"));
  });
});

describe("another image size", () => {
  it("interpolates the learned positions by the model's grid, the class token's kept as it is", async () => {
    const model = make({ inputShape: [16, 24, 3], seed: 2 });
    await saveWeights(make(), at("square"), { names: "compact-transformers" });
    const { resampled } = await loadWeights(model, at("square"));
    expect(resampled).toEqual(["position/embedding"]);
    const source = valuesOf(make()).get("position/embedding")!;
    const wanted = resamplePositions(Float32Array.from(source), 17, 8, { height: 4, width: 6, prefix: 1 });
    expect(valuesOf(model).get("position/embedding")).toEqual([...wanted]);
    expect([...wanted].slice(0, 8)).toEqual(source.slice(0, 8));
  });
  it("goes by the tokenizer's feature map in CCT", async () => {
    const cct = (inputShape: [number, number, number]) => createModel("cct_6_3x2_32", { ...small, inputShape });
    await saveWeights(cct([16, 16, 3]), at("cct"));
    const model = cct([32, 16, 3]);
    await loadWeights(model, at("cct"));
    const wanted = resamplePositions(Float32Array.from(valuesOf(cct([16, 16, 3])).get("position/embedding")!), 16, 8, {
      height: 8,
      width: 4,
      prefix: 0,
    });
    expect(valuesOf(model).get("position/embedding")).toEqual([...wanted]);
  });
  it.each([
    [
      new Float32Array(3),
      4,
      { height: 2, width: 2, prefix: 0 },
      "resamplePositions: values must be 4 × 1 numbers, got 3",
    ],
    [
      new Float32Array(5),
      5,
      { height: 2, width: 2, prefix: 0 },
      "resamplePositions: the tokens must make a square grid, got 5",
    ],
    [
      new Float32Array(4),
      4,
      { height: 2, width: 2, prefix: 1 },
      "resamplePositions: the tokens must make a square grid behind 1 other, got 4",
    ],
  ])("refuses positions %o of %i tokens for %o", (values, tokens, grid, message) => {
    expect(() => resamplePositions(values, tokens, 1, grid)).toThrow(new RangeError(message));
  });
  it("keeps computed waves", async () => {
    const sine = (side: number, seed: number) =>
      make({ inputShape: [side, side, 3], positionalEmbedding: "sine", seed });
    await saveWeights(sine(16, 1), at("sine"), { names: "compact-transformers" });
    const model = sine(24, 2);
    const before = valuesOf(model).get("position/embedding");
    await loadWeights(model, at("sine"));
    expect(valuesOf(model).get("position/embedding")).toEqual(before);
  });
});

describe("what a file says of itself", () => {
  it("is the version, the names, how the model was made, and the classes", async () => {
    await saveWeights(make(), at("about"), { classNames: ["a", "b", "c", "d", "e"] });
    const { metadata } = await readSafetensors(at("about"));
    expect(metadata["format"]).toBe("pt");
    const about = JSON.parse(metadata["saccade"]!);
    expect(about).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      names: "saccade",
      model: { name: "vit_lite_6_4_32", config: small },
      use: { classNames: ["a", "b", "c", "d", "e"] },
    });
    expect((await loadWeights(createModel(about.model.name, about.model.config), at("about"))).classNames).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e",
    ]);
  });
  it("is class names, mean and std of a trained model, which predict then knows", async () => {
    const use = { classNames: ["a", "b", "c", "d", "e"], mean: [0.1, 0.2, 0.3], std: 0.5 };
    const model = make();
    setModelUse(model, use);
    await saveWeights(model, at("trained"));
    const other = make({ seed: 2 });
    await loadWeights(other, at("trained"), { head: "new" });
    expect(modelUse(other)).toBeUndefined();
    await loadWeights(other, at("trained"));
    expect(modelUse(other)).toEqual(use);
  });
  it("says no model where createModel did not make it", async () => {
    const plain = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: "head" })] });
    await saveWeights(plain, at("plain"));
    expect(JSON.parse((await readSafetensors(at("plain"))).metadata["saccade"]!)).toEqual({
      version: expect.any(String),
      names: "saccade",
    });
  });
});

describe("bad input", () => {
  it.each([
    [
      "names that the family does not have",
      () => loadWeights(make(), at("any"), { names: "torchvision" }),
      "loadWeights: names must be one of saccade, compact-transformers for a model of compact_transformer, " +
        'got "torchvision"',
    ],
    [
      "an unknown word for the head",
      () => loadWeights(make(), at("any"), { head: "drop" as "new" }),
      "loadWeights: head must be one of load, new, got head='drop'; \"new\" leaves the head as the model has it",
    ],
    [
      "a type that is not written",
      () => saveWeights(make(), at("none"), { dtype: "F8" as "F16" }),
      "saveWeights: dtype must be one of F32, F16, BF16, got dtype='F8'",
    ],
    [
      "an option that is none",
      () => loadWeights(make(), at("any"), { stric: true } as object),
      "loadWeights: an option must be one of strict, head, names, entry, got stric; did you mean strict?",
    ],
    [
      "too few class names",
      () => saveWeights(make(), at("none"), { classNames: ["a"] }),
      "saveWeights: classNames must name the model's 5 classes, got 1",
    ],
  ])("%s is a RangeError", async (_, run, message) => {
    await saveWeights(make(), at("any"));
    await expect(run()).rejects.toThrow(new RangeError(message));
  });
  it.each([
    [{ classNames: ["a"], mean: 0, std: 1 }, "classNames must be 5, the model's classes, got 1"],
    [{ classNames: "abcde", mean: 0, std: 1 }, "classNames must be an array, each item a text, got classNames='abcde'"],
    [
      { classNames: ["a", "b", "c", "d", "e"], mean: "x", std: 1 },
      "mean must be a finite number or an array, each item a finite number, got mean='x'",
    ],
  ])("metadata of a use that is none, %o, are a SyntaxError, and change nothing", async (use, why) => {
    await saveWeights(make(), at("used"));
    const { metadata, tensors } = await readSafetensors(at("used"));
    await writeSafetensors(at("used"), {
      metadata: { saccade: JSON.stringify({ ...JSON.parse(metadata["saccade"]!), use }) },
      tensors,
    });
    const model = make({ seed: 2 });
    const before = valuesOf(model);
    await expect(loadWeights(model, at("used"))).rejects.toThrow(
      new SyntaxError(
        `loadWeights: the metadata "saccade" must tell the use of the model's classes, got ${at("used")}, where ${why}`,
      ),
    );
    expect(valuesOf(model)).toEqual(before);
    expect(modelUse(model)).toBeUndefined();
  });
  it("metadata of ours that are no JSON are a SyntaxError", async () => {
    await writeSafetensors(at("odd"), { metadata: { saccade: "{" }, tensors: new Map() });
    await expect(loadWeights(make(), at("odd"))).rejects.toThrow(SyntaxError);
    writeFileSync(at("odd"), "");
    await expect(loadWeights(make(), at("odd"))).rejects.toThrow(
      /^loadWeights: a file must be safetensors, got .* of 0 bytes/,
    );
  });
});
