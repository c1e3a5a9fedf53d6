/** What the library's values show as a cell's last line: a few lines that a person wants. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { analysis, datasets, models, plots, study, tf, train } from "../../lib/index.js";

type Shown = Readonly<Record<"text/plain" | "text/html", string>>;

function shown(value: object): Shown {
  return (value as Record<symbol, () => Shown>)[Symbol.for("Jupyter.display")]!();
}

const few = datasets.generated({ trainImages: 12, testImages: 4, classes: 3, imageShape: [16, 16, 3], seed: 1 });
const tiny = (): tf.LayersModel => {
  const model = tf.sequential({ name: "tiny" });
  model.add(tf.layers.flatten({ inputShape: [16, 16, 3] }));
  model.add(tf.layers.dense({ units: 3, name: "head" }));
  return model;
};

describe("a set of images shows", () => {
  it("how many there are, of which size, how many of each class, and whence", () => {
    const counts = few.classNames.map(
      (name, label) => `${name} ${few.train.labels.filter((one) => one === label).length}`,
    );
    expect(shown(few.train)["text/plain"]).toBe(
      `generated, train: 12 images of 16 × 16 × 3\n  3 classes: ${counts.join(", ")}\n  ${few.train.provenance.label}`,
    );
  });

  it("the same of a part of it, and a dataset what both its splits hold", () => {
    expect(shown(datasets.subset(few.train, { count: 5 }))["text/plain"]).toMatch(/^generated, train: 5 images/);
    expect(shown(datasets.split(few.train, { count: 2 })[1])["text/plain"]).toMatch(/^generated, train: 10 images/);
    expect(shown(few)["text/plain"]).toMatch(/^generated, train: 12 images[^]*\ngenerated, test: 4 images/);
  });

  it("and is plain data as before: neither JSON nor a comparison sees how it is shown", () => {
    const { name, split, images, labels, imageShape, classNames, provenance } = few.train;
    expect(few.train).toStrictEqual({ name, split, images, labels, imageShape, classNames, provenance });
    expect(Reflect.ownKeys({ ...few.train }).filter((key) => typeof key === "symbol")).toEqual([]);
  });
});

describe("a history shows", () => {
  const run = (options: train.FitOptions): Promise<train.History> =>
    train.fit(tiny(), few.train, { epochs: 2, batchSize: 6, progress: false, ...options });

  it("how the run ended, its epochs and its last loss", async () => {
    const history = await run({ validation: few.test });
    const { "text/plain": text, "text/html": html } = shown(history);
    const [first, second] = history.epochs;
    const lines = text.split("\n");
    expect(lines[0]).toMatch(/^2 of 2 epochs, 4 steps, \d+ s: all epochs are done$/);
    expect(lines[1]!.split(/ {2,}/)).toEqual([
      "epoch",
      "loss",
      "accuracy",
      "validation loss",
      "validation accuracy",
      "seconds",
    ]);
    for (const [line, record] of [
      [lines[3], first],
      [lines[4], second],
    ] as const) {
      expect(line).toContain(record!.loss.toFixed(4));
      expect(line).toContain(record!.validation!.loss.toFixed(4));
    }
    expect(text).toContain(`last loss ${history.losses.at(-1)!.loss.toFixed(4)}, at batch 2 of epoch 2`);
    expect(html).toContain("<table>");
    expect(lines.length).toBeLessThan(8);
  });

  it("the learning rate of its epochs, where that varies", async () => {
    const history = await run({ learningRate: 0.002, schedule: { name: "step", by: "epoch", stepSize: 1 } });
    const [, head, , first, second] = shown(history)
      ["text/plain"].split("\n")
      .map((line) => line.split(/ {2,}/));
    expect(head!.slice(-2)).toEqual(["learning rate", "seconds"]);
    expect([first, second].map((row) => row!.at(-2))).toEqual(["0.002", "0.0002"]);
  });

  it("that it was stopped, and the last epochs alone of many", async () => {
    const early = await run({ epochs: 30, patience: 1, monitor: "running", learningRate: 0 });
    expect(shown(early)["text/plain"]).toMatch(/^2 of 30 epochs, .*: ended, as patience is over\n/);
    const long = await run({ epochs: 14 });
    expect(shown(long)["text/plain"]).toContain("2 earlier epochs are not shown: history.epochs");
    expect(shown(long)["text/plain"].split("\n").length).toBeLessThan(18);
  });
});

it("an evaluation shows its figures and what is right of each class", async () => {
  const evaluation = await train.evaluate(tiny(), few.test, { batchSize: 4, mean: 0.5, std: 0.5 });
  const [first, second, ...rest] = shown(evaluation)["text/plain"].split("\n");
  expect(first).toContain(`loss ${evaluation.loss.toFixed(4)}`);
  expect(first).toMatch(/^accuracy [\d.]+ %, top 5 100\.0 %, .* over 4 images$/);
  const share = evaluation.perClass[0]!;
  const right = Number.isNaN(share) ? "no image" : `${(100 * share).toFixed(1)} %`;
  expect(second).toContain(`${few.test.classNames[0]} ${right}`);
  expect(rest).toEqual([]);
});

it("a count of multiply-adds shows the layers that have some", () => {
  const lines = shown(analysis.countMacs(tiny()))["text/plain"].split("\n");
  expect(lines[0]).toBe("2,304 multiply-adds for one image, all of convolutions and linear layers"); // 768 · 3
  expect(lines.slice(3).map((line) => line.split(/ +/))).toEqual([["head", "Dense", "2,304", "0"]]);
});

describe("a model shows", () => {
  it("the table of its layers, as its summary does", () => {
    const model = tiny();
    const text = shown(model)["text/plain"];
    expect(text).toContain("tiny, a sequential model: 2,307 parameters");
    expect(text).toMatch(/\nhead +Dense +3 +2,307/);
    expect(shown(analysis.summary(model))["text/plain"]).toMatch(/^a model: 2,307 parameters[^]*\nhead +Dense/);
    expect(shown(model)["text/html"]).toContain("<td");
  });

  it("of many layers the first and the last ones", () => {
    const text = shown(models.createModel("cct_6_3x1_32"))["text/plain"];
    expect(text.split("\n").length).toBeLessThan(66);
    expect(text).toMatch(/… \d+ more/);
  });

  it("of a size that is not known lists its layers, and prints no internals", () => {
    const model = tf.sequential({ name: "open" });
    model.add(tf.layers.globalAveragePooling2d({ inputShape: [null, null, 3], name: "mean" }));
    expect(shown(model)["text/plain"]).toMatch(/^open, a sequential model\n {2}mean: Global\w+\n\(summary: .*\)$/);
    expect(shown(tf.sequential({ name: "bare" }))["text/plain"]).toBe("bare, a sequential model without a layer");
  });
});

describe("console.log writes what a notebook shows as text", () => {
  const claim: study.Claim = {
    statement: "the network learns",
    kind: "mechanics",
    sizes: ["smoke"],
    conditions: [{ measure: "accuracy", is: ">=", value: 0.5 }],
    basis: "chance is 0.1",
  };
  const verdicts = study.judgeClaims([claim], "smoke", { measures: { accuracy: 0.25 }, data: "generated" });

  it.each<[string, object]>([
    ["a set", few.train],
    ["a dataset", few],
    ["a summary", analysis.summary(tiny())],
    ["multiply-adds", analysis.countMacs(tiny())],
    ["a table", study.table(["network", "accuracy"], [["cnn2", 0.5]])],
    [
      "a figure",
      plots.lines({ title: "loss", series: [{ name: "run", x: [1, 2], y: [2, 1] }], xLabel: "epoch", yLabel: "loss" }),
    ],
    ["a model", tiny()],
    ["verdicts", verdicts],
  ])("of %s", (_, value) => {
    const text = shown(value)["text/plain"];
    expect(inspect(value)).toBe(text);
    expect(inspect({ value })).toContain(text.split("\n")[0]);
    expect(inspect(value, { customInspect: false })).not.toContain(text);
  });

  it("of a history and an evaluation, which stay plain data for JSON and copies", async () => {
    const history = await train.fit(tiny(), few.train, { epochs: 1, batchSize: 6, progress: false });
    const evaluation = await train.evaluate(tiny(), few.test, { mean: 0.5, std: 0.5 });
    for (const value of [history, evaluation]) {
      expect(inspect(value)).toBe(shown(value)["text/plain"]);
      const copy = { ...value };
      expect(Object.getOwnPropertySymbols(copy)).toEqual([]);
      expect(inspect(copy)).toBe(inspect(value, { customInspect: false }));
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      expect(Object.keys(JSON.parse(JSON.stringify(value)) as object)).toEqual(Object.keys(value));
    }
    expect(inspect(history, { customInspect: false })).toContain("batchSize: 6");
    expect(inspect([[[[few.train]]]], { depth: 2 })).toBe("[ [ [ [Array] ] ] ]");
    expect(inspect([few.train], { depth: 0 })).toBe("[ [Object] ]");
  });

  it("and of a value whose fields were taken away, what is left", () => {
    const summary: object = analysis.summary(tiny());
    for (const key of Object.keys(summary)) Reflect.deleteProperty(summary, key);
    expect(inspect(summary)).toBe("{}");
  });

  it("and an error that such a value came stays one line", async () => {
    const history = await train.fit(tiny(), few.train, { epochs: 1, batchSize: 6, progress: false });
    expect(() => datasets.subset(few.train, { count: [history] as never })).toThrow(
      /got count=\[ 1 of 1 epoch, [^\n]*$/,
    );
  });
});
