/** The real TensorBoard: what runs report is read back through its API, by both of its readers. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, truncateSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ready } from "../../lib/backend/index.js";
import { freePorts } from "../../lib/client/process.js";
import { jsonLines, startRun, tensorboard } from "../../lib/tracking/index.js";
import { temporaryFolder, venv } from "./tools.js";

const folder = temporaryFolder();
const logs = [jsonLines(join(folder, "json")), tensorboard({ folder: join(folder, "board") })];
const weights = Float32Array.from({ length: 999 }, (_, i) => Math.sin(i) * 3);
let diverged: string;
let resumed: string;
let long: string;

/** The buckets of TensorBoard's own writer [left, right, count], and the scalars that EventAccumulator reads. */
const PROGRAM = `
import json, math, sys
import numpy as np
from tensorboard.plugins.histogram import summary_v2
from tensorboard.util import tensor_util
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
data = (np.sin(np.arange(999)) * 3).astype(np.float32).astype(float)
buckets = tensor_util.make_ndarray(summary_v2.histogram_pb("w", data).value[0].tensor)
runs = {}
for path in sys.argv[1:]:
    events = EventAccumulator(path, size_guidance={"scalars": 0})
    events.Reload()
    runs[path] = [[one.step, one.value if math.isfinite(one.value) else None] for one in events.Scalars("train/loss")]
print(json.dumps({"buckets": buckets.tolist(), "runs": runs}))`;

beforeAll(async () => {
  await ready();
  const config = { optimizer: { name: "adam" }, learningRate: 0.1 };
  const first = await startRun({ name: "diverged", config: { ...config, clip: true }, log: logs });
  first.log({ "train/loss": 2 }, { step: 1 });
  first.histograms({ weights }, { step: 1 });
  first.images({ "samples/first": { data: new Uint8Array(12), height: 2, width: 2, channels: 3 } }, { step: 1 });
  first.artifact("step-1.xplane.pb", new Uint8Array(0));
  first.log({ "train/loss": NaN }, { step: 2 });
  await first.end({ status: "diverged", result: { steps: 2 } });
  diverged = first.id;

  const before = await startRun({ name: "resumed", config: { ...config, learningRate: 0.2 }, log: logs });
  for (let step = 1; step <= 30; step++) before.log({ "train/loss": step }, { step });
  before.log({ "train/late": 1 }, { step: 28 });
  await before.end({ status: "stopped" });
  const [file] = readdirSync(join(folder, "board", before.id));
  const path = join(folder, "board", before.id, file!);
  truncateSync(path, statSync(path).size - 5); // as a kill leaves it
  const after = await startRun({ name: "resumed", id: before.id, step: 20, config, log: logs });
  for (let step = 21; step <= 25; step++) after.log({ "train/loss": -step }, { step });
  await after.end();
  resumed = before.id;

  const many = await startRun({ name: "long", config, log: logs });
  for (let step = 1; step <= 3000; step++) many.log({ "train/loss": step === 1500 ? 99 : 1 }, { step });
  await many.end();
  long = many.id;
});

const RESUMED = Array.from({ length: 25 }, (_, i) => [i + 1, i < 20 ? i + 1 : -i - 1]);

