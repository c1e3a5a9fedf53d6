import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { jsonLines, mlflow, readRun, sendRun, startRun, type MlflowOptions } from "../../lib/tracking/index.js";
import { mlflowName } from "../../lib/tracking/mlflow/mlflow-names.js";
import { fakeMlflow, type FakeMlflow } from "./mlflow-server.js";

let folder: string;
let server: FakeMlflow;
let warned: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "saccade-mlflow-"));
  server = await fakeMlflow();
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await server.shut().catch(() => undefined);
  rmSync(folder, { recursive: true });
});

const logTo = (options: MlflowOptions = {}) => [
  jsonLines(folder),
  mlflow({ uri: server.uri, experiment: "e", waitSeconds: 60, ...options }),
];
const begin = (options: object = {}, mlflowOptions: MlflowOptions = {}) =>
  startRun({ name: "own", log: logTo(mlflowOptions), ...options });
const stepsOf = (metrics: readonly { readonly step: number }[]) => metrics.map(({ step }) => step);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("a run on MLflow", () => {
  it("has its settings, numbers, files, origin and end there", async () => {
    const run = await begin({ config: { learningRate: 0.1, optimizer: { name: "adam" } }, data: { name: "sample" } });
    run.log({ "train/loss": 2, "top@5": 0.5 }, { step: 1 });
    run.artifact("notes/a#b.txt", new TextEncoder().encode("hello"));
    run.images({ first: { data: Uint8Array.of(0), height: 1, width: 1, channels: 1 } }, { step: 1 });
    await run.end({ result: { why: "done", "best (top-1)": "epoch 3" } });
    const [there] = server.runs;
    expect(there!.status).toBe("FINISHED");
    expect(Object.fromEntries(there!.params)).toMatchObject({
      learningRate: "0.1",
      "optimizer.name": "adam",
      "data.name": "sample",
    });
    expect(there!.metrics).toMatchObject([
      { key: "train/loss", value: 2, step: 1 },
      { key: "top_5", value: 0.5, step: 1 },
    ]);
    expect(Number.isInteger(there!.metrics[0]!.timestamp)).toBe(true);
    expect(there!.artifacts.get("notes/a_b.txt")!.toString()).toBe("hello");
    expect([...there!.artifacts.keys()]).toContain("images/first-1.png");
    expect(Object.fromEntries(there!.tags)).toMatchObject({
      "saccade.run": run.id,
      "mlflow.runName": "own",
      "version.node": process.versions.node,
      "saccade.status": "finished",
      "result.why": "done",
      "result.best _top-1_": "epoch 3",
    });
    expect(warned).toEqual([]);
  });

  it("has numbers that are not finite as texts: a bare NaN would lose its batch", async () => {
    const run = await begin();
    run.log({ a: NaN, b: Infinity, c: -Infinity }, { step: 3 });
    await run.end({ status: "diverged" });
    expect(server.runs[0]!.metrics.map(({ value }) => value)).toEqual(["NaN", "Infinity", "-Infinity"]);
    expect([server.runs[0]!.status, server.runs[0]!.tags.get("saccade.status")]).toEqual(["FAILED", "diverged"]);
  });

  it("comes in batches within the server's limits, a long value cut and whole as a file", async () => {
    const config = Object.fromEntries(upTo(150).map((n) => [`p${n}`, n === 1 ? "x".repeat(7000) : n]));
    const run = await begin({ config });
    for (const step of upTo(2500)) run.log({ a: step, b: -step }, { step });
    run.log(Object.fromEntries(upTo(1500).map((n) => [`m${n}`, n])), { step: 2501 });
    await run.end();
    const [there] = server.runs;
    expect(Math.max(...server.calls.map(({ items }) => Math.max(...items)))).toBeLessThanOrEqual(1000);
    expect(stepsOf(there!.metrics.filter(({ key }) => key === "a"))).toEqual(upTo(2500));
    expect(there!.metrics).toHaveLength(2 * 2500 + 1500);
    expect([there!.params.size, there!.params.get("p1")!.length]).toEqual([150, 6000]);
    expect(JSON.parse(there!.artifacts.get("config.json")!.toString()).config).toEqual(config);
  });

  it("goes on as the same run; a setting that was changed becomes a tag, as the server wants it", async () => {
    const first = await begin({ config: { epochs: 2 } });
    first.log({ loss: 1 }, { step: 1 });
    await first.end({ status: "stopped" });
    expect(server.runs[0]!.status).toBe("KILLED");
    const second = await begin({ config: { epochs: 3 }, id: first.id, step: 1 });
    expect(server.runs).toHaveLength(1);
    second.log({ loss: 0.5 }, { step: 2 });
    await second.end();
    expect(server.runs).toHaveLength(1);
    const [{ status, params, tags, metrics }] = server.runs as [(typeof server.runs)[0]];
    expect([status, params.get("epochs"), tags.get("resumed.epochs")]).toEqual(["FINISHED", "2", "3"]);
    expect(stepsOf(metrics)).toEqual([1, 2]);
  });

  it("lets one in by MLflow's own variables, and never notes the password", async () => {
    vi.stubEnv("MLFLOW_TRACKING_URI", server.uri.replace("//", "//me:word@"));
    const run = await startRun({ log: [jsonLines(folder), mlflow({ waitSeconds: 60 })] });
    await run.end();
    expect(server.calls[0]!.authorization).toBe(`Basic ${btoa("me:word")}`);
    expect((await readRun(run.record!)).logs).toEqual([{ name: "mlflow", uri: server.uri, experiment: "Default" }]);
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", "secret");
    await (await begin()).end();
    expect(server.calls.at(-1)!.authorization).toBe("Bearer secret");
  });
});

