import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ready } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { jsonLines, liveCurves, startRun, type LiveCurvesOptions, type RunStart } from "../../lib/tracking/index.js";
import { KeptPoints } from "../../lib/tracking/live/kept-points.js";
import { screenOf } from "../../lib/tracking/live/text-screen.js";
import { fit } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

interface Sent {
  readonly type: string;
  readonly id: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- MIME bundles
  readonly data: Readonly<Record<string, any>>;
}

const host = globalThis as Record<symbol, unknown>;
const [BROADCAST, SIGNAL] = [Symbol.for("Jupyter.broadcast"), Symbol.for("Jupyter.signal")];
const PLOTLY = "application/vnd.plotly.v1+json";
const START = { id: "cct-1", name: "cct", step: 0, record: null, config: { epochs: 3 } } as unknown as RunStart;
let sent: Sent[];

beforeEach(() => {
  sent = [];
  host[BROADCAST] = (type: string, content: { data: object; transient: { display_id: string } }) =>
    void sent.push({ type, id: content.transient.display_id, data: content.data });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  delete host[BROADCAST];
  delete host[SIGNAL];
});

const time = "2026-01-02T03:04:05.000Z";
const begin = (options: LiveCurvesOptions = {}) => liveCurves(options).start(START);
const over = (status: "finished" | "stopped" | "failed" | "diverged", result = {}) => ({
  time,
  status,
  seconds: 12,
  result,
});
const tracesOf = ({ data }: Sent): { name: string; x: number[]; y: number[] }[] => data[PLOTLY].data;

describe("a curve that is kept", () => {
  it("is whole while it is short", () => {
    const curve = new KeptPoints();
    for (let step = 1; step <= 400; step++) curve.add(step, -step);
    expect(curve.points().x).toEqual(Array.from({ length: 400 }, (_, i) => i + 1));
  });

  it("of 300,000 steps is at most 1,000 points, its ends, a peak of one step and a NaN among them", () => {
    const curve = new KeptPoints();
    for (let step = 1; step <= 300_000; step++) {
      const value = 2 + Math.sin(step);
      curve.add(step, step === 123_457 ? 99 : step === 250_001 ? NaN : value);
    }
    const { x, y } = curve.points();
    expect(x.length).toBeLessThanOrEqual(1003);
    expect(x.length).toBeGreaterThan(400);
    expect([x[0], x.at(-1)]).toEqual([1, 300_000]);
    expect(x[y.indexOf(99)]).toBe(123_457);
    expect(x[y.findIndex(Number.isNaN)]).toBe(250_001);
    curve.cut(123_456);
    expect(Math.max(...curve.points().y)).toBeLessThanOrEqual(3);
    expect(curve.points().x.at(-1)).toBeLessThanOrEqual(123_456);
  });
});

