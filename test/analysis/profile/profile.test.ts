import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  CATEGORIES,
  layerCosts,
  profile,
  toTraceEvents,
  writeXPlane,
  type Category,
  type ProfileOptions,
  type StepProfile,
} from "../../../lib/analysis/index.js";
import { breakDown, categoryOf, type MainSpan } from "../../../lib/analysis/profile/breakdown.js";
import { integer, messages, readMessage, string } from "../../../lib/protobuf.js";
import type { ProfiledOp } from "../../../lib/analysis/profile/step-stats.js";
import { compile, ready, tf } from "../../../lib/backend/index.js";
import { currentBinding } from "../../../lib/backend/register.js";
import { toBundle } from "../../../lib/study/index.js";
import { adam, softmaxCrossEntropy } from "../../../lib/train/index.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

await ready();
const present = tf.getBackend() === "tensorflow";
if (!present) console.log("skipped: no TensorFlow library here");

const folder = mkdtempSync(join(tmpdir(), "saccade-profile-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A training step of a small convolutional network. */
function trainingStep() {
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: "stem",
        filters: 8,
        kernelSize: 3,
        padding: "same",
        activation: "relu",
        inputShape: [16, 16, 3],
      }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "head", units: 10 }),
    ],
  });
  const variables = model.trainableWeights.map((weight) => weight.read() as import("@tensorflow/tfjs").Variable);
  const optimizer = adam(variables);
  const step = compile(
    (images: Tensor, labels: Tensor) => {
      const { value, grads } = tf.variableGrads(
        () => softmaxCrossEntropy(model.apply(images, { training: true }) as Tensor, labels),
        variables,
      );
      optimizer.apply(variables.map((variable) => grads[variable.name]!));
      return value;
    },
    { seed: 1 },
  );
  const images = tf.randomNormal([32, 16, 16, 3], 0, 1, "float32", 1);
  const labels = tf.tensor1d(
    Array.from({ length: 32 }, (_, i) => i % 10),
    "int32",
  );
  const dispose = () => {
    step.dispose();
    optimizer.dispose();
    model.dispose();
    tf.dispose([images, labels]);
  };
  return { model, step, images, labels, dispose };
}

const sum = ({ breakdown }: StepProfile) => CATEGORIES.reduce((total, category) => total + breakdown[category], 0);

