import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, loadWeights } from "../../lib/models/index.js";
import { jsonLines, readRun, readRuns, startRun, type RunLog } from "../../lib/tracking/index.js";
import { fit, type FitOptions } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 30, classes: 3 });
const small = () =>
  createModel("small_vit", { inputShape: [8, 8, 3], numClasses: 3, embedDim: 8, depth: 1, numHeads: 2, hiddenDim: 16 });
let folder: string;
let model: tf.LayersModel;
let options: FitOptions;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-fit-log-"));
  model = small();
  options = { epochs: 2, batchSize: 10, seed: 3, progress: false, log: [jsonLines(join(folder, "runs"))] };
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
  model.dispose();
});
const recorded = async () => (await readRuns(join(folder, "runs")))[0]!;

describe("what fit reports", () => {
  it("is the loss and rate of each step, the epochs, the config, data, model and result", async () => {
    const losses: number[] = [];
    const validation = brightnessSet({ count: 12, classes: 3 });
    const metrics = { top: (logits: tf.Tensor2D) => tf.scalar(logits.shape[1]) };
    const callbacks = { step: ({ loss }: { loss: number }) => void losses.push(loss) };
    const history = await fit(model, set, { ...options, name: "small", validation, metrics, callbacks });
    const run = await recorded();
    expect(run).toMatchObject({ name: "small", status: "finished", config: { ...history.config }, tornLines: 0 });
    expect(run.data).toMatchObject({ name: set.name, images: 30, validation: { images: 12 } });
    expect(run.model).toMatchObject({ name: "small_vit", params: model.countParams(), config: { embedDim: 8 } });
    expect(run.scalars.map(({ step, epoch }) => [step, epoch])).toEqual(
      [1, 2, 3, 4, 5, 6].map((n) => [n, n < 4 ? 1 : 2]),
    );
    expect(run.scalars[0]!.values).toEqual({ "train/loss": losses[0], learning_rate: 0.001 });
    const last = history.epochs[1]!;
    expect(run.scalars[5]!.values).toMatchObject({
      "train/epoch_loss": last.loss,
      "train/accuracy": last.accuracy,
      "validation/loss": last.validation!.loss,
      "validation/accuracy": last.validation!.accuracy,
      "validation/top": 3,
      learning_rate: 0.001,
    });
    expect(run.result).toMatchObject({
      ended_by: "epochs",
      epochs: 2,
      steps: 6,
      "validation/loss": last.validation!.loss,
    });
    expect(run.result["best_accuracy"]).toBe(Math.max(...history.epochs.map((epoch) => epoch.validation!.accuracy)));
  });

  it("is how each trained weight is distributed, at first and after each epoch, where it is asked", async () => {
    await fit(model, set, { ...options, logHistograms: true });
    const { histograms } = await recorded();
    expect(histograms.map(({ step }) => step)).toEqual([0, 3, 6]);
    const names = model.trainableWeights.map(({ originalName }) => `weights/${originalName}`);
    expect(Object.keys(histograms[2]!.values).sort()).toEqual(names.sort());
    const first = model.trainableWeights[0]!;
    const { edges, counts } = histograms[2]!.values[`weights/${first.originalName}`]!;
    const now = [...(first.read().dataSync() as Float32Array)];
    expect([edges[0], edges.at(-1)]).toEqual([Math.min(...now), Math.max(...now)]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(now.length);
  });

  it("changes nothing of the run, and leaves no tensor", async () => {
    const plain = small();
    plain.setWeights(model.getWeights());
    const without = await fit(plain, set, { ...options, log: null });
    await fit(model, set, options); // compiled programs are kept from here on
    model.setWeights(small().getWeights());
    plain.setWeights(model.getWeights());
    const before = tf.memory().numTensors;
    const one = await fit(model, set, options);
    expect(tf.memory().numTensors).toBe(before);
    const two = await fit(plain, set, { ...options, log: null });
    expect(one.epochs.map(({ loss }) => loss)).toEqual(two.epochs.map(({ loss }) => loss));
    expect(without.steps).toBe(6);
  });

  it("is the mean of so many steps as logEvery says", async () => {
    await fit(model, set, options);
    const every = (await recorded()).scalars.map(({ values }) => values["train/loss"]!);
    const again = small();
    again.setWeights(small().getWeights());
    const log = [jsonLines(join(folder, "apart"))];
    const history = await fit(again, set, { ...options, log, logEvery: 4, epochs: 2, lossEvery: 1 });
    const run = (await readRuns(join(folder, "apart")))[0]!;
    const losses = history.losses.map(({ loss }) => loss);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const entries = run.scalars.filter(({ values }) => values["train/loss"] !== undefined);
    expect(every).toHaveLength(6);
    expect(entries.map(({ step }) => step)).toEqual([4, 6]);
    expect(entries[0]!.values["train/loss"]).toBeCloseTo(mean(losses.slice(0, 4)), 6);
    expect(entries[1]!.values["train/loss"]).toBeCloseTo(mean(losses.slice(4)), 6);
  });
});

describe("how a run ended", () => {
  it("diverged: its NaN stands at its step, and the status says so", async () => {
    await fit(model, set, { ...options, learningRate: 1e30, epochs: 3 });
    const { status, scalars, result } = await recorded();
    expect(status).toBe("diverged");
    expect(scalars.at(-1)!.step).toBe(result["not_finite_step"]);
    const { "train/loss": loss } = scalars.at(-1)!.values;
    expect(loss === undefined || !Number.isFinite(loss) || /weight/.test(String(result["not_finite"]))).toBe(true);
    expect(result["ended_by"]).toBe("notFinite");
  });

  it("diverged between two entries too: the first loss that is not finite is never left out", async () => {
    let calls = 0;
    const loss = (logits: tf.Tensor2D) => tf.mul(tf.mean(logits), ++calls > 0 ? NaN : 1) as tf.Scalar;
    await fit(model, set, { ...options, loss, logEvery: 100 });
    const { status, scalars } = await recorded();
    expect([status, scalars.length, scalars[0]!.step]).toEqual(["diverged", 1, 1]);
    expect(scalars[0]!.values["train/loss"]).toBeNaN();
  });

  it("stopped by a signal, or failed by an error, with its text", async () => {
    const stop = new AbortController();
    await fit(model, set, { ...options, signal: stop.signal, callbacks: { step: () => stop.abort() } });
    const boom = { step: () => Promise.reject(new RangeError("boom")) };
    await expect(fit(model, set, { ...options, callbacks: boom })).rejects.toThrow("boom");
    const runs = await readRuns(join(folder, "runs"));
    expect(runs.map(({ status }) => status).sort()).toEqual(["failed", "stopped"]);
    expect(runs.find(({ status }) => status === "failed")!.result).toMatchObject({
      error: "RangeError: boom",
      steps: 1,
    });
  });
});

describe("a run that goes on from its checkpoint", () => {
  it("is one record: what came after the checkpoint is of the second part", async () => {
    const checkpoint = { folder: join(folder, "kept"), everySteps: 2 };
    const stopsAt = (step: number): FitOptions => ({
      ...options,
      checkpoint,
      resume: true,
      callbacks: {
        step: ({ epoch, batch }) => (3 * (epoch - 1) + batch === step ? Promise.reject(new Error("cut")) : 0),
      },
    });
    await expect(fit(model, set, stopsAt(5))).rejects.toThrow("cut"); // steps 1 to 5; written at 4
    const first = await recorded();
    await fit(model, set, stopsAt(100));
    const files = readdirSync(join(folder, "runs"));
    expect(files).toEqual([`${first.id}.jsonl`]);
    const whole = await recorded();
    expect([whole.starts, whole.status]).toEqual([[0, 4], "finished"]);
    expect(whole.scalars.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(whole.scalars[4]!.values["train/loss"]).toBe(first.scalars[4]!.values["train/loss"]);
  });
});

describe("a run of one's own around fit", () => {
  it("takes what fit reports, and is ended by who began it", async () => {
    const run = await startRun({ name: "own", config: { trial: 7 }, log: [jsonLines(join(folder, "runs"))] });
    await fit(model, set, { ...options, log: run });
    run.log({ "test/accuracy": 0.5 });
    await run.end({ result: { accuracy: 0.5 } });
    const { config, model: network, scalars, result } = await readRun(run.record!);
    expect(config).toMatchObject({ trial: 7, batchSize: 10 });
    expect(network).toMatchObject({ name: "small_vit" });
    expect(scalars.at(-1)).toMatchObject({ step: 7, values: { "test/accuracy": 0.5 } });
    expect(result).toEqual({ accuracy: 0.5 });
  });
});

describe("a log that takes models", () => {
  it("gets the trained weights as safetensors", async () => {
    let path = "";
    const keeps: RunLog = {
      name: "keeps",
      takesModels: true,
      start: () => ({ scalars() {}, artifact: (entry) => void (path = entry.path), end() {} }),
    };
    await fit(model, set, { ...options, log: [jsonLines(join(folder, "runs")), keeps] });
    expect(path).toMatch(/model\/model\.safetensors$/);
    const other = small();
    await loadWeights(other, path);
    const [one, two] = [model, other].map((each) => each.getWeights().flatMap((weight) => [...weight.dataSync()]));
    expect(one).toEqual(two);
  });
});
