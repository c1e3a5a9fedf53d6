import { describe, expect, it } from "vitest";
import { tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";

/** Made by test/fixtures/make-saved-model.py with TensorFlow 2.21.0. */
const FOLDER = new URL("../fixtures/saved-model", import.meta.url).pathname;

describe("tf.node.loadSavedModel()", () => {
  it("lists the signatures of a model", async () => {
    const [graph] = await tf.node.getMetaGraphsFromSavedModel(FOLDER);
    expect(graph!.tags).toEqual(["serve"]);
    expect(Object.keys(graph!.signatureDefs).sort()).toEqual(["many", "serving_default"]);
    expect(graph!.signatureDefs["many"]!.inputs["count"]!.tfDtype).toBe("DT_INT64");
  });

  it("runs a model: one tensor in, one out", async () => {
    const model = await tf.node.loadSavedModel(FOLDER);
    const x = tf.tensor2d([
      [1, 0],
      [0, 1],
      [1, 1],
    ]);
    const y = model.predict(x) as import("@tensorflow/tfjs").Tensor;
    expect(y.arraySync()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
      [5, 7, 9],
    ]);
    tf.dispose([x, y]);
    model.dispose();
  });

  it("takes int64, strings and uint8, and returns int64, strings and a scalar", async () => {
    const model = await tf.node.loadSavedModel(FOLDER, ["serve"], "many");
    const inputs = {
      count: tf.tensor1d([3, 4], "int32"),
      text: tf.tensor1d(["ab", "é"], "string"),
      image: tf.tensor2d(
        [
          [0, 255],
          [255, 0],
        ],
        [2, 2],
        "int32",
      ),
    };
    const outputs = model.predict(inputs) as import("@tensorflow/tfjs").NamedTensorMap;
    expect([...(outputs["doubled"]!.dataSync() as unknown as BigInt64Array)]).toEqual([6n, 8n]);
    expect(outputs["joined"]!.dataSync()).toEqual(["abab", "éé"]);
    expect(outputs["brightness"]!.arraySync()).toBe(127.5);
    tf.dispose([inputs, outputs]);
    model.dispose();
  });

  it("frees the model and every tensor", async () => {
    const binding = currentBinding()!;
    const [models, tensors] = [binding.getNumOfSavedModels(), binding.getNumOfTensors()];
    const model = await tf.node.loadSavedModel(FOLDER);
    expect(binding.getNumOfSavedModels()).toBe(models + 1);
    tf.tidy(() => void model.predict(tf.ones([4, 2])));
    model.dispose();
    expect([binding.getNumOfSavedModels(), binding.getNumOfTensors()]).toEqual([models, tensors]);
  });

  it("says which folder holds no model", async () => {
    await expect(tf.node.loadSavedModel("/nowhere")).rejects.toThrow("/nowhere");
    expect(() => currentBinding()!.loadSavedModel("/nowhere", "serve")).toThrow(/^loadSavedModel \/nowhere: /);
  });

  it("names an operation that the model lacks, and a wrong number of inputs", () => {
    const binding = currentBinding()!;
    const id = binding.loadSavedModel(FOLDER, "serve");
    expect(() => binding.runSavedModel(id, [], "", "nothing:0")).toThrow(
      new RangeError("runSavedModel: the model has no operation named nothing"),
    );
    expect(() => binding.runSavedModel(id, [], "serving_default_x:0", "StatefulPartitionedCall:0")).toThrow(
      new RangeError("runSavedModel: needs 1 inputs, got 0"),
    );
    binding.deleteSavedModel(id);
    expect(() => binding.deleteSavedModel(id)).toThrow(RangeError);
  });
});