describe.runIf(present)("profile() of a training step", () => {
  let measured: StepProfile;
  let weightsBefore: number[][];
  let weightsAfter: number[][];
  let tensors: { before: number; after: number };
  let loss: { profiled: number; compiled: number };

  beforeAll(async () => {
    const { model, step, images, labels, dispose } = trainingStep();
    const weights = () => model.getWeights().map((weight) => [...weight.dataSync()]);
    weightsBefore = weights();
    // gives TensorFlow the tensors that only JavaScript had
    await profile(step, () => [images, labels], { warmupSteps: 1 });
    const before = currentBinding()!.getNumOfTensors();
    let profiled = 0;
    measured = await profile(step, () => [images, labels], {
      warmupSteps: 1,
      after: (value) => void (profiled = Number(value![0])),
    });
    tensors = { before, after: currentBinding()!.getNumOfTensors() };
    weightsAfter = weights();
    (await step(images, labels)).dispose(); // the warm-up was one step too
    const value = await step(images, labels);
    loss = { profiled, compiled: value.dataSync()[0]! };
    value.dispose();
    dispose();
  });

  it("changes no variable, and leaves nothing behind", () => {
    expect(weightsAfter).toEqual(weightsBefore);
    expect(tensors.after).toBe(tensors.before);
  });

  it("computes what the compiled step computes, optimizer included", () => {
    expect(loss.profiled).toBeCloseTo(loss.compiled, 5); // float32
  });

  it("gives every op a kind, a start within the step, a duration, a device and bytes", () => {
    expect(measured.ops.length).toBeGreaterThan(30);
    for (const { name, op, startUs, durationUs, device } of measured.ops) {
      expect(op, name).toMatch(/^_*[A-Z]\w*$/);
      expect(startUs, name).toBeGreaterThan(-1000); // the clocks agree to a millisecond
      expect(startUs + durationUs, name).toBeLessThan(measured.stepUs + 1000);
      expect(device).toMatch(/device:[CG]PU:0/);
    }
    const conv = measured.ops.find(
      ({ op, layer, pass }) => op.endsWith("Conv2D") && layer === "stem" && pass === "forward",
    )!;
    expect(conv.bytes).toBe(32 * 16 * 16 * 8 * 4); // its output, [32, 16, 16, 8] of float32
  });

  it("names the layer that an op came from, forward and gradient", () => {
    const filterGradient = measured.ops.find(({ op }) => /Conv2DBackpropFilter/.test(op))!;
    expect(filterGradient).toMatchObject({ layer: "stem", pass: "gradient" });
    const updates = measured.ops.filter(({ op }) => op === "ResourceApplyAdam");
    expect(updates.map(({ layer }) => layer)).toEqual(["", "", "", ""]);
    const costs = layerCosts(measured);
    expect(costs.map(({ layer }) => layer).sort()).toEqual(expect.arrayContaining(["", "head", "stem"]));
    const head = costs.find(({ layer }) => layer === "head")!;
    expect(head.forwardUs).toBeGreaterThan(0);
    expect(head.gradientUs).toBeGreaterThan(0);
    expect(costs.reduce((total, { ops }) => total + ops, 0)).toBe(measured.ops.length);
  });

  it("splits the step's time: no part is negative, together they are the step within 1 %", () => {
    for (const category of CATEGORIES)
      expect(measured.breakdown[category], category).toBeGreaterThanOrEqual(-0.01 * measured.stepUs);
    expect(Math.abs(sum(measured) / measured.stepUs - 1)).toBeLessThan(0.01);
    expect(measured.breakdown.Kernel).toBeGreaterThan(0);
  });

  it("accounts for all of a step, from asking for the batch to the end of after", async () => {
    const { step, images, labels, dispose } = trainingStep();
    let [asked, ended, readings] = [0, 0, 0];
    // so that a millisecond is one reading of it
    const clock = vi.spyOn(performance, "now").mockImplementation(() => readings++);
    try {
      const timed = await profile(step, () => ((asked = performance.now()), [images, labels]), {
        warmupSteps: 1,
        after: () => void (ended = performance.now()),
      });
      expect(timed.stepUs).toBe(1000 * (ended - asked + 2)); // the readings before it asks, and when after is done
    } finally {
      clock.mockRestore();
      dispose();
    }
  });

  it("is shown as the mean step's categories, each with its part", () => {
    const { mean } = measured;
    const text = String(toBundle(measured)["text/plain"]).split("\n");
    expect(text[0]).toMatch(
      /^a step of [\d.]+ ms; share of the step with an op at work: CPU:0 [\d.]+ %; processor time /,
    );
    const rows = text.filter((line) => line.endsWith(" %") && !line.startsWith("a step"));
    expect(rows.map((line) => /^(.+?) {2,}/.exec(line)?.[1])).toEqual(["average step", ...CATEGORIES]);
    const kernel = rows.find((line) => line.startsWith("Kernel"))!;
    expect(kernel).toContain(Math.round(mean.breakdown.Kernel).toLocaleString("en"));
    expect(kernel).toContain(`${((100 * mean.breakdown.Kernel) / mean.stepUs).toFixed(1)} %`);
  });

  it("becomes trace events: one for each op and span, of one row none that overlap", () => {
    const { traceEvents } = JSON.parse(JSON.stringify(toTraceEvents(measured))) as ReturnType<typeof toTraceEvents>;
    const events = traceEvents.filter(({ ph }) => ph === "X");
    expect(events).toHaveLength(measured.ops.length + measured.spans.length);
    const ends = new Map<string, number>();
    for (const { pid, tid, ts, dur, name } of [...events].sort((a, b) => a.ts! - b.ts!)) {
      expect(ts!, name).toBeGreaterThanOrEqual((ends.get(`${pid} ${tid}`) ?? Number.NEGATIVE_INFINITY) - 1e-3);
      ends.set(`${pid} ${tid}`, ts! + dur!);
    }
    const named = traceEvents
      .filter(({ ph, name }) => ph === "M" && name === "thread_name")
      .map(({ pid, tid }) => `${pid} ${tid}`);
    expect(new Set(named)).toEqual(new Set(ends.keys()));
  });

  it("becomes an xplane.pb where TensorBoard looks, every event with a name and its time", () => {
    const file = writeXPlane(measured, folder, "step_1");
    expect(file).toMatch(/plugins\/profile\/step_1\/.+\.xplane\.pb$/);
    expect(existsSync(`${file}.part`)).toBe(false);
    const [plane] = messages(readMessage(readFileSync(file)), 1);
    expect(string(plane!, 2)).toBe("/host:CPU");
    const names = new Map(messages(plane!, 4).map((entry) => [integer(entry, 1), string(messages(entry, 2)[0]!, 2)]));
    const events = messages(plane!, 3).flatMap((line) => messages(line, 4));
    expect(events).toHaveLength(measured.ops.length + measured.spans.length);
    const conv = measured.ops.find(({ op }) => /Conv2DBackpropFilter/.test(op))!;
    const written = events.find((event) => names.get(integer(event, 1)) === `${conv.name}:${conv.op}`)!;
    expect(integer(written, 3) / 1e6).toBeCloseTo(conv.durationUs, 3);
    expect(() => writeXPlane(measured, folder, "../out")).toThrow(
      "writeXPlane: run must be a folder's name of letters, digits, _, - and dots, got ../out",
    );
  });
});

