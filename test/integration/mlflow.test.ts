/** A real tracking server, PyPI's mlflow on SQLite: what runs report is read back through its own API. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready } from "../../lib/backend/index.js";
import { freePorts } from "../../lib/client/process.js";
import { createModel, loadWeights } from "../../lib/models/index.js";
import { jsonLines, mlflow, readRuns, sendRun, startRun, type MlflowOptions } from "../../lib/tracking/index.js";
import { fit } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";
import { temporaryFolder, toolEnv, venv } from "./tools.js";

const folder = temporaryFolder();
const database = `sqlite:///${join(folder, "mlflow.db")}`;
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
let port: number;
let uri: string;
let server: ChildProcess | undefined;
let warned: string[];

async function startServer(): Promise<void> {
  const args = ["server", "--backend-store-uri", database, "--artifacts-destination", join(folder, "artifacts")];
  server = spawn(join(venv, "bin/mlflow"), [...args, "--host", "127.0.0.1", "--port", `${port}`, "--workers", "1"], {
    cwd: folder,
    env: toolEnv,
    stdio: "ignore",
    detached: true,
  });
  while (
    !(await fetch(`${uri}/health`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(200);
}

async function stopServer(): Promise<void> {
  if (!server) return;
  process.kill(-server.pid!, "SIGKILL");
  await once(server, "close");
  server = undefined;
}

async function api(path: string, body?: object) {
  const request = body && {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return (await (await fetch(`${uri}/api/2.0/${path}`, request)).json()) as any;
}

/** The run of one of our ids, as the server has it. */
async function runOf(id: string) {
  const { experiments } = await api("mlflow/experiments/search", { max_results: 100 });
  const experiment_ids = experiments.map(({ experiment_id }: { experiment_id: string }) => experiment_id);
  const { runs } = await api("mlflow/runs/search", { experiment_ids, filter: `tags.\`saccade.run\` = '${id}'` });
  expect(runs).toHaveLength(1);
  return runs[0];
}

async function historyOf(run: { info: { run_id: string } }, key: string): Promise<[step: number, value: unknown][]> {
  const found: [number, unknown][] = [];
  for (let token: string | undefined, first = true; first || token; first = false) {
    const more = token === undefined ? "" : `&page_token=${token}`;
    const path = `mlflow/metrics/get-history?run_id=${run.info.run_id}&metric_key=${encodeURIComponent(key)}`;
    const answer = await api(`${path}&max_results=5000${more}`);
    for (const { step, value } of answer.metrics ?? []) found.push([Number(step), value]);
    token = answer.next_page_token;
  }
  return found.sort((a, b) => a[0] - b[0]);
}

const valueOf = (list: readonly { key: string; value: string }[], key: string) =>
  list.find((each) => each.key === key)?.value;
const logTo = (options: MlflowOptions = {}) => [
  jsonLines(join(folder, "runs")),
  mlflow({ uri, experiment: "integration", waitSeconds: 120, ...options }),
];

beforeAll(async () => {
  await ready();
  port = (await freePorts(1))[0]!;
  uri = `http://127.0.0.1:${port}`;
  await startServer();
});
afterAll(stopServer);
beforeEach(() => {
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
});
afterEach(() => void vi.restoreAllMocks());

