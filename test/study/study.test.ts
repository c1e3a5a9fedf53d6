import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import * as datasets from "../../lib/datasets/index.js";
import * as layers from "../../lib/layers/index.js";
import { begin } from "../../lib/study/index.js";
import { RESULT_MIME } from "../../lib/study/report.js";
import { brightnessSet } from "../fixtures/images.js";
import { temporaryFolder } from "../cli/project.js";

const BROADCAST = Symbol.for("Jupyter.broadcast");
const host = globalThis as Record<PropertyKey, unknown>;
const before = process.cwd();
const set = brightnessSet({ count: 30, classes: 3 });
const zeros = tf.initializers.zeros();
const linear = () =>
  tf.sequential({
    layers: [
      tf.layers.flatten({ inputShape: [8, 8, 3] }),
      new layers.Linear({ units: 3, kernelInitializer: zeros, biasInitializer: zeros }),
    ],
  });
const options = { train: set, test: set, epochs: 1, batchSize: 10, progress: false, learningRate: 0.01 } as const;
const claim = (measure: string, value: number) => ({
  statement: `${measure} is ${value}`,
  kind: "mechanics",
  sizes: ["smoke", "full"],
  conditions: [{ measure, is: "=", value }],
  basis: "by its definition",
});
const claims = (...all: object[]) => {
  mkdirSync("results/a-study", { recursive: true });
  writeFileSync("results/a-study/claims.json", JSON.stringify(all));
};

