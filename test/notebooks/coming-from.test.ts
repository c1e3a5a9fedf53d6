/** What the guide says to who comes from PyTorch: its doors are there, and what it says is not here is not. */
import { readdirSync, readFileSync } from "node:fs";
import { afterEach, beforeAll, expect, it } from "vitest";
import * as saccade from "../../lib/index.js";
import { analysis, backend, datasets, models, tf, train } from "../../lib/index.js";

const GUIDE = new URL("../../notebooks/guide/", import.meta.url);
const pages = readdirSync(GUIDE).filter((name) => /\.(md|ipynb)$/.test(name));
const text = readFileSync(new URL("coming-from-pytorch.ipynb", GUIDE), "utf8");
const made: tf.LayersModel[] = [];

beforeAll(backend.ready);
afterEach(() => made.splice(0).forEach((model) => void model.dispose()));

function resnet18(): tf.LayersModel {
  const model = models.createModel("resnet18", { numClasses: 10, inputShape: [32, 32, 3], seed: 1 });
  made.push(model);
  return model;
}

it.each(pages)("%s names doors that there are", (page) => {
  const lines = readFileSync(new URL(page, GUIDE), "utf8").split("\n");
  const ours = lines.map((line) => (/^ *"?\|/.test(line) ? line.split(" | ").at(-1)! : line)); // a table's last column
  const named = ours.flatMap((line) => [
    ...line.matchAll(
      /`(?:await )?(analysis|backend|datasets|layers|models|plots|study|sweeps|tracking|train)\.(\w+)\b(?!\.)/g,
    ),
  ]);
  expect(named.filter(([, door, name]) => !(name! in saccade[door as "train"])).map(([all]) => all)).toEqual([]);
});

it("counts parameters as PyTorch does: 11,181,642 of torchvision's ResNet18 with ten classes", () => {
  const model = resnet18();
  expect(text).toContain("`analysis.summary(model).params`");
  expect(analysis.summary(model).params).toBe(11_181_642);
  expect(model.countParams()).toBe(11_181_642 + 9600); // mean and variance of 4,800 channels
});

it("freezes all but the head", () => {
  const model = resnet18();
  expect(text).toContain('`models.freeze(model, [\\"*\\"])`, then `models.unfreeze(model, [\\"head\\"])`');
  models.freeze(model, ["*"]);
  models.unfreeze(model, ["head"]);
  expect(model.trainableWeights.map(({ originalName }) => originalName.split("/")[0])).toEqual(["head", "head"]);
});

it("says of what is not here that it is not", async () => {
  const { train: set } = datasets.generated({ trainImages: 4, testImages: 2, imageShape: [16, 16, 3], seed: 1 });
  const ending = (activation: "sigmoid" | "linear"): tf.LayersModel => {
    const pool = tf.layers.globalAveragePooling2d({ inputShape: [16, 16, 3] } as never);
    const model = tf.sequential({ layers: [pool, tf.layers.dense({ units: 10, activation })] });
    made.push(model);
    return model;
  };
  const fit = (options: object, activation: "sigmoid" | "linear" = "linear") =>
    train.fit(ending(activation), set, { epochs: 1, progress: false, ...options });
  await expect(fit({ schedule: () => 1 })).rejects.toThrow("fit: schedule must be");
  await expect(fit({ monitor: "loss" })).rejects.toThrow("fit: monitor must be");
  await expect(fit({}, "sigmoid")).rejects.toThrow("got a sigmoid");
  await expect(fit({ augment: { rotation: 10 } })).rejects.toThrow("augment");
  const absent = ["*mobilenet*", "*efficientnet*", "*convnext*", "*swin*"];
  expect(absent.flatMap((pattern) => models.listModels(pattern))).toEqual([]);
});

it("ends a run from a callback, and classes many images that have no labels", async () => {
  const { train: set } = datasets.generated({ trainImages: 4, testImages: 2, imageShape: [16, 16, 3], seed: 1 });
  const pool = tf.layers.globalAveragePooling2d({ inputShape: [16, 16, 3] } as never);
  const model = tf.sequential({ layers: [pool, tf.layers.dense({ units: 10 })] });
  made.push(model);
  const stop = new AbortController();
  const callbacks = { epoch: () => stop.abort() };
  const history = await train.fit(model, set, { epochs: 3, progress: false, signal: stop.signal, callbacks });
  expect([history.endedBy, history.epochs.length]).toEqual(["signal", 1]);
  const unlabelled = { ...set, labels: new Int32Array(4) };
  const { predictions } = await train.evaluate(model, unlabelled);
  expect(predictions).toEqual((await train.evaluate(model, set)).predictions);
});

it("README says how many networks there are", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`**${models.listModels().length} networks**`);
});