describe("breakDown()", () => {
  /** 10 µs for a batch, 3 of copies, then a run of 84 and what follows; nothing from 104 to 106. */
  const spans: readonly MainSpan[] = [
    ["batch", 0, 10],
    ["javascript", 10, 12],
    ["copy", 12, 15],
    ["javascript", 15, 16],
    ["run", 16, 100],
    ["copy", 100, 104],
    ["javascript", 106, 110],
  ].map(([kind, startUs, endUs]) => ({ kind, startUs, endUs }) as MainSpan);
  const ran = (op: string, startUs: number, endUs: number): ProfiledOp => ({
    name: `${op}_1`,
    op,
    layer: "",
    pass: "",
    device: "CPU:0",
    row: 0,
    startUs,
    durationUs: endUs - startUs,
    bytes: 0,
    inputs: [],
    outputs: [],
    attributes: {},
  });
  const ops = [
    ran("Conv2D", 20, 40),
    ran("Relu", 30, 50),
    ran("Fill", 45, 60),
    ran("_Send", 55, 70),
    ran("Mul", 80, 81),
  ];

  it("gives every microsecond of a step to one category", () => {
    expect(breakDown(spans, ops)).toEqual({
      Kernel: 31,
      Memset: 10,
      Memcpy: 10 + 3 + 4,
      Runtime: 4 + 10,
      DataLoader: 10,
      "CPU Exec": 2 + 1 + 4,
      Other: 19 + 2,
    });
  });

  const later = (from: number, us: number) =>
    spans.map(({ kind, startUs, endUs }) => ({
      kind,
      startUs: startUs + (startUs >= from ? us : 0),
      endUs: endUs + (endUs > from ? us : 0),
    }));
  it.each<[Category, string, readonly MainSpan[], readonly ProfiledOp[]]>([
    ["Kernel", "an op after the last", later(99, 7), [...ops, ran("MatMul", 81, 88)]],
    ["Memset", "zeros after the last", later(99, 7), [...ops, ran("ZerosLike", 81, 88)]],
    ["Memcpy", "a larger result", later(103, 7), ops],
    ["Runtime", "a later last op", later(99, 7), [...ops.slice(0, -1), ran("Mul", 87, 88)]],
    ["CPU Exec", "JavaScript after the step", later(109, 7), ops],
    ["Other", "a main thread that is late", later(99, 7), ops],
  ])("%s grows by 7 µs with %s of 7 µs, and nothing else does", (category, _, longer, ran) => {
    const before = breakDown(spans, ops);
    expect(breakDown(longer, ran)).toEqual({ ...before, [category]: before[category] + 7 });
  });
});

