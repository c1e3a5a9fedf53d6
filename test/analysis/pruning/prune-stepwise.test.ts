import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { analysis, backend, datasets, layers, models, tf, train } from "../../../lib/index.js";
import { outputsOf, shake } from "./networks.js";

beforeAll(backend.ready);
afterEach(() => tf.disposeVariables());

const network = (): tf.LayersModel =>
  shake(
    tf.sequential({
      layers: [
        new layers.Conv2d({ name: "conv", filters: 4, kernelSize: 3, inputShape: [6, 6, 1], activation: "relu" }),
        tf.layers.flatten({ name: "flat" }),
        new layers.Linear({ name: "dense", units: 3 }),
        tf.layers.reLU({ name: "relu" }),
        new layers.Linear({ name: "head", units: 2 }),
      ],
    }),
  );

/** How many units a model has in conv and dense. */
const sizesOf = (model: tf.LayersModel): string =>
  ["conv", "dense"].map((name) => model.getLayer(name).getWeights()[0]!.shape.at(-1)).join();

/** A measure by sizes, and 0.9 where none is given. */
const byTable =
  (table: Readonly<Record<string, number>>) =>
  (model: tf.LayersModel): number =>
    table[sizesOf(model)] ?? 0.9;

const quiet = { progress: null, signal: null } as const;
const rows = ({ steps }: analysis.StepwisePruning): string[] =>
  steps.map(({ layer, unit, kept, left }) => `${layer} ${unit} ${kept} ${left}`);
const order = (model: tf.LayersModel, layer: string): number[] =>
  analysis.rankUnits(model, layer).units.map(({ unit }) => unit);

