/** Labels that are no class raise an error on every path, as PyTorch's do, with TensorFlow and without. */
import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, ops, ready, tf } from "../../lib/backend/index.js";
import { batchGradients, crossEntropy, softmaxCrossEntropy } from "../../lib/train/index.js";

beforeAll(ready);

const LOSSES: Record<string, (logits: tf.Tensor2D, labels: tf.Tensor) => tf.Tensor> = {
  crossEntropy: (logits, labels) => crossEntropy(logits, labels),
  "crossEntropy, labelSmoothing": (logits, labels) => crossEntropy(logits, labels, { labelSmoothing: 0.1 }),
  "crossEntropy, classWeights": (logits, labels) => crossEntropy(logits, labels, { classWeights: [1, 2, 3] }),
  "crossEntropy, both": (logits, labels) =>
    crossEntropy(logits, labels, { labelSmoothing: 0.1, classWeights: [1, 2, 3] }),
  softmaxCrossEntropy: (logits, labels) => softmaxCrossEntropy(logits, labels),
  "softmaxCrossEntropy, labelSmoothing": (logits, labels) => ops.softmaxCrossEntropy(logits, labels, 0.1),
};
const logits = () =>
  tf.tensor2d([
    [1, 2, 3],
    [1, 0, 0],
  ]);

describe.each(Object.keys(LOSSES))("%s", (name) => {
  const fn = name.split(",")[0]!;

  it.each([[3], [-1], [-100]])("refuses the label %i", (wrong) => {
    tf.tidy(() => {
      expect(() => LOSSES[name]!(logits(), tf.tensor1d([0, wrong], "int32"))).toThrow(
        new RangeError(`${fn}: labels must be 0 to 2, got ${wrong}`),
      );
      expect(() => tf.grad((x) => LOSSES[name]!(x as tf.Tensor2D, tf.tensor1d([wrong, 0], "int32")))(logits())).toThrow(
        RangeError,
      );
    });
  });

  it("fails in a compiled function, and computes there what it does outside", async () => {
    const compiled = compile((x: tf.Tensor2D, labels: tf.Tensor) => LOSSES[name]!(x, labels));
    await expect(compiled(logits(), tf.tensor1d([0, 3], "int32"))).rejects.toThrow(/\[0, 3\)|0 to 2/);
    await expect(compiled(logits(), tf.tensor1d([-1, 0], "int32"))).rejects.toThrow(/\[0, 3\)|0 to 2/);
    const good = tf.tensor1d([2, 0], "int32");
    expect((await compiled(logits(), good)).dataSync()[0]).toBeCloseTo(LOSSES[name]!(logits(), good).dataSync()[0]!, 6);
    compiled.dispose();
  });
});

it("batchGradients refuses a batch's label that is no class", async () => {
  const model = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [2, 2, 1] }), tf.layers.dense({ units: 3 })],
  });
  for (const config of [{}, { labelSmoothing: 0.1 }, { classWeights: [1, 2, 3] }]) {
    const batch = { images: tf.ones([2, 2, 2, 1]) as tf.Tensor4D, labels: tf.tensor1d([0, 3], "int32") };
    await expect(batchGradients(model, batch, config)).rejects.toThrow(
      new RangeError("batchGradients: labels must be 0 to 2, got 3"),
    );
  }
});

it("refuses them without TensorFlow's library too", () => {
  const library = pathToFileURL(new URL("../../dist/lib/index.js", import.meta.url).pathname).href;
  const program = `
    import { tf, train, backend } from ${JSON.stringify(library)};
    const logits = tf.tensor2d([[1, 2, 3], [1, 0, 0]]);
    const said = [];
    for (const config of [{}, { labelSmoothing: 0.1 }, { classWeights: [1, 2, 3] }]) {
      for (const wrong of [3, -1]) {
        const labels = tf.tensor1d([0, wrong], "int32");
        const loss = (x, y) => train.crossEntropy(x, y, config);
        for (const call of [loss, backend.compile(loss)]) {
          try { said.push((await call(logits, labels)).dataSync()[0]); } catch (error) { said.push(error.message); }
        }
      }
    }
    console.log(JSON.stringify(said));`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
    env: { ...process.env, SACCADE_BACKEND: "wasm" },
  });
  const said = JSON.parse(stdout || `"${stderr}"`) as string[];
  expect(said).toHaveLength(12);
  said.forEach((text, i) => expect(text).toBe(`crossEntropy: labels must be 0 to 2, got ${i % 4 < 2 ? 3 : -1}`));
});
