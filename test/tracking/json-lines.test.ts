import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DISPLAY } from "../../lib/shown.js";
import { jsonLines, readRun, readRuns, startRun, type RunLog } from "../../lib/tracking/index.js";

const script = fileURLToPath(new URL("../fixtures/tracking/own-loop.mjs", import.meta.url));
let folder: string;
let warned: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-tracking-"));
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const begin = (options: object = {}) => startRun({ name: "own", log: [jsonLines(folder)], ...options });

describe("a run's record", () => {
  it("has a line as the run begins, one a step and one as it ends", async () => {
    const run = await begin({ config: { learningRate: 0.1 }, data: { name: "sample" } });
    run.log({ "train/loss": 2, learning_rate: 0.1 }, { step: 1, epoch: 1 });
    run.log({ "train/loss": 1 });
    await run.end({ result: { accuracy: 0.5 } });
    const [first, one, two, end, ...more] = linesOf(run.record!);
    expect(first).toMatchObject({ type: "run", id: run.id, name: "own", step: 0, config: { learningRate: 0.1 } });
    expect(first).toMatchObject({ data: { name: "sample" }, versions: { node: process.versions.node } });
    expect(first.machine.cores).toBeGreaterThan(0);
    expect(one).toMatchObject({ type: "scalars", step: 1, epoch: 1, values: { "train/loss": 2, learning_rate: 0.1 } });
    expect(two).toMatchObject({ type: "scalars", step: 2, values: { "train/loss": 1 } });
    expect(end).toMatchObject({ type: "end", status: "finished", result: { accuracy: 0.5 } });
    expect(more).toEqual([]);
    expect(readdirSync(folder)).toEqual([`${run.id}.jsonl`]); // no lock is left
  });

  it("keeps numbers that are not finite, which JSON does not have", async () => {
    const run = await begin();
    run.log({ a: NaN, b: Infinity, c: -Infinity, d: 1 }, { step: 3 });
    await run.end({ status: "diverged", result: { loss: NaN, why: "the loss was NaN" } });
    expect(readFileSync(run.record!, "utf8")).toContain('{"a":"NaN","b":"Infinity","c":"-Infinity","d":1}');
    const { scalars, status, result } = await readRun(run.record!);
    expect(scalars[0]!.values).toEqual({ a: NaN, b: Infinity, c: -Infinity, d: 1 });
    expect([status, result]).toEqual(["diverged", { loss: NaN, why: "the loss was NaN" }]);
  });

  it("keeps images as PNG files beside it, distributions as bins, and files by their paths", async () => {
    const run = await begin();
    run.images({ "samples/first": { data: Uint8Array.of(0, 255), height: 1, width: 2, channels: 1 } }, { step: 4 });
    run.histograms({ weights: [0, 0, 30, NaN] }, { step: 4 });
    run.artifact("notes/a.txt", new TextEncoder().encode("hello"));
    await run.end();
    const { artifacts, histograms } = await readRun(run.record!);
    expect(artifacts.map(({ name }) => name)).toEqual(["images/samples/first-4.png", "notes/a.txt"]);
    expect(readFileSync(artifacts[0]!.path).subarray(1, 4).toString()).toBe("PNG");
    expect(readFileSync(artifacts[1]!.path, "utf8")).toBe("hello");
    const { edges, counts, notFinite } = histograms[0]!.values["weights"]!;
    expect([edges[0], edges.at(-1), edges.length, counts[0], counts.at(-1), notFinite]).toEqual([0, 30, 31, 2, 1, 1]);
  });

  it("refuses what is no number, by its name, and what comes after the end", async () => {
    const run = await begin();
    expect(() => run.log({ loss: "1" as never })).toThrow("run.log: values must be an object of numbers by name");
    expect(() => run.log({ loss: 1 }, { step: -1 })).toThrow("run.log: step must be a whole number of 0 or more");
    expect(() => run.artifact("../a", new Uint8Array(1))).toThrow("run.artifact: name must be a name");
    await run.end();
    await run.end();
    expect(() => run.log({ loss: 1 })).toThrow("which has ended");
  });

  it("is written in runs/ where no path is given, also beside other logs", async () => {
    const library = new URL("../../dist/lib/index.js", import.meta.url).href;
    const program = `import { tracking } from ${JSON.stringify(library)};
      const other = { name: "other", start: () => ({ scalars() {}, end() {} }) };
      const run = await tracking.startRun({ name: "a b/c", log: [other] });
      console.log(run.record);
      await run.end();`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout.trim(), stderr).toMatch(/^runs\/a-b-c-\d{8}-\d{6}-[a-z0-9]{4}\.jsonl$/);
    expect(existsSync(join(folder, stdout.trim()))).toBe(true);
  });
});