describe("a server that fails", () => {
  it.each([
    ["busy, and saying for how long", [429, 429, 429] as const],
    ["cut off", ["cut"] as const],
    ["away in the middle", [200, 200, 200, 200, 503] as const],
  ])("and comes back loses nothing: %s", async (_, moods) => {
    server.moods.push(...moods);
    const run = await begin({ config: { a: 1 } });
    for (const step of upTo(20)) run.log({ loss: step }, { step });
    await run.end();
    expect(server.runs).toHaveLength(1);
    expect(stepsOf(server.runs[0]!.metrics)).toEqual(upTo(20));
    expect(server.runs[0]!.status).toBe("FINISHED");
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/the run goes on, and what it logs is sent when the server is back$/);
  });

  it("at the start and comes later: the whole run is there", async () => {
    await server.shut();
    const run = await begin();
    for (const step of upTo(5)) run.log({ loss: step }, { step });
    await expect.poll(() => warned).toHaveLength(1);
    await server.open();
    await run.end();
    expect(stepsOf(server.runs[0]!.metrics)).toEqual(upTo(5));
    expect(warned[0]).toContain("does not answer (connect ECONNREFUSED");
  });

  it("till the end: the run ends, says how to send what is kept, and it can be sent, twice as once", async () => {
    await server.shut();
    const run = await begin({ config: { a: 1 } }, { waitSeconds: 0 });
    run.log({ loss: NaN }, { step: 1 });
    run.artifact("a.txt", new TextEncoder().encode("hello"));
    await run.end({ status: "diverged", result: { loss: NaN } });
    expect(warned.at(-1)).toContain(`${run.record} keeps it: \`npm run runs -- send ${run.record}\` sends it`);
    await server.open();
    for (const _ of [1, 2]) await sendRun(run.record!, mlflow({ uri: server.uri, experiment: "e" }));
    expect(server.runs).toHaveLength(1);
    const [there] = server.runs;
    expect(there!.metrics).toMatchObject([{ key: "loss", value: "NaN", step: 1 }]);
    expect([there!.status, there!.params.get("a")]).toEqual(["FAILED", "1"]);
    expect(there!.artifacts.get("a.txt")!.toString()).toBe("hello");
  });

  it("for longer than memory keeps entries: the rest is read from the record, in order", async () => {
    await server.shut();
    const run = await begin();
    for (const step of upTo(60_000)) run.log({ loss: step }, { step });
    await server.open();
    await run.end();
    expect(stepsOf(server.runs[0]!.metrics)).toEqual(upTo(60_000));
  });

  it("in one of a hundred batches with a refusal: that is told, and the others are there", async () => {
    const run = await begin();
    await expect.poll(() => server.runs.length).toBe(1);
    await expect.poll(() => server.calls.length).toBeGreaterThanOrEqual(4);
    server.moods.push(400);
    run.log({ loss: 1 }, { step: 1 });
    await expect.poll(() => server.moods.length).toBe(0);
    run.log({ loss: 2 }, { step: 2 });
    await run.end();
    expect(stepsOf(server.runs[0]!.metrics)).toEqual([2]);
    expect(warned.join()).toContain("answered 400 AS_TOLD");
  });

  it("with a refusal of the run's end, as of one that was deleted there: that is told, and the run ends", async () => {
    const run = await begin();
    await expect.poll(() => server.runs.length).toBe(1);
    server.runs.pop();
    await run.end();
    expect(warned.join()).toContain("answered 404 RESOURCE_DOES_NOT_EXIST");
    expect(server.calls.length).toBeLessThan(10);
  });

  it("by an experiment that is deleted: that is told at once, with what brings it back", async () => {
    server.experiments.set("e", { id: "1", stage: "deleted" });
    const run = await begin();
    await expect.poll(() => warned).toHaveLength(1);
    expect(warned[0]).toContain('the experiment "e" is deleted on');
    expect(warned[0]).toContain("mlflow experiments restore -x 1");
    await run.end();
    expect(server.runs).toEqual([]);
  });
});

describe("mlflow()", () => {
  it.each([
    ["train/loss", "train/loss"],
    ["top@5", "top_5"],
    ["/a//./b/", "a/b"],
    ["../a", "__/a"],
    ["été: 1.2-x", "été: 1.2-x"],
    ["@", "_"],
    ["", "_"],
    ["x".repeat(300), "x".repeat(250)],
  ])("gives the name %s as the server takes it", (name, theirs) => {
    expect(mlflowName(name)).toBe(theirs);
  });

  it("refuses what is no address of a server, and says what is one", () => {
    vi.stubEnv("MLFLOW_TRACKING_URI", undefined);
    expect(() => mlflow()).toThrow("mlflow: uri, or MLFLOW_TRACKING_URI, must be a tracking server's address");
    expect(() => mlflow({ uri: "sqlite:///mlruns.db" })).toThrow("mlflow: uri must be a tracking server's address");
    vi.stubEnv("MLFLOW_TRACKING_URI", "file:///mlruns");
    expect(() => mlflow()).toThrow("got file:///mlruns");
  });
});
