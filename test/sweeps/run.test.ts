/** Sweeps in processes, as built: these are started from the compiled files. */
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sweeps } from "saccade";
import { afterAll, describe, expect, it } from "vitest";
import { plots } from "../../lib/index.js";

const root = mkdtempSync(join(tmpdir(), "saccade-sweeps-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

type Options = sweeps.SweepOptions<never, never>;
type AnyTrial = (context: sweeps.TrialContext<Record<string, never>, never>) => unknown;

/** A sweep in a folder of its own. */
function run(space: sweeps.SweepOptions["space"], trial: AnyTrial | string | URL, options: Partial<Options> = {}) {
  const whole = { name: "test", folder: join(root, String(count++)), progress: false, processes: 2, pin: false };
  return sweeps.run({ ...whole, space, trial, ...options } as Options) as Promise<sweeps.SweepResult>;
}
const numbers = (length: number) => Array.from({ length }, (_, i) => ({ i }));
const statuses = ({ trials }: sweeps.SweepResult): string[] => trials.map(({ status }) => status);
const linesOf = (folder: string, trial: number): Record<string, unknown>[] =>
  readFileSync(join(folder, `test-000${trial}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("a sweep whose trials end in every way", async () => {
  const result = await run(numbers(7), async ({ config, report, trial }) => {
    await report(1, { loss: 1 / (trial + 1), accuracy: trial });
    if (config["i"] === 1) throw { odd: "no error" };
    if (config["i"] === 2) process.kill(process.pid, "SIGKILL");
    if (config["i"] === 3) await report(2, { loss: Number.NaN });
    if (config["i"] === 4)
      return { kept: 1, big: 1n, call: () => 1, list: new Float32Array([1, 2]), when: new Date(0) };
    if (config["i"] === 5) await report(2, { loss: "low" as never });
    console.log("printed by", trial, "x".repeat(2_000_000));
    return config["i"] === 6 ? 7 : undefined;
  });
  const { trials, folder } = result;

  it("has each by what became of it, and goes on after each", () => {
    expect(statuses(result)).toEqual(["finished", "failed", "failed", "diverged", "finished", "failed", "finished"]);
    expect(result.interrupted).toBe(false);
    expect(trials.map(({ error }) => error?.split("\n")[0] ?? null)).toEqual([
      null,
      'thrown: {"odd":"no error"}',
      "the process was killed (SIGKILL; where memory ran out, by the system)",
      null,
      null,
      "TypeError: report: metrics must be numbers by name, got loss='low'",
      null,
    ]);
  });

  it("keeps what it can of a result, and says what it cannot", () => {
    expect(trials[4]!.result).toEqual({ kept: 1, list: [1, 2], when: "1970-01-01T00:00:00.000Z" });
    expect(trials[4]!.notes).toEqual([
      "the result.big is left out: a bigint",
      "the result.call is left out: a function",
    ]);
    expect(trials[6]!.metrics).toEqual({ loss: 1 / 7, accuracy: 6, value: 7 });
  });

  it("keeps what a trial prints in a file of its own, 1 MB of it", () => {
    const text = readFileSync(join(folder, "test-0000.log"), "utf8");
    expect(text.replace(/x+/, "x")).toBe(`printed by 0 x\n… only the first 1000000 bytes are kept\n`);
    expect(text.length).toBeLessThan(1_000_100);
  });

  it("records each trial in lines of JSON, of which numbers that are not finite are texts", () => {
    const lines = linesOf(folder, 3);
    expect(lines.map(({ type }) => type)).toEqual(["run", "scalars", "scalars", "end"]);
    expect(lines[0]).toMatchObject({ id: "test-0003", sweep: "test", trial: 3, config: { i: 3 }, step: 0 });
    expect(lines[2]).toMatchObject({ step: 2, values: { loss: "NaN" } });
    expect(lines[3]).toMatchObject({ status: "diverged", result: {} });
  });

  it("is read from its records by a second call, which runs nothing", async () => {
    const again = await run(numbers(7), () => 1, { folder });
    expect(again.trials).toEqual(trials);
    expect(again.notes).toEqual(["the trial's text is another than when the sweep began"]);
  });

  it("runs its failed trials again where that is asked for", async () => {
    const again = await run(numbers(7), ({ config }) => ({ again: config["i"] }), { folder, retryFailed: true });
    expect(statuses(again)).toEqual([...Array(3).fill("finished"), "diverged", ...Array(3).fill("finished")]);
    expect(again.trials.map(({ metrics }) => metrics["again"])).toEqual([
      undefined,
      1,
      2,
      undefined,
      undefined,
      5,
      undefined,
    ]);
  });

  it("is refused with another space, and begins anew where that is asked for", async () => {
    await expect(run(numbers(8), () => 1, { folder })).rejects.toThrow(
      `run: space must be the one that the sweep in ${folder} began with, got 8 configs in place of 7; resume: false`,
    );
    const anew = await run(numbers(2), () => 1, { folder, resume: false });
    expect(statuses(anew)).toEqual(["finished", "finished"]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".jsonl"))).toHaveLength(2);
  });
});

describe("a sweep's processes", () => {
  it("run many trials each, with what setup made once", async () => {
    const result = await run(numbers(16), ({ shared, config }) => ({ ...(shared as object), at: config["i"] }), {
      setup: (() => ({ made: process.pid * 1e6 + (performance.now() % 1e6) })) as never,
    });
    expect(statuses(result).every((status) => status === "finished")).toBe(true);
    expect(result.trials.map(({ metrics }) => metrics["at"])).toEqual(numbers(16).map(({ i }) => i));
    expect(new Set(result.trials.map(({ metrics }) => metrics["made"])).size).toBe(2);
  });

  it("train on the library, free what a trial made, tell what it left, and are pinned", async () => {
    const result = await run(
      numbers(3),
      async ({ saccade: { models, train, tf }, report, shared, signal, trial }) => {
        const model = models.createModel("fashion_cnn", { inputShape: [16, 16, 3], filters: [2], hidden: [4] });
        const callbacks = {
          epoch: (record: { epoch: number; loss: number }) => report(record.epoch, { loss: record.loss }),
        };
        const before = tf.memory().numTensors;
        await train.fit(model, shared, { epochs: 2, batchSize: 8, signal, callbacks, progress: false });
        if (trial === 1) tf.ones([1000, 250]);
        const { readFileSync } = await import("node:fs");
        const [, cores] = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
        return { before, cores, threads: process.env["TF_NUM_INTRAOP_THREADS"] };
      },
      {
        processes: 1,
        threads: 1,
        pin: true,
        setup: (async ({ saccade }: { saccade: sweeps.TrialLibrary }) =>
          saccade.datasets.generated({ trainImages: 16, testImages: 1, imageShape: [16, 16, 3] }).train) as never,
      },
    );
    expect(result.trials.map(({ error }) => error)).toEqual([null, null, null]);
    expect(result.trials.map(({ step }) => step)).toEqual([2, 2, 2]);
    const { before, threads } = result.trials[0]!.result as Record<string, number>;
    expect(threads).toBe("1");
    // the model of each is gone when the next begins; what is left is what was left behind
    expect(result.trials.map((one) => one.metrics["before"])).toEqual([before, before, before! + 1]);
    expect(result.trials.map(({ notes }) => notes)).toEqual([[], ["1 tensors (1.0 MB) were not disposed of"], []]);
    if (process.platform === "linux")
      expect(result.trials.map((one) => one.result["cores"])).toEqual(Array(3).fill(expect.stringMatching(/^\d+$/)));
  });

  it("load a module in TypeScript, and say what is wrong with one that is none", async () => {
    const module = new URL("../fixtures/sweeps/typed-trial.ts", import.meta.url);
    const { trials } = await run([{ a: 3 }], module);
    expect(trials[0]).toMatchObject({ status: "finished", result: { square: 9, unit: "percent" } });
    const other = fileURLToPath(new URL("../fixtures/sweeps/square.ts", import.meta.url));
    await expect(run([{ a: 3 }], other)).rejects.toThrow("trial must be a module whose default export is a function");
    await expect(run([{ a: 3 }], "none.mjs")).rejects.toThrow(/^run: trial must be .*none\.mjs, which is not there$/);
  });

  it("whose setup fails end the sweep with its error", async () => {
    const setup = (() => {
      throw new RangeError("no data here");
    }) as never;
    await expect(run(numbers(3), () => 1, { setup })).rejects.toThrow("RangeError: no data here");
  });
});

describe("a trial is ended early", () => {
  const rising: AnyTrial = async ({ config, report, signal }) => {
    for (let step = 1; step <= 9; step++) await report(step, { accuracy: config["i"]! * step });
    return { aborted: signal.aborted };
  };

  it("by ASHA, also of a sweep that goes on", async () => {
    const earlyStopping = sweeps.asha({ metric: "accuracy", max: 9 });
    const space = [{ i: 3 }, { i: 2 }, { i: 1 }];
    const result = await run(space, rising, { processes: 1, earlyStopping });
    expect(result.trials.map(({ status, step }) => [status, step])).toEqual([
      ["finished", 9],
      ["stopped", 1],
      ["stopped", 1],
    ]);
    expect(result.best()?.trial).toBe(0);
    rmSync(join(result.folder, "test-0002.jsonl"));
    const again = await run(space, rising, { processes: 1, earlyStopping, folder: result.folder });
    expect(again.trials[2]).toMatchObject({ status: "stopped", step: 1 });
  });

  it("by until, which is an end like any other", async () => {
    const until = ({ accuracy }: Readonly<Record<string, number>>): boolean => accuracy! >= 4;
    const { trials } = await run([{ i: 2 }, { i: 1 }], rising, { until });
    expect(trials.map(({ status, step }) => [status, step])).toEqual([
      ["finished", 2],
      ["finished", 4],
    ]);
  });

  it("and an error of until ends the sweep", async () => {
    const until = (): boolean => {
      throw new TypeError("until is wrong");
    };
    await expect(run([{ i: 2 }, { i: 1 }], rising, { until })).rejects.toThrow("until is wrong");
  });
});

describe("a sweep's result", async () => {
  const space = sweeps.grid({ lr: [0.1, 0.01], width: [8, 16], kind: ["a", "b"] });
  const trial: AnyTrial = ({ config }) => {
    if (config["lr"] === 0.1 && config["width"] === 8 && config["kind"] === "b") throw new Error("this one\nfails");
    return { accuracy: 10 * config["lr"]! + config["width"]! / 100, lr: 5 };
  };
  const result = await run(space as never, trial, { metric: "accuracy" });

  it("knows the best, and is a table with the best first, errors in a line", () => {
    expect(result.best()).toMatchObject({ trial: 2, config: { lr: 0.1, width: 16, kind: "a" } });
    expect(result.best("accuracy", "min")).toMatchObject({ trial: 4 });
    const { columns, rows } = result.table();
    expect(columns).toEqual(["trial", "lr", "width", "kind", "accuracy", "metrics.lr", "status", "seconds", "error"]);
    expect(rows[0]!.slice(0, 7)).toEqual(["2", "0.1", "16", "a", "1.16", "5", "finished"]);
    expect(rows.at(-1)!.at(-1)).toBe("Error: this one");
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({ name: "test", trials: expect.any(Array) });
  });

  it("gives plots what they draw", () => {
    const title = "t";
    const [a, b] = result.series("seconds", "accuracy", "kind");
    expect([a!.name, a!.x.length, b!.y.map((one) => one === null)]).toEqual(["kind a", 4, [true, false, false, false]]);
    plots.scatter({ title, series: [a!, b!], xLabel: "seconds", yLabel: "accuracy" });
    const axes = result.axes(["lr", "kind", "accuracy"]);
    expect(axes.map(({ values }) => values.length)).toEqual([7, 7, 7]);
    plots.parallelCoordinates({ title, axes });
    const grid = result.grid("lr", "width", "accuracy");
    expect(grid).toMatchObject({ x: [0.01, 0.1], y: [8, 16] });
    expect(grid.values.flat()).toEqual([0.18, 1.08, 0.26, 1.16].map((one) => expect.closeTo(one, 9)));
    plots.contour({ title, ...grid, xLabel: "learning rate", yLabel: "width", valueLabel: "accuracy" });
    expect(() => result.axes(["lr", "acuracy"])).toThrow("got acuracy; did you mean accuracy?");
  });

  it("leaves no lock behind", () => {
    expect(existsSync(join(result.folder, "sweep.lock"))).toBe(false);
  });
});