describe("a record that a kill cut off", () => {
  it("is read up to its last whole line, goes on after it, and later steps are those of the second part", async () => {
    const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data"); // 100 steps are logged
    child.kill("SIGKILL");
    await once(child, "close");
    const [before] = await readRuns(folder);
    expect(before!.status).toBe("killed");
    expect(before!.scalars.length).toBeGreaterThanOrEqual(100);
    expect(before!.scalars.map(({ step }) => step)).toEqual(before!.scalars.map((_, i) => i + 1));

    appendFileSync(before!.record, '{"type":"scalars","step":99'); // as a torn write leaves it
    const run = await begin({ id: before!.id, step: 50 });
    expect(run.record).toBe(before!.record); // the dead process' lock is taken over
    expect((await readRun(run.record!)).status).toBe("running");
    run.log({ "train/loss": -1 }, { step: 51 });
    await run.end();
    const after = await readRun(run.record!);
    expect(after.scalars.map(({ step }) => step)).toEqual(Array.from({ length: 51 }, (_, i) => i + 1));
    expect(after.scalars.at(-1)!.values["train/loss"]).toBe(-1);
    expect([after.starts, after.tornLines, after.status]).toEqual([[0, 50], 1, "finished"]);
    expect(warned).toEqual([]);
  });
});

