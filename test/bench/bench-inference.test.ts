/** Inference beside the peers: who takes part, one image beside the study's batch, the goals, and the page's table. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ready } from "../../lib/backend/index.js";
import { benchTable, benchTexts } from "../../lib/bench/tables/index.js";
import type { StoredBench } from "../../lib/bench/stored-bench.js";
import { inferenceShortfalls } from "../../lib/bench/training/goals.js";
import { AT_BEST, BEST_PEER, ONNX_RUNTIME, OPENVINO, WRITTEN } from "../../lib/bench/training/contenders.js";
import type { Field } from "../../lib/bench/training/contenders.js";
import { NETWORK_CASES, networkCase } from "../../lib/bench/training/training-cases.js";
import { BENCH_VENV, inferenceSteps, ONNX_RUNTIME_FOLDER } from "../../lib/setup/bench-environment.js";
import { projectAt, ROOT, temporaryFolder } from "../cli/project.js";

await ready();
const scratch = mkdtempSync(join(tmpdir(), "saccade-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const field: Field = {
  root: ROOT,
  python: join(ROOT, BENCH_VENV, "bin/python"),
  device: "CPU",
  training: false,
  threads: 1,
  busy: true,
  scratch,
};
const built = async <Module>(name: string): Promise<Module> =>
  (await import(join(ROOT, "dist/lib/bench/training", name))) as Module;
const contenders = await built<typeof import("../../lib/bench/training/contenders.js")>("contenders.js");

describe("the peers that run our network's ONNX file", () => {
  it.for([
    [ONNX_RUNTIME, `${ONNX_RUNTIME_FOLDER}/.saccade-stamp`],
    [OPENVINO, `${BENCH_VENV}/.saccade-stamp-openvino`],
  ] as const)("%s takes steps at several batch sizes", async ([name, stamp], { skip }) => {
    skip(!existsSync(join(ROOT, stamp)), `no ${name} in ${BENCH_VENV} (npm run bench -- inference makes it)`);
    const network = networkCase("mynet");
    await contenders.writeOnnx(network, field);
    const worker = contenders.startPeer(name, field);
    try {
      for (const batch of [3, 1])
        expect(await contenders.open(name, worker, network, batch, field)).toMatchObject({
          parameters: null,
          device: "CPU",
          version: expect.stringMatching(new RegExp(`^${name} \\d`)),
        });
      for (const at of [0, 1]) expect((await worker.ask<{ ms: number[] }>({ run: 2, at })).ms).toHaveLength(2);
      expect((await worker.ask<{ bytes: number }>({ memory: true })).bytes).toBeGreaterThan(20e6);
      await expect(contenders.open(name, worker, network, 1, { ...field, device: "GPU" })).rejects.toThrow(
        "it computes on the CPU, the bench is one of the GPU",
      );
    } finally {
      await worker.end();
    }
  });

  it("ONNX Runtime that is not installed says so", async () => {
    const worker = contenders.startPeer(ONNX_RUNTIME, { ...field, root: scratch });
    try {
      await expect(worker.ask({ memory: true })).rejects.toThrow(/Cannot find module 'onnxruntime-node'/);
    } finally {
      await worker.end();
    }
  });
});

describe("a case", () => {
  it("has the study's batch and one image, each with a metric of its own", async () => {
    const { measureCase } = await built<typeof import("../../lib/bench/training/rounds.js")>("rounds.js");
    const limits = { rounds: 2, endMs: 0 };
    const { metrics, bestPeers, short } = await measureCase(networkCase("mynet"), [2, 1], ["ours"], field, limits);
    const counts = metrics.slice(0, 2).map(({ metric, samples }) => [metric, samples["ours"]!.length]);
    expect(counts).toEqual([
      ["inference", 6], // two rounds of three steps
      ["inference at batch 1", 60], // and ten times as many of one image
    ]);
    expect([bestPeers, short]).toEqual([{}, []]); // without a peer there is no goal
  });
});

describe("the goals of inference", () => {
  it("are 0.9 of the best peer at the study's batch and 1 of one image", () => {
    const metric = (name: string, ours: number): Parameters<typeof inferenceShortfalls>[0][number] => ({
      metric: name,
      unit: "ms",
      samples: { ours: [ours], [BEST_PEER]: [100], [AT_BEST]: [200] },
    });
    expect(inferenceShortfalls([metric("inference", 90), metric("inference at batch 1", 100)])).toEqual([]);
    expect(inferenceShortfalls([metric("inference", 91), metric("inference at batch 1", 101)])).toEqual([
      { metric: "inference", peer: BEST_PEER, ratio: 0.91, goal: 0.9 },
      { metric: "inference at batch 1", peer: BEST_PEER, ratio: 1.01, goal: 1 },
    ]);
  });
});

describe("the page's table", () => {
  const stored = {
    bench: "inference",
    cases: {
      mynet: {
        batch: 100,
        best: WRITTEN,
        bestPeers: { inference: WRITTEN, "inference at batch 1": ONNX_RUNTIME },
        short: [{ metric: "inference at batch 1", peer: BEST_PEER, ratio: 2, goal: 1 }],
      },
    },
    metrics: [
      {
        case: "mynet",
        metric: "inference",
        unit: "ms",
        samples: { ours: [40], [WRITTEN]: [50], [AT_BEST]: [50], [ONNX_RUNTIME]: [60], [BEST_PEER]: [50] },
      },
      {
        case: "mynet",
        metric: "inference at batch 1",
        unit: "ms",
        samples: { ours: [2, 2.2], [WRITTEN]: [4], [AT_BEST]: [4], [ONNX_RUNTIME]: [1], [BEST_PEER]: [1] },
      },
    ],
  } as unknown as StoredBench;

  it("names the best peer, and sets in bold what misses its goal", () => {
    const [, , study, one] = benchTable(stored, "table")!.split("\n");
    expect(study).toBe(
      "| MyNet | 100 | 40 (40) | – | – | 50 (50) | 50 (50) | 60 (60) | – | 0.80, PyTorch as written | 1 |",
    );
    expect(one).toBe(
      "| MyNet | 1 | 2.1 (2.0) | – | – | 4.0 (4.0) | 4.0 (4.0) | 1.0 (1.0) | – | **2.10**, ONNX Runtime | 2 |",
    );
    expect(benchTexts(stored)["goals"]).toBe("at the study's batch met by all 1; at batch 1 missed by all 1");
  });

  it("of a result from before one image was measured has only the study's batch", () => {
    const { bestPeers: _, ...before } = stored.cases!["mynet"]!;
    const old = { ...stored, cases: { mynet: before }, metrics: stored.metrics.slice(0, 1) } as StoredBench;
    const rows = benchTable(old, "table")!.split("\n").slice(2);
    expect(rows.map((row) => row.split(" | ").slice(0, 2))).toEqual([["| MyNet", "100"]]);
    expect(benchTexts(old)["goals"]).toBe("not measured yet");
  });
});

describe("set-up of the peers", () => {
  it("installs ONNX Runtime without its install script, and keeps this platform's library alone", async () => {
    const root = temporaryFolder();
    const bin = (platform: string): string =>
      join(root, ONNX_RUNTIME_FOLDER, "node_modules/onnxruntime-node/bin/napi-v6", platform);
    const own = `${process.platform}/${process.arch}`;
    const asked: (readonly string[])[] = [];
    const project = projectAt(root);
    const run: typeof project.jobs.run = async (program, args) => {
      asked.push([program, ...args]);
      for (const platform of [own, "win32/other", `${process.platform}/other`]) {
        mkdirSync(bin(platform), { recursive: true });
        writeFileSync(join(bin(platform), "library"), "");
      }
      return { code: 0, signal: null, output: "" };
    };
    mkdirSync(join(root, "lib/setup"), { recursive: true });
    for (const name of ["torch", "tensorflow", "openvino"])
      writeFileSync(join(root, `lib/setup/bench-${name}-requirements.txt`), "");
    const step = inferenceSteps({ ...project, jobs: { ...project.jobs, run } }).find(({ name }) =>
      name.startsWith("ONNX Runtime"),
    )!;
    expect(step.done()).toBe(false);
    expect(await step.run(() => undefined)).toMatch(/^onnxruntime-node@\d+\.\d+\.\d+$/);
    expect(step.done()).toBe(true);
    expect(asked[0]).toEqual(expect.arrayContaining(["npm", "install", "--ignore-scripts"]));
    expect([own, "win32/other", `${process.platform}/other`].map((platform) => existsSync(bin(platform)))).toEqual([
      true,
      false,
      false,
    ]);
  });
});

it("every network has its ONNX file written under a name of its own", () => {
  expect(new Set(NETWORK_CASES.map(({ model }) => model)).size).toBe(NETWORK_CASES.length);
});