describe.each(["true", "false"])("TensorBoard with --load_fast %s", (fast) => {
  let server: ChildProcess;
  let address: string;
  beforeAll(async () => {
    const [port] = await freePorts(1);
    address = `http://127.0.0.1:${port}/data`;
    const args = ["--logdir", join(folder, "board"), "--port", `${port}`, "--load_fast", fast];
    server = spawn(join(venv, "bin/tensorboard"), [...args, "--samples_per_plugin", "scalars=5000"], {
      stdio: "ignore",
    });
  });
  afterAll(async () => {
    server.kill();
    await once(server, "close");
  });

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of another program
  const get = async (path: string, body?: object): Promise<any> => {
    const request = body && { method: "POST", body: JSON.stringify(body) };
    return (await fetch(`${address}/${path}`, request)).json();
  };
  const of = (plugin: string, kind: string, run: string, tag: string) =>
    get(`plugin/${plugin}/${kind}?run=${run}&tag=${encodeURIComponent(tag)}&sample=0`);
  const scalars = async (run: string) =>
    ((await of("scalars", "scalars", run, "train/loss")) as [number, number, unknown][]).map(([, ...point]) => point);

  /** Waits until all runs are read to their ends. */
  const loaded = () =>
    expect
      .poll(async () => {
        const runs = [diverged, resumed, long];
        const found = runs.map((run) => of("text", "text", run, "run/end").catch(() => []));
        const points = runs.map((run) => scalars(run).catch(() => []));
        return [...(await Promise.all(found)), ...(await Promise.all(points))].map(({ length }) => length);
      })
      .toEqual([1, 1, 1, 2, 25, 3000]);

  it("shows numbers, NaN as NaN, and of a run that went on each step once", async () => {
    await loaded();
    expect(await scalars(resumed)).toEqual(RESUMED);
    expect(Object.keys((await get("plugin/scalars/tags"))[resumed])).toEqual(["train/loss"]);
    expect(await scalars(diverged)).toEqual([
      [1, 2],
      [2, "NaN"],
    ]);
    expect((await scalars(long)).filter(([, value]) => value === 99)).toEqual([[1500, 99]]);
  });

  it("shows images, texts, and the buckets of TensorBoard's own writer", async () => {
    await loaded();
    expect(await of("images", "images", diverged, "samples/first")).toMatchObject([{ step: 1 }]);
    const [{ text }] = await of("text", "text", diverged, "run/end");
    expect(text).toContain("<td>diverged</td>");
    const [[, step, buckets]] = await of("histograms", "histograms", diverged, "weights");
    const { stdout, stderr } = spawnSync(join(venv, "bin/python"), ["-c", PROGRAM], { encoding: "utf8" });
    expect(stdout, stderr).not.toBe("");
    const expected = (JSON.parse(stdout) as { buckets: number[][] }).buckets;
    expect(step).toBe(1);
    expect(buckets.map(([, , count]: number[]) => count)).toEqual(expected.map(([, , count]) => count));
    buckets.forEach(([left, right]: [number, number], i: number) => {
      expect(left).toBeCloseTo(expected[i]![0]!, 5); // float32 of values up to 3
      expect(right).toBeCloseTo(expected[i]![1]!, 5);
    });
  });

  it("shows a table of all runs' settings and last numbers, also of settings that one run alone has", async () => {
    await loaded();
    const { hparamInfos, metricInfos } = await get("plugin/hparams/experiment", {
      experimentName: "",
      includeMetrics: true,
    });
    expect(hparamInfos.map(({ name }: { name: string }) => name).sort()).toEqual([
      "clip",
      "learningRate",
      "optimizer.name",
    ]);
    expect(metricInfos.map((one: { name: { tag: string } }) => one.name.tag)).toEqual(
      expect.arrayContaining(["train/loss", "result/steps"]),
    );
    const { sessionGroups } = await get("plugin/hparams/session_groups", {
      experimentName: "",
      allowedStatuses: ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"],
      colParams: [{ hparam: "learningRate" }],
      startIndex: 0,
      sliceSize: 10,
    });
    const rows = new Map(
      (sessionGroups as { name: string; hparams: object; sessions: [{ status: string }] }[]).map(
        ({ name, hparams, sessions }) => [name, { ...hparams, status: sessions[0].status }],
      ),
    );
    expect(rows.get(diverged)).toMatchObject({ learningRate: 0.1, clip: true, status: "STATUS_FAILURE" });
    expect(rows.get(resumed)).toMatchObject({ learningRate: 0.2, "optimizer.name": "adam", status: "STATUS_SUCCESS" });
  });
});

it("EventAccumulator reads the same points, of a run that went on too", () => {
  const paths = [diverged, resumed].map((id) => join(folder, "board", id));
  const { stdout, stderr } = spawnSync(join(venv, "bin/python"), ["-c", PROGRAM, ...paths], { encoding: "utf8" });
  expect(stdout, stderr).not.toBe("");
  const { runs } = JSON.parse(stdout) as { runs: Record<string, unknown> };
  expect(Object.values(runs)).toEqual([
    [
      [1, 2],
      [2, null],
    ],
    RESUMED,
  ]);
});
