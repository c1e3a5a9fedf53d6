import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CATEGORIES, layerCosts, profile, toTraceEvents, writeXPlane, type Category, type ProfileOptions, type StepProfile } from "../../lib/analysis/index.js";
import { integer, messages, readMessage, string } from "../../lib/analysis/profile-protobuf.js";
import { compile, ready, tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";
import { adam, softmaxCrossEntropy } from "../../lib/train/index.js";

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
      tf.layers.conv2d({ name: "stem", filters: 8, kernelSize: 3, padding: "same", activation: "relu", inputShape: [16, 16, 3] }),
      tf.layers.flatten(),
      tf.layers.dense({ name: "head", units: 10 }),
    ],
  });
  const variables = model.trainableWeights.map((weight) => weight.read() as import("@tensorflow/tfjs").Variable);
  const optimizer = adam(variables);
  const step = compile(
    (images: Tensor, labels: Tensor) => {
      const { value, grads } = tf.variableGrads(() => softmaxCrossEntropy(model.apply(images, { training: true }) as Tensor, labels), variables);
      optimizer.apply(variables.map((variable) => grads[variable.name]!));
      return value;
    },
    { seed: 1 },
  );
  const images = tf.randomNormal([32, 16, 16, 3], 0, 1, "float32", 1);
  const labels = tf.tensor1d(Array.from({ length: 32 }, (_, i) => i % 10), "int32");
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
    await profile(step, () => [images, labels], { warmupSteps: 1 }); // gives TensorFlow the tensors that only JavaScript had
    const before = currentBinding()!.getNumOfTensors();
    let profiled = 0;
    measured = await profile(step, () => [images, labels], { warmupSteps: 1, after: (value) => void (profiled = Number(value![0])) });
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
    const conv = measured.ops.find(({ op, layer, pass }) => /Conv2D$/.test(op) && layer === "stem" && pass === "forward")!;
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
    for (const category of CATEGORIES) expect(measured.breakdown[category], category).toBeGreaterThanOrEqual(-0.01 * measured.stepUs);
    expect(Math.abs(sum(measured) / measured.stepUs - 1)).toBeLessThan(0.01);
    expect(measured.breakdown.Kernel).toBeGreaterThan(0);
  });

  it("accounts for a step within 1 % of what a clock outside of it measures", async () => {
    const { step, images, labels, dispose } = trainingStep();
    const shares: number[] = [];
    for (let i = 0; i < 3; i++) {
      let [askedMs, endedMs] = [0, 0];
      const next = (): [Tensor, Tensor] => {
        askedMs = performance.now(); // of the last run, the one that is profiled
        for (const end = askedMs + 5; performance.now() < end; ); // so that 1 % is more than the clock's grain
        return [images, labels];
      };
      const timed = await profile(step, next, { warmupSteps: 1, after: () => void (endedMs = performance.now()) });
      const { Other, ...causes } = timed.breakdown;
      expect(Other).toBeGreaterThanOrEqual(-0.01 * timed.stepUs); // no cause is counted twice
      shares.push((Object.values(causes).reduce((total, us) => total + us, 0) + Other) / (1000 * (endedMs - askedMs)));
    }
    dispose();
    expect(Math.min(...shares.map((share) => Math.abs(share - 1)))).toBeLessThan(0.01); // the best of three, as the machine may be busy
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
    const named = traceEvents.filter(({ ph, name }) => ph === "M" && name === "thread_name").map(({ pid, tid }) => `${pid} ${tid}`);
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
    expect(() => writeXPlane(measured, folder, "../out")).toThrow("writeXPlane: run must be a folder's name of letters, digits, _, - and dots, got ../out");
  });
});