describe("a real server of MLflow", () => {
  it("is the version that is pinned", () => {
    const { stdout } = spawnSync(join(venv, "bin/mlflow"), ["--version"], { encoding: "utf8" });
    expect(stdout.trim()).toMatch(/3\.17\.2$/);
  });

  it("shows a diverged run as NaN at its step, and has what came before it", async () => {
    const run = await startRun({ name: "diverged", log: logTo() });
    for (const step of upTo(9)) run.log({ "train/loss": step < 9 ? step : NaN, "top@5": step }, { step });
    await run.end({ status: "diverged" });
    const there = await runOf(run.id);
    expect(there.info.status).toBe("FAILED");
    expect(await historyOf(there, "train/loss")).toEqual(upTo(9).map((n) => [n, n < 9 ? n : "NaN"]));
    expect(await historyOf(there, "top_5")).toHaveLength(9);
  });

  it("takes 5,000 numbers of a metric, 150 settings and one that is long", async () => {
    const config = Object.fromEntries(upTo(150).map((n) => [`p${n}`, n === 1 ? "x".repeat(7000) : n]));
    const run = await startRun({ name: "many", config, log: logTo() });
    for (const step of upTo(5000)) run.log({ loss: 1 / step }, { step });
    await run.end();
    const there = await runOf(run.id);
    expect(there.data.params).toHaveLength(150);
    expect(valueOf(there.data.params, "p1")).toHaveLength(6000);
    expect(await historyOf(there, "loss")).toEqual(upTo(5000).map((n) => [n, 1 / n]));
    expect(warned).toEqual([]);
  });

  it("has a training's numbers, its files and a model that loads back; a run that went on is one", async () => {
    const set = brightnessSet({ count: 30, classes: 3 });
    const config = { inputShape: [8, 8, 3], numClasses: 3, embedDim: 8, depth: 1, numHeads: 2, hiddenDim: 16 } as const;
    const model = createModel("small_vit", config as never);
    const checkpoint = { folder: join(folder, "kept"), everySteps: 2 };
    const options = { batchSize: 10, seed: 3, progress: false, log: logTo(), checkpoint, resume: true } as const;
    const cut = { step: ({ epoch }: { epoch: number }) => (epoch === 2 ? Promise.reject(new Error("cut")) : 0) };
    await expect(fit(model, set, { ...options, epochs: 2, callbacks: cut })).rejects.toThrow("cut");
    await fit(model, set, { ...options, epochs: 3 });
    const { id } = (await readRuns(join(folder, "runs"))).findLast(({ name }) => name === "small_vit")!;
    const there = await runOf(id);
    expect([there.info.status, valueOf(there.data.params, "epochs")]).toEqual(["FINISHED", "2"]);
    expect(valueOf(there.data.tags, "resumed.epochs")).toBe("3");
    expect(new Set((await historyOf(there, "train/loss")).map(([step]) => step))).toEqual(new Set(upTo(9)));
    const answer = await fetch(
      `${uri}/get-artifact?run_uuid=${there.info.run_id}&path=${encodeURIComponent("model/model.safetensors")}`,
    );
    const path = join(folder, "back.safetensors");
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const other = createModel("small_vit", config as never);
    await loadWeights(other, path);
    const [one, two] = [model, other].map((each) => each.getWeights().flatMap((weight) => [...weight.dataSync()]));
    expect(one).toEqual(two);
    for (const each of [model, other]) each.dispose();
  });

  it("may be away at the start and in the middle: nothing is lost", async () => {
    await stopServer();
    const run = await startRun({ name: "away", log: logTo() });
    for (const step of upTo(500)) run.log({ loss: step }, { step });
    await expect.poll(() => warned).toHaveLength(1);
    await startServer();
    await expect
      .poll(() =>
        runOf(run.id).then(
          (there) => historyOf(there, "loss"),
          () => [],
        ),
      )
      .toHaveLength(500);
    await stopServer();
    for (const step of upTo(500)) run.log({ loss: step }, { step: 500 + step });
    const ended = run.end();
    await startServer();
    await ended;
    expect(await historyOf(await runOf(run.id), "loss")).toEqual(upTo(1000).map((n) => [n, n <= 500 ? n : n - 500]));
    expect(warned).toHaveLength(1);
  });

  it("may be away at the end: the record keeps the run, and sends it, twice as once", async () => {
    await stopServer();
    const run = await startRun({ name: "late", config: { a: 1 }, log: logTo({ waitSeconds: 0 }) });
    for (const step of upTo(20)) run.log({ loss: step === 20 ? NaN : step }, { step });
    run.artifact("a.txt", new TextEncoder().encode("hello"));
    await run.end({ status: "diverged" });
    expect(warned.at(-1)).toContain(`npm run runs -- send ${run.record}`);
    await startServer();
    for (const _ of [1, 2]) await sendRun(run.record!, mlflow({ uri, experiment: "integration" }));
    const there = await runOf(run.id);
    expect(await historyOf(there, "loss")).toEqual(upTo(20).map((n) => [n, n < 20 ? n : "NaN"]));
    expect((await api(`mlflow/artifacts/list?run_id=${there.info.run_id}`)).files).toMatchObject([{ path: "a.txt" }]);
  });
});