describe("two runs at once", () => {
  it("never write one file: the second writes beside it", async () => {
    const log = [jsonLines(join(folder, "log.jsonl"))];
    const [one, two] = [await startRun({ name: "one", log }), await startRun({ name: "two", log })];
    for (let step = 1; step <= 5; step++) {
      one.log({ loss: 1 }, { step });
      two.log({ loss: 2 }, { step });
    }
    await Promise.all([one.end(), two.end()]);
    expect([one.record, two.record]).toEqual([join(folder, "log.jsonl"), join(folder, "log-2.jsonl")]);
    for (const [run, loss] of [[one, 1] as const, [two, 2] as const]) {
      const { id, scalars } = await readRun(run.record!);
      expect([id, scalars.map(({ values }) => values["loss"])]).toEqual([run.id, Array(5).fill(loss)]);
    }
  });

  it("never write one file from two processes", async () => {
    const path = join(folder, "log.jsonl");
    const child = spawn(process.execPath, [script, path], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    const run = await startRun({ name: "mine", log: [jsonLines(path)] });
    expect(run.record).toBe(join(folder, "log-2.jsonl"));
    await run.end();
    child.kill("SIGKILL");
    await once(child, "close");
  });

  it("may follow each other in one file", async () => {
    const log = [jsonLines(join(folder, "log.jsonl"))];
    for (const name of ["one", "two"]) {
      const run = await startRun({ name, log });
      run.log({ loss: 1 });
      await run.end();
    }
    expect((await readRuns(folder)).map(({ name }) => name)).toEqual(["one", "two"]);
    expect((await readRun(join(folder, "log.jsonl"))).name).toBe("two");
  });
});

describe("a log that fails", () => {
  it("never stops the run, and is told once, with how much it lost", async () => {
    let calls = 0;
    const bad: RunLog = {
      name: "bad",
      start: () => ({
        scalars: () => {
          if (++calls > 1) throw new Error("the door is shut");
        },
        end: () => Promise.reject(new Error("shut")),
      }),
    };
    const run = await startRun({ name: "own", log: [jsonLines(folder), bad] });
    for (let step = 1; step <= 4; step++) run.log({ loss: step }, { step });
    await run.end();
    expect(warned).toEqual([
      `saccade: bad does not record all of the run ${run.id}: the door is shut; ${run.record} has what is recorded`,
      `saccade: bad lost 4 entries of the run ${run.id}`,
    ]);
    expect((await readRun(run.record!)).scalars).toHaveLength(4);
  });

  it("may be slow: its entries come to it in their order, and the run does not wait before its end", async () => {
    const seen: number[] = [];
    const slow: RunLog = {
      name: "slow",
      start: async () => ({
        scalars: ({ step }) => new Promise((resolve) => setImmediate(() => resolve(void seen.push(step)))),
        end: () => void seen.push(-1),
      }),
    };
    const run = await startRun({ name: "own", log: [jsonLines(folder), slow] });
    for (let step = 1; step <= 20; step++) run.log({ loss: step }, { step });
    expect(seen).toEqual([]);
    await run.end();
    expect(seen).toEqual([...Array.from({ length: 20 }, (_, i) => i + 1), -1]);
  });

  it("may have no folder to write in: the run has no record, and goes on", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const run = await startRun({ name: "own", log: [jsonLines(join(file, "runs"))] });
    run.log({ loss: 1 });
    run.artifact("a.txt", new Uint8Array(1));
    await run.end();
    expect(run.record).toBeNull();
    expect(warned[0]).toMatch(/^saccade: jsonLines does not record all of the run own-.*: ENOTDIR/);
  });

  it.runIf(existsSync("/dev/full"))(
    "may have no room: that is told with the file's name, and the run goes on",
    async () => {
      symlinkSync("/dev/full", join(folder, "full.jsonl"));
      const run = await startRun({ name: "own", log: [jsonLines(join(folder, "full.jsonl"))] });
      run.log({ loss: 1 });
      await run.end();
      expect(warned[0]).toContain(`${join(folder, "full.jsonl")}: there is no room on its disk for it`);
      expect(warned[1]).toMatch(/^saccade: jsonLines lost 3 entries of the run own-/);
      expect(readdirSync(folder)).toEqual(["full.jsonl"]); // no lock is left
    },
  );
});

describe("reading", () => {
  it("says what is no record, and gives none for a folder that is not there", async () => {
    writeFileSync(join(folder, "a.jsonl"), '{"loss": 1}\n');
    await expect(readRun(join(folder, "a.jsonl"))).rejects.toThrow("readRun: a file must be the record of a run, got");
    expect(await readRuns(folder)).toEqual([]);
    expect(await readRuns(join(folder, "none"))).toEqual([]);
  });

  it("are shown as a table: how they ended, the settings that differ, what came out", async () => {
    for (const learningRate of [0.1, 0.01]) {
      const config = { epochs: 2, optimizer: { name: "sgd", learningRate } };
      const run = await startRun({ name: "one", config, log: [jsonLines(folder)] });
      run.log({ loss: 1, "validation/accuracy": 0.123456 }, { step: 7 });
      await run.end();
    }
    const lines = String((await readRuns(folder))[DISPLAY]()["text/plain"]).split("\n");
    expect(lines[0]).toMatch(/^run +status +steps +time +optimizer\.learningRate +result$/);
    expect(lines[2]).toMatch(/^one\S+ +finished +7 +\d+\.\d s +0\.1 +validation\/accuracy 0\.1235$/);
    expect(lines[3]).toMatch(/ 0\.01 /);
    expect(lines).toHaveLength(4);
  });
});