describe.runIf(present)("what is slow is seen in its own category", () => {
  const small = tf.ones([8, 8]);

  interface Cause {
    readonly fn?: (...args: Tensor[]) => Tensor;
    readonly next?: () => Tensor[] | Promise<Tensor[]>;
    readonly options?: ProfileOptions;
  }

  /**
   * Expects that a cause makes its category grow by more than so many microseconds. Whatever else the machine does only adds, so
   * the least of several profiles counts, with the cause and without it: of five, and on a busy machine of up to fifty.
   */
  async function expectGrowth(category: Category, { fn = plain, next = () => [small], options }: Cause, by: number): Promise<void> {
    const [slow, quick] = [compile(fn), compile(plain)];
    const microseconds = async (step: typeof slow, arguments_: typeof next, given: ProfileOptions = {}) => {
      const measured = await profile(step, arguments_ as () => Tensor[], { warmupSteps: 1, ...given });
      expect(Math.abs(sum(measured) / measured.stepUs - 1)).toBeLessThan(0.01);
      return measured.breakdown[category];
    };
    let [withCause, without] = [Infinity, Infinity];
    for (let i = 0; i < 50 && (i < 5 || withCause - without <= by); i++) {
      without = Math.min(without, await microseconds(quick, () => [small]));
      withCause = Math.min(withCause, await microseconds(slow, next, options));
    }
    for (const step of [slow, quick]) step.dispose();
    expect(withCause - without).toBeGreaterThan(by);
  }
  const plain = (x: Tensor) => x.sum();
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end; );
  };

  it("Kernel: a matrix product", async () => {
    const large = tf.ones([600, 600]);
    const product = (x: Tensor) => tf.matMul(tf.matMul(x as import("@tensorflow/tfjs").Tensor2D, x as import("@tensorflow/tfjs").Tensor2D), x as import("@tensorflow/tfjs").Tensor2D).sum();
    await expectGrowth("Kernel", { fn: product, next: () => [large] }, 1000);
    large.dispose();
  });

  it("Memcpy: a batch of 40 MB that JavaScript holds", async () => {
    const values = new Float32Array(1e7);
    const made: Tensor[] = [];
    const fresh = () => {
      made.push(tf.tensor(values, [10, 1e6]));
      return [made.at(-1)!];
    };
    await expectGrowth("Memcpy", { fn: (x) => x.slice([0, 0], [1, 1]).sum(), next: fresh }, 1000);
    tf.dispose(made);
  });

  it("Memset: 50 MB of zeros", async () => {
    const fill = (x: Tensor) => tf.zerosLike(x.tile([200_000, 1])).sum(); // TensorFlow makes a constant of a plain tf.fill
    await expectGrowth("Memset", { fn: fill }, 300);
  });

  it("Runtime: a long chain of tiny ops", async () => {
    const chain = (x: Tensor) => {
      let y = x;
      for (let i = 0; i < 1500; i++) y = i % 2 ? y.sin() : y.cumsum(0);
      return y.sum();
    };
    await expectGrowth("Runtime", { fn: chain }, 300);
  });

  it("DataLoader: a batch that is late", async () => {
    const late = () => new Promise<Tensor[]>((resolve) => setTimeout(() => resolve([small]), 20));
    await expectGrowth("DataLoader", { next: late }, 15_000);
  });

  it("CPU Exec: JavaScript after the step", async () => {
    await expectGrowth("CPU Exec", { options: { after: () => busy(20) } }, 15_000);
  });

  it("Other: a main thread that does something else while the step runs", async () => {
    const distract = () => {
      setImmediate(() => busy(40));
      return [small];
    };
    await expectGrowth("Other", { next: distract }, 20_000);
  });
});

describe.runIf(present)("profile() refuses", () => {
  it("what compile did not make, XLA, and bad options", async () => {
    const step = compile((x: Tensor) => x.sum());
    const x = tf.ones([2]);
    await expect(profile((async () => x) as never, () => [])).rejects.toThrow("profile: step must be a function made by compile, got function");
    await expect(profile(compile((y: Tensor) => y.sum(), { xla: true }), () => [x])).rejects.toThrow("profile: step must be compiled without xla");
    await expect(profile(step, undefined as never)).rejects.toThrow("profile: nextArguments must be a function, got undefined");
    await expect(profile(step, () => [x], { warmupSteps: 0 })).rejects.toThrow("profile: warmupSteps must be a whole number above 0, got 0");
    x.dispose();
  });
});
