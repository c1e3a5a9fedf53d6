import { readFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { evaluate, fit, type FitOptions, type History, type Measured } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 30, classes: 3 });
const options = {
  epochs: 2,
  batchSize: 10,
  seed: 3,
  progress: false,
  optimizer: { name: "sgd", momentum: 0.9 },
  learningRate: 0.05,
} as const;
let model: tf.LayersModel;
let start: tf.Tensor[];

beforeAll(ready);
beforeEach(() => {
  model = createModel("small_vit", {
    inputShape: [8, 8, 3],
    numClasses: 3,
    embedDim: 8,
    depth: 1,
    numHeads: 2,
    hiddenDim: 16,
  });
  start = model.getWeights().map((weight) => tf.tidy(() => tf.add(weight, 0)));
});
afterEach(() => {
  tf.dispose(start);
  model.dispose();
});

/** Trains from the same weights each time. */
async function run(more: FitOptions): Promise<{ history: History; weights: number[] }> {
  model.setWeights(start);
  const history = await fit(model, set, { ...options, ...more });
  return { history, weights: model.getWeights().flatMap((weight) => [...weight.dataSync()]) };
}
const apart = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));

describe("fit()", () => {
  it("takes an option that is undefined for one that is left out", async () => {
    const { config } = (await run({ epochs: 1, mean: undefined, seed: undefined, clipNorm: undefined } as object))
      .history;
    expect(config).toMatchObject({ mean: 0.5, seed: 0, clipNorm: null });
  });

  it("with microBatchSize takes the whole batch's steps", async () => {
    const whole = await run({});
    const parts = await run({ microBatchSize: 3 }); // 3, 3, 3 and 1
    expect(apart(parts.weights, whole.weights)).toBeLessThan(1e-4); // sums of another order, over six steps
    expect(parts.history.epochs[1]!.loss).toBeCloseTo(whole.history.epochs[1]!.loss, 4);
    expect(parts.history.epochs[1]!.accuracy).toBe(whole.history.epochs[1]!.accuracy);
  });

  it("with parallelParts takes the whole batch's steps, and by itself in two parts", async () => {
    const whole = await run({ parallelParts: 1 });
    const parts = await run({ parallelParts: 4, microBatchSize: 7 }); // of 7 and of 3
    expect(apart(parts.weights, whole.weights)).toBeLessThan(1e-4); // sums of another order, over six steps
    expect(parts.history.epochs[1]!.accuracy).toBe(whole.history.epochs[1]!.accuracy);
    expect((await run({})).weights).toEqual((await run({ parallelParts: 2 })).weights);
  });

  it("changes the rate as the schedule says: with 0 in all steps but the first, one step is taken", async () => {
    const first = await run({ epochs: 1, batchSize: 30 });
    const stepped = await run({
      epochs: 3,
      batchSize: 30,
      optimizer: { name: "sgd", momentum: 0 },
      schedule: { name: "multistep", milestones: [1], gamma: 1e-30 },
    });
    expect(apart(stepped.weights, first.weights)).toBeLessThan(1e-6);
    const byEpoch = await run({
      epochs: 2,
      optimizer: { name: "sgd" },
      schedule: { name: "step", by: "epoch", stepSize: 1, gamma: 1e-30 },
    });
    const oneEpoch = await run({ epochs: 1, optimizer: { name: "sgd" } });
    expect(apart(byEpoch.weights, oneEpoch.weights)).toBeLessThan(1e-6);
  });

  it("with mixedPrecision trains float32 weights to losses near float32's", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined); // a processor without bfloat16 is said to be one
    const [full, mixed] = [await run({}), await run({ mixedPrecision: true })];
    expect(model.getWeights().every(({ dtype }) => dtype === "float32")).toBe(true);
    // bfloat16 keeps 8 binary digits
    expect(Math.abs(mixed.history.epochs[1]!.loss / full.history.epochs[1]!.loss - 1)).toBeLessThan(2e-2);
    await expect(run({ mixedPrecision: "bfloat16" as never })).rejects.toThrow(
      "fit: mixedPrecision must be true, false or \"auto\", got mixedPrecision='bfloat16'",
    );
    vi.restoreAllMocks();
  });

  it("with clipNorm takes steps no longer than learningRate · clipNorm", async () => {
    const { weights } = await run({
      epochs: 1,
      batchSize: 30,
      learningRate: 1,
      clipNorm: 0.01,
      optimizer: { name: "sgd" },
    });
    const before = start.flatMap((weight) => [...weight.dataSync()]);
    const length = Math.hypot(...weights.map((value, i) => value - before[i]!));
    expect(length).toBeLessThan(0.0101);
    expect(length).toBeGreaterThan(0.0099);
  });

  it("with emaDecay leaves decay · start + (1 − decay) · end after one step", async () => {
    const raw = await run({ epochs: 1, batchSize: 30 });
    const averaged = await run({ epochs: 1, batchSize: 30, emaDecay: 0.75 });
    const before = start.flatMap((weight) => [...weight.dataSync()]);
    expect(
      apart(
        averaged.weights,
        raw.weights.map((end, i) => 0.75 * before[i]! + 0.25 * end),
      ),
    ).toBeLessThan(1e-6);
    expect(apart(averaged.weights, raw.weights)).toBeGreaterThan(1e-4);
  });

  it("trains on soft targets, smoothed labels and weighted classes, each its own way", async () => {
    const losses = await Promise.resolve([{}, { mixup: 1 }, { labelSmoothing: 0.2 }, { classWeights: [1, 5, 1] }]).then(
      async (all) => {
        const found: number[] = [];
        for (const each of all) found.push((await run(each)).history.epochs[1]!.loss);
        return found;
      },
    );
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(new Set(losses).size).toBe(4);
  });

  it("mixes images of a set that has fewer classes than the model", async () => {
    const two = { ...set, labels: set.labels.map((label) => Math.min(label, 1)), classNames: ["dark", "light"] };
    const start = (await fit(model, two, { ...options, epochs: 1, mixup: 1 })).epochs[0]!.loss;
    expect((await fit(model, two, { ...options, epochs: 10, mixup: 1 })).epochs.at(-1)!.loss).toBeLessThan(start);
  });

  it("shows what each epoch's evaluation found", async () => {
    const seen: Measured[] = [];
    const { history } = await run({
      validation: set,
      progress: { step() {}, mark() {}, measured: (found) => void seen.push(found), end() {} },
    });
    expect(seen).toEqual(history.epochs.map((record) => ({ ...record, epochs: 2 })));
  });

  it("ends at targetAccuracy, or after patience epochs without a better one", async () => {
    const target = await run({ epochs: 50, targetAccuracy: 0.3 });
    expect(target.history).toMatchObject({ stopped: true, endedBy: "targetAccuracy" });
    const idle = await run({ epochs: 50, learningRate: 0, patience: 3, validation: set });
    expect(idle.history).toMatchObject({ stopped: true, endedBy: "patience" });
    expect(idle.history.epochs).toHaveLength(4); // the first is the best
    expect((await run({})).history).toMatchObject({ stopped: false, endedBy: "epochs" });
  });

  it("ends at the accuracy on the training set after the epoch, with monitor training", async () => {
    const seen: { running: number; after: number }[] = [];
    const { history } = await run({
      epochs: 200,
      monitor: "training",
      targetAccuracy: 0.9,
      validation: brightnessSet({ count: 3, classes: 3 }),
      augment: { cropPadding: 3 },
      callbacks: {
        epoch: async ({ accuracy, training }) => {
          seen.push({ running: accuracy, after: training!.accuracy });
          // not augmented, and of the epoch's last weights
          expect((await evaluate(model, set)).accuracy).toBe(training!.accuracy);
        },
      },
    });
    expect(history).toMatchObject({ stopped: true, endedBy: "targetAccuracy" });
    expect(seen.at(-1)!.after).toBeGreaterThanOrEqual(0.9);
    expect(seen.slice(0, -1).every(({ after }) => after < 0.9)).toBe(true);
    expect(seen.some(({ running, after }) => running !== after)).toBe(true);
    const running = await run({ epochs: 200, monitor: "running", targetAccuracy: 0.9, validation: set });
    expect(running.history.epochs.at(-1)!.accuracy).toBeGreaterThanOrEqual(0.9);
    expect(running.history.epochs.slice(0, -1).every(({ accuracy }) => accuracy < 0.9)).toBe(true);
  });

  it("calls back after each step and epoch, with the validation's numbers", async () => {
    const calls: string[] = [];
    const { history } = await run({
      validation: set,
      callbacks: {
        step: ({ epoch, batch }) => void calls.push(`${epoch}.${batch}`),
        epoch: ({ epoch, validation }) => void calls.push(`${epoch} ${validation?.accuracy}`),
      },
    });
    const [first, second] = history.epochs.map(({ epoch, validation }) => `${epoch} ${validation!.accuracy}`);
    expect(calls).toEqual(["1.1", "1.2", "1.3", first, "2.1", "2.2", "2.3", second]);
  });

  it("leaves no tensor behind with every option", async () => {
    const all: FitOptions = {
      epochs: 1,
      microBatchSize: 4,
      clipNorm: 1,
      emaDecay: 0.9,
      labelSmoothing: 0.1,
      mixup: 1,
      classWeights: [1, 2, 1],
      validation: set,
      optimizer: { name: "rmsprop", momentum: 0.5 },
    };
    await run(all);
    const before = tf.memory().numTensors;
    await run(all);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[object, string]>([
    [
      { optimizer: { name: "lion" } },
      "fit: optimizer.name must be one of adam, adamw, sgd, rmsprop, got optimizer.name='lion'",
    ],
    [
      { optimizer: "adamx" },
      "fit: optimizer must be one of adam, adamw, sgd, rmsprop or its name and options, got optimizer='adamx'; " +
        "did you mean adam?",
    ],
    [
      { optimizer: { name: "adam", lr: 0.1 } },
      "fit: an option of optimizer must be one of name, beta1, beta2, epsilon, weightDecay, decayNormsAndBiases, " +
        "got lr; did you mean learningRate beside the optimizer?",
    ],
    [
      { optimizer: { name: "sgd", nesterov: true } },
      "fit: optimizer.nesterov must have momentum above 0, got momentum=0",
    ],
    [{ validation_data: set }, "got validation_data; did you mean validation?"],
    [{ validationData: set }, "got validationData; did you mean validation?"],
    [{ lr: 0.1 }, "got lr; did you mean learningRate?"],
    [{ weight_decay: 0.1 }, "got weight_decay; did you mean optimizer.weightDecay?"],
    [{ batch_size: 8 }, "got batch_size; did you mean batchSize?"],
    [{ optimiser: "adam" }, "got optimiser; did you mean optimizer?"],
    [{ criterion: () => {} }, "got criterion; did you mean loss?"],
    [{ gradient_accumulation_steps: 2 }, "got gradient_accumulation_steps; did you mean microBatchSize?"],
    [{ schedule: { name: "cosine", warmup_steps: 5 } }, "got warmup_steps; did you mean warmupFraction?"],
    [{ checkpoint: { folder: "x", everySteps: 0 } }, "fit: checkpoint.everySteps must be a whole number above 0"],
    [
      { callbacks: [() => {}] },
      "fit: callbacks must be functions by when they are called, { step, epoch }, or null for none, got callbacks=[",
    ],
    [{ augment: { horizontalFlipp: true } }, "horizontalFlip"],
    [
      { validation: [set.images, set.labels] },
      "fit: validation must be a set of images (cifar.train, say), or of files",
    ],
    [{ metrics: ["accuracy"] }, "fit: metrics must be functions by name, { topThree: (logits, labels) => … }"],
    [{ loss: "mse" }, "fit: loss must be one of crossEntropy or a function, got loss='mse'"],
    [
      { schedule: { name: "onecycle" }, optimizer: { name: "sgd" } },
      "fit: onecycle with cycleMomentum must have an optimizer with momentum, got sgd with momentum=0",
    ],
    [
      { schedule: { name: "plateau" } },
      "fit: schedule.name must be one of constant, step, multistep, cosine, linear, onecycle, got",
    ],
    [{ clipNorm: 0 }, "fit: clipNorm must be a number above 0, or null for none, got clipNorm=0"],
    [{ emaDecay: 1 }, "fit: emaDecay must be a number from 0 to below 1, or null for none, got emaDecay=1"],
    [
      { parallelParts: 0 },
      "fit: parallelParts must be a whole number above 0, or null for the default, got parallelParts=0",
    ],
    [
      { microBatchSize: 1.5 },
      "fit: microBatchSize must be a whole number above 0, or null for none, got microBatchSize=1.5",
    ],
    [
      { classWeights: [1] },
      "fit: classWeights must be an array of 3, each item a number of 0 or more, or null for none, got",
    ],
    [
      { targetAccuracy: 90 },
      "fit: targetAccuracy must be a number above 0 and at most 1, or null for none, got targetAccuracy=90",
    ],
    [
      { monitor: "test" },
      "fit: monitor must be one of validation, training, running, or null for the default, got monitor='test'",
    ],
    [{ monitor: "validation" }, "fit: monitor validation must come with a validation set, got none"],
    [
      { validation: { ...set, classNames: ["level 0", "level 2", "level 3"] } },
      "fit: validation must have the training set's classes level 0, level 1, level 2, got level 0, level 2, level 3",
    ],
    [{ mixup: -1 }, "fit: mixup must be a number of 0 or more, got mixup=-1"],
    [
      { checkpoint: { folder: "x", every: 5 } },
      "fit: an option of checkpoint must be one of folder, everySteps, everyMinutes, got every",
    ],
    [{ checkpoint: {} }, "fit: checkpoint.folder must be a text, got checkpoint.folder=undefined"],
    [
      { callbacks: { epochEnd: () => {} } },
      "fit: an option of callbacks must be one of step, epoch, got epochEnd; did you mean epoch?",
    ],
    [{ callbacks: { step: "print" } }, "fit: callbacks.step must be a function, got callbacks.step='print'"],
    [{ progress: { step: () => {} } }, "fit: progress.mark must be a function, got progress.mark=undefined"],
    [
      { metrics: { half: () => tf.scalar(0.5) } },
      'fit: metrics must come with a validation set, or with monitor: "training", on which they are measured after ' +
        "each epoch, got neither",
    ],
    [{ resume: true }, "fit: resume must come with checkpoint, got none"],
  ])("refuses %o", async (more, error) => {
    const before = tf.memory().numTensors;
    await expect(fit(model, set, { progress: false, ...more })).rejects.toThrow(error);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("says where a seed is documented what it does not fix: the order of sums, by the number of cores", () => {
    for (const file of ["fit-config", "data-parallel"]) {
      const source = readFileSync(new URL(`../../lib/train/${file}.ts`, import.meta.url), "utf8");
      const [, comment] = /((?:\/\*\*|\n +\*)[^/]*\*\/)\s*readonly seed\?: number;/.exec(source)!;
      expect(comment, file).toMatch(/number\s[\s*]*of cores/);
    }
  });
});