describe("curves of a run under way", () => {
  it("are one output, updated four times a second at most, and at the end a figure", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const live = await begin({ title: "CCT", totalSteps: 1000 });
    for (let step = 1; step <= 1000; step++) {
      live.scalars({ step, epoch: 1, time, values: { "train/loss": 1 / step, learning_rate: 0.1 } });
      vi.advanceTimersByTime(5);
    }
    live.scalars({ step: 1000, epoch: 1, time, values: { "validation/loss": 0.5 } });
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.length).toBeLessThanOrEqual(21); // in 5 seconds
    expect(sent[3]!.data["text/plain"]).toMatch(/running: step \d+ of 1,000, epoch 1 of 3, after/);
    live.end(over("finished"));
    expect(sent.map(({ type }) => type)).toEqual(["display_data", ...sent.slice(1).map(() => "update_display_data")]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    const last = sent.at(-1)!;
    expect(Object.keys(last.data)).toEqual([PLOTLY, "image/svg+xml", "application/pdf", "text/plain"]);
    expect(tracesOf(last).map(({ name }) => name)).toEqual(["train/loss", "validation/loss"]);
    expect(last.data["text/plain"]).toContain("finished at step 1,000 of 1,000, epoch 1 of 3, after 12 s");
    expect(last.data["text/plain"]).toContain("run cct-1");
    const count = sent.length;
    vi.advanceTimersByTime(10_000);
    expect(sent.length).toBe(count); // no timer is left
  });

  it("say where a run was stopped or failed, with a mark at its last place", async () => {
    for (const status of ["stopped", "failed"] as const) {
      const live = await begin();
      live.scalars({ step: 7, time, values: { loss: 0.5 } });
      live.end(over(status, { error: "TypeError: x" }));
      const mark = tracesOf(sent.at(-1)!).find(({ name }) => name === `${status} at step 7`)!;
      expect([mark.x, mark.y]).toEqual([[7], [0.5]]);
      expect(sent.at(-1)!.data["text/plain"]).toContain(`${status} at step 7, after 12 s: TypeError: x`);
    }
  });

  it("show a run that diverged as one", async () => {
    const live = await begin();
    live.scalars({ step: 1, time, values: { "train/loss": 0.5 } });
    live.scalars({ step: 2, time, values: { "train/loss": NaN } });
    live.end(over("diverged", { not_finite: "the loss", not_finite_step: 2 }));
    expect(sent.at(-1)!.data["text/plain"]).toContain("diverged at step 2, after 12 s: the loss");
    expect(sent.at(-1)!.data["text/plain"]).toContain("train/loss diverged at step 2 (NaN), marked ×");
  });

  it("are stopped by an interrupt of a loop that never ends its run", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const cell = new AbortController();
    host[SIGNAL] = cell.signal;
    const live = await begin();
    live.scalars({ step: 3, time, values: { loss: 0.5 } });
    cell.abort();
    expect(sent.at(-1)!.data["text/plain"]).toContain("stopped at step 3");
    // Without plotly's: JupyterLab would not draw the run's own end over it.
    expect(Object.keys(sent.at(-1)!.data)).toEqual(["image/svg+xml", "application/pdf", "text/plain"]);
    const count = sent.length;
    live.scalars({ step: 4, time, values: { loss: 0.4 } }); // a loop that ends its step
    expect(sent.length).toBe(count);
    live.end(over("stopped"));
    expect(sent.at(-1)!.data["text/plain"]).toContain("stopped at step 4, after 12 s");
    expect(sent.at(-1)!.data).toHaveProperty(PLOTLY);
  });

  it("are of the names that are asked for, losses where none are, and nothing without one", async () => {
    const values = { "train/loss": 1, "train/accuracy": 0.5, rate: 0.1 };
    const drawn = async (options: LiveCurvesOptions) => {
      sent = [];
      const live = await begin(options);
      live.scalars({ step: 1, time, values });
      live.end(over("finished"));
      return sent.length === 0 ? [] : tracesOf(sent.at(-1)!).map(({ name }) => name);
    };
    expect(await drawn({})).toEqual(["train/loss"]);
    expect(await drawn({ values: ["rate", "train/*"] })).toEqual(["rate", "train/loss", "train/accuracy"]);
    expect(await drawn({ values: ["none"] })).toEqual([]);
  });

  it("have a figure for each of several runs, one that goes on with what it did before its checkpoint", async () => {
    const folder = mkdtempSync(join(tmpdir(), "saccade-live-"));
    const log = [jsonLines(folder), liveCurves()];
    const one = await startRun({ name: "one", log });
    for (let step = 1; step <= 4; step++) one.log({ loss: step }, { step });
    await one.end({ status: "stopped" });
    const again = await startRun({ name: "one", id: one.id, step: 2, log });
    again.log({ loss: -3 }, { step: 3 });
    await again.end();
    rmSync(folder, { recursive: true });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(2);
    expect(tracesOf(sent.at(-1)!)[0]).toMatchObject({ x: [1, 2, 3], y: [1, 2, -3] });
  });

  it("take the place of fit's own progress", async () => {
    await ready();
    const folder = mkdtempSync(join(tmpdir(), "saccade-live-"));
    const set = brightnessSet({ count: 20, classes: 2 });
    const model = createModel("small_vit", {
      inputShape: [8, 8, 3],
      numClasses: 2,
      embedDim: 8,
      depth: 1,
      numHeads: 2,
      hiddenDim: 16,
    });
    await fit(model, set, { epochs: 2, batchSize: 10, validation: set, log: [jsonLines(folder), liveCurves()] });
    model.dispose();
    rmSync(folder, { recursive: true });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    const [train, validation] = tracesOf(sent.at(-1)!);
    expect([train!.name, train!.x]).toEqual(["train/loss", [1, 2, 3, 4]]);
    expect([validation!.name, validation!.x]).toEqual(["validation/loss", [2, 4]]);
  });
});

describe("curves without a notebook", () => {
  it("are written once, at the end, where the output is no terminal", async () => {
    delete host[BROADCAST];
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
    const live = await begin();
    for (let step = 1; step <= 100; step++) live.scalars({ step, time, values: { loss: step } });
    live.end(over("finished"));
    vi.restoreAllMocks();
    expect(written).toHaveLength(1);
    expect(written[0]).toContain("finished at step 100, after 12 s");
  });

  it("on a terminal are written over in place, no line longer or more than it has, several one below the other", () => {
    let shown = "";
    const write = (text: string) => ((shown += text), true);
    const screen = screenOf({ isTTY: true, columns: 6, rows: 4, write } as never);
    const [one, two] = [{}, {}];
    screen.update(one, "a 1234567\nb");
    expect(shown).toBe("a 123\nb\n");
    shown = "";
    screen.update(two, "c\nd");
    expect(shown).toBe("\x1b[2A\x1b[0Jb\nc\nd\n");
    shown = "";
    screen.keep(one, "end");
    expect(shown).toBe("\x1b[3A\x1b[0Jend\nc\nd\n");
  });
});