describe.runIf(present)("what profile() gives to a category", () => {
  const small = tf.ones([8, 8]);
  const plain = (x: Tensor) => x.sum();
  type Matrix = import("@tensorflow/tfjs").Tensor2D;

  async function profiled(
    fn: (x: Tensor) => Tensor,
    next: () => [Tensor] | Promise<[Tensor]> = () => [small],
    options: ProfileOptions = {},
  ): Promise<StepProfile> {
    const step = compile(fn);
    try {
      return await profile(step, next, { warmupSteps: 1, ...options });
    } finally {
      step.dispose();
    }
  }

  /** One more profile, whose clock is `now`. */
  async function withClock(now: () => number, ...given: Parameters<typeof profiled>): Promise<StepProfile> {
    const clock = vi.spyOn(performance, "now").mockImplementation(now);
    try {
      return await profiled(...given);
    } finally {
      clock.mockRestore();
    }
  }

  it("Kernel: two matrix products are two ops", async () => {
    const { ops } = await profiled((x) => tf.matMul(tf.matMul(x as Matrix, x as Matrix), x as Matrix));
    expect(ops.filter(({ op }) => op.includes("MatMul")).map(categoryOf)).toEqual(["Kernel", "Kernel"]);
  });

  it("Memset: 51.2 MB of zeros are one op of as many bytes", async () => {
    // TensorFlow makes a constant of a plain tf.fill
    const { ops } = await profiled((x) => tf.zerosLike(x.tile([200_000, 1])).sum());
    expect(ops.filter((op) => categoryOf(op) === "Memset").map(({ bytes }) => bytes)).toEqual([200_000 * 8 * 8 * 4]);
  });

  it("Runtime: what lies between 1,500 tiny ops, which are all there, one after the other", async () => {
    const { ops, breakdown } = await profiled((x) => {
      let y = x;
      for (let i = 0; i < 1500; i++) y = i % 2 ? y.sin() : y.cumsum(0);
      return y.sum();
    });
    const chain = ops.filter(({ op }) => op === "Sin" || op === "Cumsum");
    expect(chain).toHaveLength(1500);
    for (const [i, { startUs }] of chain.slice(1).entries())
      expect(startUs).toBeGreaterThanOrEqual(chain[i]!.startUs + chain[i]!.durationUs - 1e-3);
    expect(breakdown.Runtime).toBeGreaterThan(0);
  });

  it("Memcpy: a batch that JavaScript holds goes over between two readings of the clock", async () => {
    const tensors = () => currentBinding()!.getNumOfTensors(); // so that a millisecond is one tensor of TensorFlow's
    const copied = async (next: () => [Tensor]) => (await withClock(tensors, plain, next)).breakdown.Memcpy;
    const made: Tensor[] = [];
    const fresh = (): [Tensor] => [(made.push(tf.tensor([1, 2])), made.at(-1)!)];
    expect([await copied(() => [small]), await copied(fresh)]).toEqual([0, 1000]);
    tf.dispose(made);
  });

  it("DataLoader and CPU Exec: a batch and an after that take their time", async () => {
    let now = 0;
    const late = async (): Promise<[Tensor]> => {
      await null;
      now += 20;
      return [small];
    };
    const { breakdown, stepUs } = await withClock(() => now, plain, late, { after: () => void (now += 30) });
    expect(breakdown).toMatchObject({ DataLoader: 20_000, "CPU Exec": 30_000, Memcpy: 0, Other: 0 });
    expect(stepUs).toBe(50_000);
  });

  it("Other: a main thread that does something else while the step runs", async () => {
    let now = 0;
    // when the run has been started
    const distract = (): [Tensor] => (process.nextTick(() => void (now += 3600_000)), [small]);
    const { breakdown, stepUs } = await withClock(() => now, plain, distract);
    expect(breakdown).toMatchObject({ DataLoader: 0, "CPU Exec": 0 });
    expect(stepUs).toBe(3600e6);
    expect(breakdown.Other).toBeGreaterThan(3000e6); // TensorFlow's own clock has the rest: the run of two ops
  });
});

describe.runIf(present)("profile() refuses", () => {
  it("what compile did not make, XLA, and bad options", async () => {
    const step = compile((x: Tensor) => x.sum());
    const x = tf.ones([2]);
    await expect(profile((async () => x) as never, () => [])).rejects.toThrow(
      "profile: step must be a function made by compile, got function",
    );
    await expect(
      profile(
        compile((y: Tensor) => y.sum(), { xla: true }),
        () => [x],
      ),
    ).rejects.toThrow("profile: step must be compiled without xla");
    await expect(profile(step, undefined as never)).rejects.toThrow(
      "profile: nextArguments must be a function, got nextArguments=undefined",
    );
    await expect(profile(step, () => [x], { warmupSteps: 0 })).rejects.toThrow(
      "profile: warmupSteps must be a whole number above 0, got warmupSteps=0",
    );
    x.dispose();
  });
});