describe("pruneStepwise()", () => {
  it("takes the smallest norm first, one unit at a time, until a drop is too large, and that one back", async () => {
    const model = network();
    const before = outputsOf(model);
    const result = await analysis.pruneStepwise(model, {
      measure: byTable({ "3,3": 0.89, "2,3": 0.87 }), // 1 point is kept, 2 are not
      ...quiet,
    });
    const [first, second] = order(model, "conv");
    expect(rows(result).slice(0, 2)).toEqual([`conv ${first} true 3`, `conv ${second} false 3`]);
    expect(
      rows(result)
        .slice(2)
        .map((row) => row.replace(/ \d/, "")),
    ).toEqual(["dense true 2", "dense true 1"]);
    expect(sizesOf(result.model)).toBe("3,1");
    expect(result).toMatchObject({ start: 0.9, end: 0.9, endedBy: "layers" });
    const [kept, undone] = result.steps;
    expect(kept).toMatchObject({ before: 0.9, after: 0.89, retrained: 0.89, norm: expect.any(Number) });
    expect(undone!.drop).toBeCloseTo(0.02, 10);
    const again = analysis.prune(model, result.units);
    expect(outputsOf(again)).toEqual(outputsOf(result.model)); // its units have the numbers of the first model
    expect(outputsOf(model)).toEqual(before);
  });

  it("counts a drop from the step before, or from the start", async () => {
    const measure = byTable({ "3,3": 0.893, "2,3": 0.886, "1,3": 0.879 });
    const units = async (dropFrom: "previous" | "start"): Promise<number> => {
      const result = await analysis.pruneStepwise(network(), { measure, dropFrom, layers: ["conv"], ...quiet });
      return result.units["conv"]!.length;
    };
    expect([await units("previous"), await units("start")]).toEqual([3, 1]);
  });

  it("retrains each smaller model, measures it again, and undoes what is not finite", async () => {
    const trained: string[] = [];
    const result = await analysis.pruneStepwise(network(), {
      layers: ["conv"],
      measure: (model) => (trained.length === 0 || trained.at(-1) === sizesOf(model) ? 0.9 : 0.2),
      retrain: (model) => {
        trained.push(sizesOf(model));
        if (sizesOf(model) === "2,3") model.getLayer("head").setWeights([tf.fill([3, 2], Number.NaN), tf.zeros([2])]);
      },
      ...quiet,
    });
    expect(trained).toEqual(["3,3", "2,3"]);
    expect(result.steps.map(({ after, retrained, kept }) => [after, retrained, kept])).toEqual([
      [0.9, 0.9, true],
      [0.2, Number.NaN, false],
    ]);
    expect(Number.isFinite(outputsOf(result.model)[0])).toBe(true);
  });

  it("ends on a signal with what was kept, and goes on from its steps, JSON too, to the same end", async () => {
    const model = network();
    const measure = byTable({ "1,3": 0.5 });
    const whole = await analysis.pruneStepwise(model, { measure, ...quiet });
    for (const stopAt of ["measure", "retrain", "callback"]) {
      const controller = new AbortController();
      const stopped = await analysis.pruneStepwise(model, {
        measure: (each) => {
          if (stopAt === "measure" && sizesOf(each) === "2,3") controller.abort();
          controller.signal.throwIfAborted();
          return measure(each);
        },
        retrain: (each) => (stopAt === "retrain" && sizesOf(each) === "2,3" ? { endedBy: "signal" } : undefined),
        callbacks: { step: () => void (stopAt === "callback" && controller.abort()) },
        signal: controller.signal,
        progress: null,
      });
      expect(stopped).toMatchObject({ endedBy: "signal", steps: [{ kept: true, left: 3 }] });
      const resume = JSON.parse(JSON.stringify(stopped.steps)) as analysis.PruningStep[];
      const resumed = await analysis.pruneStepwise(stopped.model, { measure, resume, ...quiet });
      expect(resumed.steps).toEqual(whole.steps);
      expect(outputsOf(resumed.model)).toEqual(outputsOf(whole.model));
    }
  });

  it("leaves the result's tensors behind and no others, after an error none", async () => {
    const model = network();
    const before = tf.memory().numTensors;
    const { model: pruned } = await analysis.pruneStepwise(model, { measure: byTable({ "2,3": 0 }), ...quiet });
    expect(tf.memory().numTensors).toBe(before + pruned.weights.length);
    pruned.dispose();
    const failing = {
      measure: (each: tf.LayersModel) => (sizesOf(each) === "2,3" ? Promise.reject(new Error("x")) : 1),
    };
    await expect(analysis.pruneStepwise(model, { ...failing, ...quiet })).rejects.toThrow("x");
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[string, object, string]>([
    ["a layer whose units are the classes", { layers: ["head"] }, "units of head must be free to go"],
    ["a measure that is not finite", { measure: () => Number.NaN }, "measure must give a finite number for the model"],
    ["a measure of another kind", { measure: () => ({}) }, "measure must give a number, the accuracy, got object"],
    ["steps of another model", { resume: [step("conv", 1)] }, "resume must be the steps that made the model, with 3"],
  ])("refuses %s", async (_, options, message) => {
    const given = { measure: () => 1, ...quiet, ...options };
    await expect(analysis.pruneStepwise(network(), given)).rejects.toThrow(`pruneStepwise: ${message}`);
  });

  it("tells of each step, and shows itself as a table", async () => {
    const told: string[] = [];
    const result = await analysis.pruneStepwise(network(), {
      measure: () => 0.5,
      retrain: () => undefined,
      layers: ["dense"],
      maxSteps: 1,
      signal: null,
      progress: {
        working: ({ layer, doing }) => void told.push(`${layer} ${doing}`),
        step: ({ unit }) => void told.push(`unit ${unit}`),
        end: () => void told.push("end"),
      },
    });
    const { unit } = result.steps[0]!;
    expect(told).toEqual(["dense measuring", "dense retraining", "dense measuring", `unit ${unit}`, "end"]);
    const bundle = (result as never as Record<symbol, () => Record<string, string>>)[Symbol.for("Jupyter.display")]!();
    expect(bundle["text/plain"]).toContain("pruned: 1 of dense; 50.00 % → 50.00 %");
    expect(bundle["text/plain"]!.split("\n")).toHaveLength(4);
  });

  it("shows a notebook one output that grows, and is a line at the end, as the result has the table", async () => {
    const published: (readonly [type: string, data: Record<string, string>])[] = [];
    const symbol = Symbol.for("Jupyter.broadcast");
    const kernel = globalThis as Record<symbol, unknown>;
    kernel[symbol] = (type: string, { data }: { data: Record<string, string> }) => void published.push([type, data]);
    try {
      await analysis.pruneStepwise(network(), { measure: () => 0.5, layers: ["dense"], signal: null });
    } finally {
      delete kernel[symbol];
    }
    expect(published.map(([type]) => type)).toEqual(["display_data", "update_display_data", "update_display_data"]);
    const texts = published.map(([, data]) => data["text/plain"]!.split("\n"));
    expect(texts.map((lines) => lines.length)).toEqual([1, 4, 1]); // with a table of one step
    expect(texts[0]![0]).toMatch(/^0 steps done · dense unit \d: measuring …$/);
    expect(texts[1]![0]).toMatch(/^1 step done · dense unit \d: measuring …$/);
    // by the bar a run without a front end knows whose first line tells where it is
    expect(published.map(([, data]) => data["text/html"]!.startsWith("<progress>"))).toEqual([true, true, false]);
    expect(texts[2]!.at(-1)).toBe("2 steps");
  });

  it("prunes a trained network with train's fit and evaluate, three lines of one's own", async () => {
    const [all, test] = [quarters(200, 1), quarters(60, 2)];
    const fit = (each: tf.LayersModel) =>
      train.fit(each, all, { epochs: 2, batchSize: 20, learningRate: 0.02, seed: 1, progress: train.silentProgress });
    const model = models.plainCnn({ inputShape: [8, 8, 1], numClasses: 4, filters: [4, 6], poolAfter: [1, 2] });
    await fit(model);
    const result = await analysis.pruneStepwise(model, {
      retrain: fit,
      measure: async (each) => (await train.evaluate(each, test)).accuracy,
      maxSteps: 3,
      maxDrop: 0.05,
      ...quiet,
    });
    expect(result.start).toBeGreaterThan(0.9);
    expect((await train.evaluate(result.model, test)).accuracy).toBe(result.end);
    expect(result.end).toBeGreaterThanOrEqual(result.start - 0.05 * result.steps.length);
    expect(result.steps.some(({ kept }) => kept)).toBe(true);
    expect(outputsOf(result.model)).not.toEqual(outputsOf(analysis.prune(model, result.units))); // it has learned on
  });
});

/** Images of noise, of which one quarter is brighter: the class. */
function quarters(count: number, seed: number): datasets.ImageSet {
  const random = datasets.createRandom(seed);
  const labels = Array.from({ length: count }, (_, i) => i % 4);
  const pixel = (label: number, i: number): number =>
    random.integer(100) + (2 * Math.floor(i / 32) + Math.floor((i % 8) / 4) === label ? 100 : 0);
  const images = Uint8Array.from(labels.flatMap((label) => Array.from({ length: 64 }, (_, i) => pixel(label, i))));
  return datasets.fromArrays({ images, labels, imageShape: [8, 8, 1] });
}

function step(layer: string, unit: number): analysis.PruningStep {
  return { layer, unit, norm: 1, before: 1, after: 1, retrained: 1, drop: 0, kept: true, left: 3 };
}
