/// <reference lib="dom" />
/** Models saved as tfjs' LayersModel, loaded by tfjs alone: in a process without Saccade, and in a real browser. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import * as ours from "../../../lib/layers/index.js";
import { CONVERTERS } from "../../../lib/models/browser/converters.js";
import { outline, plainModel, registry, saveLayersModel, type ModelName } from "../../../lib/models/index.js";
import { setModelUse } from "../../../lib/models/model-use.js";
import { launchChromium, whyNoChromium } from "../../browser.js";
import { serve } from "../../files/file-server.js";
import { smallModel as make, smallNames as names } from "../small-models.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const TF_SCRIPT = join(ROOT, "node_modules/@tensorflow/tfjs/dist/tf.min.js");
const whyNot = whyNoChromium();
if (whyNot !== undefined) console.log(`test/models/browser: no page is opened, ${whyNot}`);

const imagesFor = (model: tf.LayersModel) =>
  tf.randomNormal([3, ...(model.inputs[0]!.shape.slice(1) as number[])], 0, 1, "float32", 5);
const predict = (model: tf.LayersModel, images: tf.Tensor) => [...(model.predict(images) as tf.Tensor).dataSync()];
const difference = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length
    ? Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs))
    : NaN;

let folder: string;
beforeAll(ready);
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-browser-"))));
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

/** Serves a saved model with its images. */
async function publish(name: ModelName) {
  const model = make(name);
  setModelUse(model, { classNames: ["a", "b", "c", "d"], mean: 0.5, std: 0.25 });
  const images = imagesFor(model);
  await saveLayersModel(model, join(folder, name));
  const files = Object.fromEntries(
    readdirSync(join(folder, name)).map((file) => [`/${file}`, readFileSync(join(folder, name, file))]),
  );
  const server = await serve({
    ...files,
    "/images.json": Buffer.from(JSON.stringify({ shape: images.shape, values: [...images.dataSync()] })),
    "/tf.min.js": readFileSync(TF_SCRIPT),
    "/": Buffer.from(
      "<!doctype html><script src='/tf.min.js'></script><script src='/local-response-norm.js'></script>",
    ),
  });
  return { expected: predict(model, images), server };
}

describe.each(names)("%s", (name) => {
  it("is the same network in layers of tfjs' own, and leaves no tensor behind", () => {
    const model = make(name);
    const images = imagesFor(model);
    const expected = predict(model, images);
    const before = tf.memory().numTensors;
    const plain = plainModel(model);
    expect(difference(predict(plain, images), expected)).toBeLessThan(1e-5); // another order of sums, in float32
    plain.dispose();
    expect(tf.memory().numTensors - before).toBe(1); // the prediction
  });

  it("is loaded by plain tfjs in another process, with equal outputs, and with its class names", async () => {
    const { expected, server } = await publish(name);
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [
        join(ROOT, "test/fixtures/scripts/plain-tfjs.cjs"),
        server.url,
      ]);
      const { shape, values, metadata, saccade } = JSON.parse(stdout.trim().split("\n").at(-1)!);
      expect(saccade).toEqual([]);
      expect(shape).toEqual([3, 4]);
      expect(difference(values, expected)).toBeLessThan(1e-5);
      expect(metadata.saccadeUse).toEqual({ classNames: ["a", "b", "c", "d"], mean: 0.5, std: 0.25 });
    } finally {
      await server.close();
    }
  });
});

describe("every model of the registry", () => {
  it.each(Object.keys(registry) as ModelName[])("%s has layers that can be said in tfjs' own", (name) => {
    const kinds = outline(name, {}, (model) =>
      model.layers
        .filter((layer) => Object.values(ours).some((each) => each === (layer.constructor as unknown)))
        .map((layer) => layer.getClassName()),
    );
    const sayable = [...Object.keys(CONVERTERS), "Patches", "LocalResponseNorm"];
    expect(kinds.filter((kind) => !sayable.includes(kind))).toEqual([]);
  });
});

describe("saveLayersModel", () => {
  it("writes model.json and weights.bin and leaves nothing else", async () => {
    await saveLayersModel(make("mynet"), join(folder, "new", "mynet"));
    expect(readdirSync(join(folder, "new", "mynet")).sort()).toEqual(["model.json", "weights.bin"]);
  });
  it("says where it cannot write, and leaves nothing", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(saveLayersModel(make("mynet"), join(folder, "file"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
  it("refuses a layer that is used twice", () => {
    const twice = tf.layers.dense({ units: 3, name: "twice" });
    const input = tf.input({ shape: [3] });
    const model = tf.model({ inputs: input, outputs: twice.apply(twice.apply(input)) as tf.SymbolicTensor });
    expect(() => plainModel(model)).toThrow(
      new TypeError("plainModel: a layer must be used once, got twice used 2 times"),
    );
  });
});

describe.skipIf(whyNot !== undefined)("in a browser", () => {
  it.each(["vit_tiny_patch16_224", "cnn_self_attention", "cct_6_3x2_32", "alexnet"] as const)(
    "%s gives the same outputs",
    async (name) => {
      const { expected, server } = await publish(name);
      const browser = await launchChromium();
      try {
        const page = await browser.newPage();
        await page.goto(server.url);
        const values = await page.evaluate(async () => {
          const { tf } = globalThis as unknown as { tf: typeof import("@tensorflow/tfjs") };
          const model = await tf.loadLayersModel("/model.json");
          const { shape, values } = await (await fetch("/images.json")).json();
          return [...(model.predict(tf.tensor(values, shape)) as import("@tensorflow/tfjs").Tensor).dataSync()];
        });
        expect(difference(values, expected)).toBeLessThan(1e-3); // WebGL's exponentials and error function are rough
      } finally {
        await browser.close();
        await server.close();
      }
    },
  );
});
