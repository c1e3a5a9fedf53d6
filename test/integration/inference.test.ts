/**
 * The bench's seven networks as `npm run bench -- inference` compares them: our compiled program with the weights as
 * constants gives ONNX Runtime's logits, and the same class of each image; of CIFAR-10's test images, too.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { configOf, NETWORK_CASES, type NetworkCase } from "../../lib/bench/training/training-cases.js";
import { batches, cifar10 } from "../../lib/datasets/index.js";
import { createModel, exportOnnx } from "../../lib/models/index.js";
import { runTool, temporaryFolder } from "./tools.js";

const folder = temporaryFolder();
const [file, given, made] = ["model.onnx", "images.f32", "logits.f32"].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
beforeAll(ready);

/** Weights of every kind that are not what they start as: batch norms' statistics and offsets do something. */
function unlikeTheStart(model: tf.LayersModel): void {
  for (const [at, weight] of model.weights.entries()) {
    const variable = weight.read();
    if (variable.rank !== 1) continue;
    const drawn = tf.tidy(() => tf.add(variable, tf.randomUniform(variable.shape, 0.05, 0.5, "float32", at)));
    weight.write(drawn);
    drawn.dispose();
  }
}

/** The logits of our frozen program and those of ONNX Runtime, of images [B, H, W, C] in turn. */
async function bothLogits(network: NetworkCase, all: readonly tf.Tensor[], xla: boolean) {
  const model = createModel(network.model, network.overrides);
  unlikeTheStart(model);
  await exportOnnx(model, file);
  const run = compile((images: tf.Tensor) => model.apply(images, { training: false }) as tf.Tensor, {
    freeze: true,
    xla,
  });
  const [ours, theirs] = [[] as number[], [] as number[]];
  for (const images of all) {
    const logits = await run(images);
    ours.push(...(await logits.data()));
    logits.dispose();
    const turned = tf.transpose(images, [0, 3, 1, 2]);
    writeFileSync(given, (await turned.data()) as Float32Array);
    turned.dispose();
    const { code, output } = await runTool("python", ["test/fixtures/onnx/run.py", file, given, made], process.cwd());
    expect([code, output]).toEqual([0, ""]);
    const { buffer, byteOffset, byteLength } = readFileSync(made);
    theirs.push(...new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer));
  }
  run.dispose();
  model.dispose();
  return { ours, theirs };
}

/** The largest difference over the largest logit; images of which another class is first by more than that. */
function compared(ours: readonly number[], theirs: readonly number[], classes: number) {
  const scale = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0) / scale;
  let others = 0;
  for (let at = 0; at < theirs.length; at += classes) {
    const [mine, rows] = [ours.slice(at, at + classes), theirs.slice(at, at + classes)];
    const first = mine.indexOf(Math.max(...mine));
    if ((Math.max(...rows) - rows[first]!) / scale > MOST) others++;
  }
  return { error, others };
}

/** Float32 sums of up to some thousand products, in other orders, through all layers. */
const MOST = 1e-4;

describe("the same network, frozen here and in ONNX Runtime", () => {
  it.each(NETWORK_CASES.flatMap((network) => [false, true].map((xla) => ({ ...network, xla }))))(
    "$title gives the same logits; xla: $xla",
    async ({ xla, ...network }) => {
      const { numClasses, inputShape } = configOf(network);
      const images = tf.randomNormal([4, ...inputShape], 0, 1, "float32", 5);
      const { ours, theirs } = await bothLogits(network, [images], xla);
      images.dispose();
      const { error, others } = compared(ours, theirs, numClasses);
      expect(theirs).toHaveLength(4 * numClasses);
      expect(error).toBeLessThan(MOST);
      expect(others).toBe(0);
    },
  );

  it.each(["mynet", "vit_small"])("%s takes 10,000 test images for the same classes", async (name) => {
    const network = NETWORK_CASES.find((each) => each.name === name)!;
    const { test } = await cifar10({ fallback: "generated" });
    const all: tf.Tensor[] = [];
    for await (const { images, labels } of batches(test, { batchSize: 1000 })) {
      all.push(images);
      labels.dispose();
    }
    const { ours, theirs } = await bothLogits(network, all, false);
    tf.dispose(all);
    const { error, others } = compared(ours, theirs, 10);
    expect(theirs).toHaveLength(10 * test.labels.length);
    expect(error).toBeLessThan(MOST);
    expect(others).toBe(0);
  });
});