beforeAll(ready);
let shown: Record<string, unknown>[];
beforeEach(() => {
  process.chdir(temporaryFolder());
  shown = [];
  host[BROADCAST] = vi.fn((_: string, { data }: { data: Record<string, unknown> }) => shown.push(data));
});
afterEach(() => {
  delete host[BROADCAST];
  process.chdir(before);
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("a study", () => {
  it("trains, tests, hands over what it measured, and asserts what it claims", async () => {
    claims(claim("one.steps", 3), claim("checks.lossesNotFinite", 0), claim("deadUnits", 0.25));
    const own = begin("a-study", { size: "smoke", seed: 4 });
    const one = await own.run("one", linear, options);
    own.measure("deadUnits", 0.25);
    expect([one.accuracy, one.testLoss]).toEqual([one.evaluation.accuracy, one.evaluation.loss]);
    expect(one.history.config.seed).toBe(4); // the study's, where the run has none
    const result = own.conclude();
    expect(result).toMatchObject({ study: "a-study", size: "smoke", config: { size: "smoke", seed: 4 } });
    expect(result.measures).toEqual({
      "one.accuracy": one.accuracy,
      "one.testLoss": one.testLoss,
      "one.steps": 3,
      "one.seconds": one.history.seconds,
      "one.parameters": 8 * 8 * 3 * 3 + 3,
      "checks.lossesNotFinite": 0,
      deadUnits: 0.25,
    });
    expect(Object.keys(result.losses!)).toEqual(["one"]);
    expect(result.epochs!["one"]![0]!["accuracy"]).toBeCloseTo(one.history.epochs[0]!.accuracy, 4);
    expect(shown.find((data) => RESULT_MIME in data)![RESULT_MIME]).toEqual(result);
    expect(existsSync("results/a-study/long")).toBe(false); // checkpoints are for size full
  });

  it("fails where a claim does not hold", async () => {
    claims(claim("one.steps", 4));
    const own = begin("a-study", { size: "smoke" });
    await own.run("one", linear, options);
    expect(() => own.conclude()).toThrow("one.steps is 4 (one.steps 3 = 4)");
  });

  it("does not judge claims about runs that were not asked for, also where they are compared", async () => {
    claims(claim("two.accuracy", 9), claim("one.over.two.points", 9));
    const own = begin("a-study", { size: "smoke", arms: "one" });
    for (const name of own.chosen("arms", "one", ["one", "two"])) await own.run(name, linear, options);
    for (const none of [own.compare([["one", "two"]]), own.compare([])]) {
      expect(none.rows).toEqual([]);
      expect(String(none)).toContain("no two runs to compare");
    }
    expect(own.conclude().notRun).toEqual(["two"]);
    expect(shown[0]).toEqual({ "text/plain": "Not run, as arms is one: two" });
  });

  it("compares two runs on the same images, and refuses those on others", async () => {
    const own = begin("a-study", { size: "smoke" });
    await own.run("trained", linear, { ...options, epochs: 20 });
    await own.run("never", linear, { ...options, learningRate: 0 });
    const { rows } = own.compare([["trained", "never"]]);
    expect(own.runs.map(({ accuracy }) => accuracy)).toEqual([1, 1 / 3]); // zeros say class 0 of three alike
    expect(rows).toEqual([["trained over never", "+66.7", "20 : 0", "< 0.0001"]]);
    await own.run("elsewhere", linear, { ...options, test: datasets.subset(set, { count: 10 }) });
    expect(() => own.compare([["trained", "elsewhere"]])).toThrow(
      "compare: two runs must have been tested on the same images, got trained and elsewhere",
    );
  });

  it("compares a run with one that is stored of the same settings, and with no other", async () => {
    const whole = { size: "full", seed: 3, arms: "trained" } as const;
    const earlier = begin("a-study", { ...whole, arms: "never" });
    claims(claim("never.steps", 3));
    await earlier.run("never", linear, { ...options, learningRate: 0 });
    const stored = { ...earlier.conclude(), date: "2026-01-01T00:00:00Z" };
    writeFileSync("results/a-study/full.arms-never.seed-3.json", JSON.stringify(stored));
    claims(claim("trained.steps", 60));
    const compared = async (seed: number): Promise<readonly (readonly unknown[])[]> => {
      const own = begin("a-study", { ...whole, seed });
      own.chosen("arms", "trained", ["trained", "never"]);
      await own.run("trained", linear, { ...options, epochs: 20, seed: 3 });
      const { rows } = own.compare([["trained", "never"]]);
      if (rows.length > 0) expect(own.conclude().measures["trained.over.never.points"]).toBeCloseTo(200 / 3, 9);
      return rows;
    };
    await expect(compared(3)).resolves.toEqual([["trained over never (stored)", "+66.7", "20 : 0", "< 0.0001", "–"]]);
    await expect(compared(4)).resolves.toEqual([]); // another seed's run
  });

  it("goes on at size full from what a run that was ended left, and removes it when its result stands", async () => {
    claims(claim("one.steps", 6));
    const full = { size: "full", seed: 1 } as const;
    const two = { ...options, epochs: 2 };
    const first = begin("a-study", full);
    let steps = 0;
    const stop = new AbortController();
    const callbacks = { step: () => void (++steps === 4 && stop.abort()) };
    const stopped = await first.run("one", linear, { ...two, signal: stop.signal, callbacks });
    expect(stopped.history.steps).toBe(4);
    expect(() => first.conclude()).toThrow("conclude: every run must have ended, got one interrupted");
    const file = "results/a-study/long/size-full.seed-1/one/last.safetensors";
    expect(existsSync(file)).toBe(true);
    const second = begin("a-study", { ...full, arms: "one" }); // another choice of arms is the same run
    const whole = await second.run("one", linear, { ...two, callbacks: { step: () => void steps++ } });
    expect([whole.history.steps, steps]).toEqual([6, 6]);
    second.conclude();
    expect(existsSync(file)).toBe(false);
  });

  it("shows accuracies with their interval, beside those stored and the source's", async () => {
    mkdirSync("results/a-study", { recursive: true });
    const keep = (file: string, seed: number, accuracy: number, date: string): void =>
      writeFileSync(
        `results/a-study/quick.${file}json`,
        JSON.stringify({ size: "quick", date, config: { seed }, measures: { "one.accuracy": accuracy } }),
      );
    keep("", 0, 0.5, "2026-02-02");
    keep("seed-1.", 1, 0.7, "2026-02-02");
    keep("arms-one.", 0, 0.1, "2026-01-01"); // the same seed, before: the newest counts
    const own = begin("a-study", { size: "smoke" });
    await own.run("one", linear, { ...options, learningRate: 0 });
    await own.run("two", linear, options);
    const { columns, rows } = own.accuracyTable({ source: { one: 0.68, two: "52 %" }, columns: { heads: { one: 8 } } });
    expect(columns.slice(0, 6)).toEqual([
      "run",
      "accuracy, this run (smoke)",
      "95 % interval",
      "stored (quick)",
      "source",
      "heads",
    ]);
    expect(rows[0]!.slice(0, 7)).toEqual([
      "one",
      "33.3 %",
      "19.2 % to 51.2 %",
      "60.0 % (50.0 % to 70.0 %, 2 seeds)",
      "68.0 %",
      "8",
      "1.099", // ln 3
    ]);
    expect(rows[1]!.slice(3, 6)).toEqual(["–", "52 %", "–"]);
    expect(own.perClass(["one"]).rows).toEqual([
      [set.classNames[0], "100.0 %"],
      [set.classNames[1], "0.0 %"],
      [set.classNames[2], "0.0 %"],
    ]);
  });

  it("does not show the stored result that it is about to replace", () => {
    mkdirSync("results/a-study", { recursive: true });
    for (const seed of [0, 1])
      writeFileSync(`results/a-study/quick${seed === 0 ? "" : ".seed-1"}.json`, JSON.stringify({ config: { seed } }));
    const own = begin("a-study", { size: "quick", seed: 1 });
    const seeds = (): unknown[] => own.stored("quick").map(({ config }) => config["seed"]);
    expect(seeds()).toEqual([0, 1]); // a reader's run stands beside all
    vi.stubEnv("SACCADE_STORES", "quick.seed-1");
    expect(seeds()).toEqual([0]);
    vi.stubEnv("SACCADE_STORES", "quick");
    expect(seeds()).toEqual([1]);
  });

  it("draws losses and epochs, a run in its own color whichever are shown", async () => {
    const own = begin("a-study", { size: "smoke", seed: 2 });
    for (const name of ["one", "two"]) await own.run(name, linear, { ...options, epochs: 2, validation: set });
    const traces = (figure: object) =>
      (figure as { data: { name: string; x: number[]; line: { color: string } }[] }).data;
    const [all, last] = [own.lossCurves(), own.lossCurves({ runs: ["two"], by: "epoch" })].map(traces);
    expect(all!.map(({ name }) => name)).toEqual(["one", "two"]);
    expect(last![0]!.line.color).toBe(all![1]!.line.color);
    expect([all![1]!.x.at(-1), last![0]!.x.at(-1)]).toEqual([6, 2]);
    expect(traces(own.epochCurves({ of: "validationAccuracy" }))[0]!.x).toEqual([1, 2]);
    const named = own.epochCurves({ of: "validationLoss", yLabel: "test loss" }) as object;
    expect(named).toMatchObject({ layout: { title: { text: "Test loss of each epoch" } } });
    expect(named).toMatchObject({ layout: { yaxis: { title: { text: "test loss" } } } });
    expect(() => own.epochCurves({ of: "trainingAccuracyAfter" })).toThrow(
      'epochCurves: a run must have trainingAccuracyAfter, got none that has: give them monitor: "training"',
    );
  });

  it("says what is wrong where it is asked", async () => {
    expect(() => begin("a-study", { size: "smokey" as "smoke" })).toThrow("parameters.size must be");
    const own = begin("a-study", { size: "smoke" });
    expect(() => own.lossCurves()).toThrow("lossCurves: a study must have a run, got none yet");
    await expect(own.run("one", linear, { ...options, test: undefined as never })).rejects.toThrow("run: test must be");
    await own.run("one", linear, options);
    await expect(own.run("one", linear, options)).rejects.toThrow('run: a name must be of one run, got "one" twice');
    expect(() => own.accuracyTable({ runs: ["on"] })).toThrow('runs must be of one, got "on"');
    expect(() => own.measure("x", NaN)).toThrow("measure: numbers");
  });
});
