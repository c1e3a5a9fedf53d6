/** The programs that the bench of networks times, and its arithmetic; what they measure is the bench's business. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { configOf, NETWORK_CASES, networkCase } from "../../lib/bench/training/training-cases.js";
import {
  AT_BEST,
  CHANNELS_LAST,
  hasCompiler,
  open,
  startPeer,
  TF_FUNCTION,
  TORCH_COMPILE,
  TUNED,
  WRITTEN,
  type Field,
} from "../../lib/bench/training/contenders.js";
import { shortfalls } from "../../lib/bench/training/goals.js";
import { fitLine } from "../../lib/bench/training/scaling.js";
import { describeShares, opShares, whereTimeGoes, type StepShares } from "../../lib/bench/training/where-time-goes.js";
import { networkStep } from "../../lib/bench/training/network-step.js";
import { WorkerProcess } from "../../lib/bench/training/worker-process.js";
import { BENCH_VENV } from "../../lib/setup/bench-environment.js";
import { ROOT } from "../cli/project.js";

await ready();
const scratch = mkdtempSync(join(tmpdir(), "saccade-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const ours = (): WorkerProcess =>
  new WorkerProcess(process.execPath, [join(ROOT, "dist/lib/bench/training/training-worker.js")]);
const { model, overrides } = networkCase("mynet");
const FIELD = { training: true, threads: 1, device: "CPU", busy: true, scratch } as const;

describe("our program", () => {
  it.each(["compiled", "eager"])("takes steps of a network, %s", async (variant) => {
    const worker = ours();
    try {
      expect(await worker.ask({ open: { model, overrides, batch: 2, training: true, variant } })).toMatchObject({
        parameters: 117_930,
        firstMs: expect.any(Number),
      });
      const { ms } = await worker.ask<{ ms: number[] }>({ run: 2 });
      expect(ms.map((each) => each > 0)).toEqual([true, true]);
      expect((await worker.ask<{ bytes: number }>({ memory: true })).bytes).toBeGreaterThan(30e6);
    } finally {
      await worker.end();
    }
  });

  it("keeps several networks, and says where the time of one goes", async ({ skip }) => {
    const worker = ours();
    try {
      for (const batch of [2, 3])
        await worker.ask({ open: { model, overrides, batch, training: true, variant: "compiled" } });
      expect((await worker.ask<{ ms: number[] }>({ run: 3, at: 0 })).ms).toHaveLength(3);
      skip(tf.getBackend() !== "tensorflow", "no TensorFlow library here, so no profile");
      const { time } = await worker.ask<StepShares>({ profile: 1 });
      expect(time.map(({ layer }) => layer)).toEqual(expect.arrayContaining(["conv#"]));
    } finally {
      await worker.end();
    }
  });

  it("is left out where it computes on another device than the bench is of", async () => {
    const worker = ours();
    try {
      await expect(open("ours", worker, networkCase("mynet"), 2, { ...FIELD, device: "GPU" })).rejects.toThrow(
        "it computes on the CPU, the bench is one of the GPU",
      );
    } finally {
      await worker.end();
    }
  });

  it("a process that dies says with what, and one that takes too long is ended", async () => {
    await expect(
      new WorkerProcess(process.execPath, ["-e", "console.error('no such thing'); process.exit(3)"]).ask({ run: 1 }),
    ).rejects.toThrow(/ended with 3: no such thing/);
    await expect(
      new WorkerProcess(process.execPath, ["-e", "process.stdin.resume()"]).ask({ run: 1 }, 50),
    ).rejects.toThrow("no answer within 0.05 s");
  });
});

describe("the peers' programs", () => {
  it.for([
    [WRITTEN, "torch"],
    [TF_FUNCTION, "tensorflow"],
  ] as const)("%s has our networks' parameters, and takes steps of them", async ([name, library], { skip }) => {
    skip(
      !existsSync(join(ROOT, BENCH_VENV, `.saccade-stamp-${library}`)),
      `no ${library} in ${BENCH_VENV} (npm run bench -- training makes it)`,
    );
    const worker = startPeer(name, { root: ROOT, python: join(ROOT, BENCH_VENV, "bin/python"), busy: true, scratch });
    try {
      const found: Record<string, number | null> = {};
      for (const network of NETWORK_CASES.filter((each) => each.name !== "resnet34_64" && each.name !== "cct_6_3x1")) {
        found[network.name] = (await open(name, worker, network, 2, FIELD)).parameters;
      }
      const made = NETWORK_CASES.filter((network) => network.name in found).map((network) => [
        network.name,
        networkStep({ ...network, training: false, variant: "eager" }).parameters,
      ]);
      expect(found).toEqual(Object.fromEntries(made));
      expect((await worker.ask<{ ms: number[] }>({ run: 2, at: 0 })).ms).toHaveLength(2);
    } finally {
      await worker.end();
    }
  });

  it.for([TUNED, CHANNELS_LAST] as const)("%s is the same network", async (name, { skip }) => {
    skip(
      !existsSync(join(ROOT, BENCH_VENV, ".saccade-stamp-torch")),
      `no torch in ${BENCH_VENV} (npm run bench -- training makes it)`,
    );
    const worker = startPeer(name, { root: ROOT, python: join(ROOT, BENCH_VENV, "bin/python"), busy: true, scratch });
    try {
      expect(await open(name, worker, networkCase("vit_small"), 2, FIELD)).toMatchObject({ parameters: 159_498 });
    } finally {
      await worker.end();
    }
  });

  it("torch.compile without a C++ compiler says so", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = scratch;
    try {
      expect(hasCompiler()).toBe(false);
      await expect(open(TORCH_COMPILE, undefined as never, networkCase("mynet"), 2, FIELD)).rejects.toThrow(
        "torch.compile needs a C++ compiler (g++ or clang++), and none is installed",
      );
    } finally {
      process.env["PATH"] = path;
    }
    expect(hasCompiler({ CXX: process.execPath })).toBe(true);
  });
});

describe("a series", () => {
  it("has each point's times, and the line through them", async () => {
    const { measureSeries } = (await import(join(ROOT, "dist/lib/bench/training/scaling.js"))) as {
      measureSeries: typeof import("../../lib/bench/training/scaling.js").measureSeries;
    };
    const points = [2, 8].map((batch) => ({ network: networkCase("mynet"), batch, x: batch, label: `${batch}` }));
    const field: Field = { root: ROOT, python: "", device: "CPU", training: true, threads: 1, busy: true, scratch };
    const metrics = await measureSeries(
      { name: "mynet", against: "batch size 2 to 8", unit: "ms/image", points },
      ["ours"],
      field,
      { rounds: 3, endMs: 0 },
    );
    expect(metrics.map(({ metric, samples }) => [metric, samples["ours"]!.length])).toEqual([
      ["step against batch size 2 to 8: at 2", 6],
      ["step against batch size 2 to 8: at 8", 6],
      ["step against batch size 2 to 8: slope", 1],
      ["step against batch size 2 to 8: fixed", 1],
      ["step against batch size 2 to 8: R²", 1],
    ]);
    expect(metrics.at(-1)!.samples["ours"]![0]).toBeCloseTo(1, 10); // a line goes through two points
  });
});

describe("the bench's arithmetic", () => {
  it("fits a straight line by least squares", () => {
    const exact = fitLine([1, 2, 4], [5, 7, 11]);
    expect([exact.slope, exact.fixed, exact.r2]).toEqual([expect.closeTo(2), expect.closeTo(3), expect.closeTo(1)]);
    const { slope, fixed, r2 } = fitLine([0, 1, 2], [0, 3, 3]); // by hand: slope 3/2, mean 2, left 1.5 of 6
    expect([slope, fixed, r2]).toEqual([expect.closeTo(1.5), expect.closeTo(0.5), expect.closeTo(0.75)]);
    expect(() => fitLine([2, 2], [1, 2])).toThrow("fitLine: x must hold two different values, got 2, 2");
  });

  it("finds the goals that a case misses, by its family", () => {
    const metrics = [
      { metric: "training step", unit: "ms", samples: { ours: [70], [WRITTEN]: [100], [AT_BEST]: [69] } },
      { metric: "peak memory of the process", unit: "MB", samples: { ours: [100], [WRITTEN]: [100] } },
    ] as const;
    expect(shortfalls({ family: "cnn" }, metrics)).toEqual([
      { metric: "training step", peer: WRITTEN, ratio: 0.7, goal: 0.67 },
      { metric: "training step", peer: AT_BEST, ratio: 1.0145, goal: 1 },
    ]);
    expect(shortfalls({ family: "transformer" }, metrics).map(({ peer }) => peer)).toEqual([AT_BEST]);
    // without a peer nothing is missed
    expect(shortfalls({ family: "cnn" }, [{ ...metrics[0], samples: { ours: [70] } }])).toEqual([]);
  });

  it("gathers ops by kind, layer and pass, and says where time and memory go", () => {
    const op = (name: string, layer: string, durationUs: number, bytes: number) => ({
      op: name,
      layer,
      pass: "forward" as const,
      durationUs,
      bytes,
    });
    const ops = [op("Conv2D", "block1/conv2", 10, 5), op("Conv2D", "block12/conv2", 50, 5), op("Relu", "", 40, 90)];
    const time = opShares(ops, ({ durationUs }) => durationUs);
    expect(time).toEqual([
      { op: "Conv2D", layer: "block#/conv#", pass: "forward", count: 2, share: 0.6 },
      { op: "Relu", layer: "", pass: "forward", count: 1, share: 0.4 },
    ]);
    const shares = {
      breakdown: { Kernel: 0.9, Memcpy: 0, Memset: 0, Runtime: 0.1, DataLoader: 0, "CPU Exec": 0, Other: 0 },
      time,
      bytes: opShares(ops, ({ bytes }) => bytes),
      totalBytes: 3e6,
    };
    expect(describeShares(shares, { time: true, memory: false })).toEqual([
      "  where its time goes: of the step Kernel 90.0 %, Runtime 10.0 %; of the ops' time",
      "    60.0 %  Conv2D × 2, block#/conv# (forward)",
      "    40.0 %  Relu, loss or optimizer",
    ]);
    expect(describeShares(shares, { time: false, memory: true })).toEqual([
      expect.stringContaining("of 3 MB of ops' outputs"),
      "    90.0 %  Relu, loss or optimizer",
      "    10.0 %  Conv2D × 2, block#/conv# (forward)",
    ]);
  });

  it.runIf(tf.getBackend() === "tensorflow")(
    "profiles a case's step: shares of the whole, the largest first",
    async () => {
      const { compiled } = networkStep({ ...networkCase("mynet"), training: true, variant: "compiled" });
      const { inputShape } = configOf(networkCase("mynet"));
      const { breakdown, time, bytes, totalBytes } = await whereTimeGoes(
        compiled!,
        tf.zeros([2, ...inputShape]),
        tf.zeros([2], "int32"),
      );
      expect(Object.values(breakdown).reduce((sum, share) => sum + share)).toBeCloseTo(1, 2);
      for (const shares of [time, bytes]) {
        const values = shares.map(({ share }) => share);
        expect(values).toEqual([...values].sort((a, b) => b - a));
        expect(values.reduce((sum, share) => sum + share)).toBeLessThanOrEqual(1 + 1e-9);
      }
      expect(totalBytes).toBeGreaterThan(2 * 32 * 32 * 16 * 4); // at least the first convolution's output
      compiled!.dispose();
    },
  );
});
