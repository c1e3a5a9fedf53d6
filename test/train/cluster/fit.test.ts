import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, fault, together } from "./processes.js";
import { PROGRAM } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-shared-run-"));

const VARIANTS = `
  ${PROGRAM}
  const adam = { optimizer: "adam", labelSmoothing: 0.1, emaDecay: 0.9, microBatchSize: 4 };
  const augment = { horizontalFlip: true, cropPadding: 1 };
  const adamw = { optimizer: "adamw", schedule: "cosine", mixup: 0.4, augment, workers: 1 };
  const weighted = { optimizer: "sgd", learningRate: 0.05, classWeights: [5, 0, 0.1], labelSmoothing: 0.1 };
  const wide = () => // more weights than one message takes, in one tensor
    network([tf.layers.reshape({ targetShape: [1, 64] }), tf.layers.dense({ units: 34_000,
      kernelInitializer: tf.initializers.glorotUniform({ seed: 9 }) })]);
  const each = async (visit) => {
    for (const options of [sgd, adam, adamw, weighted]) await visit((more) => fitted({ ...options, ...more }));
    await visit((more) => fitted({ ...sgd, validation: null, epochs: 1, ...more }, wide()));
  };
`;
const NAMES = ["sgd", "adam", "adamw", "weighted", "wide"] as const;

interface Fitted {
  readonly losses: readonly number[];
  readonly means: readonly number[];
  readonly weights: readonly number[];
}

/** The greatest difference of losses and weights. */
function apart(a: Fitted, b: Fitted): number {
  const [x, y] = [a, b].map(({ losses, means, weights }) => [...losses, ...means, ...weights]);
  expect(x!.length).toBe(y!.length);
  return Math.max(...x!.map((value, i) => Math.abs(value - y![i]!)));
}

let alone: Record<(typeof NAMES)[number], readonly Fitted[]>;
beforeAll(async () => {
  const [ended] = await together(
    1,
    `${VARIANTS}
    await each(async (fit) => say([await fit({}), await fit({ microBatchSize: 3 })]));`,
  );
  expect(fault(ended!)).toBeNull();
  alone = Object.fromEntries(NAMES.map((name, i) => [name, ended!.said[i]])) as typeof alone;
});

/** Holds that all processes have the same to the last bit, and what one process has up to another order of sums. */
function expectLikeOne(ended: readonly Ended[]): void {
  expect(ended.map(fault)).toEqual(ended.map(() => null));
  for (const [i, name] of NAMES.entries()) {
    const [first, ...others] = ended.map(({ said }) => said[i] as Fitted);
    for (const other of others) expect(other).toEqual(first);
    const [one, ...reordered] = alone[name];
    const bound = 8 * Math.max(...reordered.map((other) => apart(one!, other)));
    expect(apart(first!, one!), name).toBeLessThanOrEqual(bound);
  }
}

describe("train.fit() of two processes", () => {
  it("trains as one does, ends and goes on as one, and is bit-equal after 200 steps", async () => {
    const ended = await together(
      2,
      `${VARIANTS}
      await each(async (fit) => say(await fit({})));
      say((await fitted({ ...sgd, epochs: 67, validation: null })).weights);

      const controller = new AbortController();
      const model = network();
      const run = { ...common, ...sgd, checkpoint: { folder: ${JSON.stringify(folder)} }, resume: true };
      const callbacks = { step: ({ epoch, batch }) => rank === 1 && epoch === 2 && batch === 1 && controller.abort() };
      const { endedBy, steps } = await train.fit(model, set, { ...run, callbacks, signal: controller.signal });
      say([endedBy, steps]);
      const again = network();
      await train.fit(again, set, run);
      say(weightsOf(again));

      const caught = (promise) => promise.then(() => "no error", (error) => error.message);
      const other = { ...set, labels: Int32Array.from(labels, (label) => (label + rank) % 3) };
      say(await caught(train.fit(network(), other, common)));
      say(await caught(train.fit(network(), set, { ...common, batchSize: 10 + rank })));
      say(await caught(train.fit(network(rank === 0 ? [] : [tf.layers.dense({ units: 2 })]), set, common)));`,
    );
    expectLikeOne(ended);
    const [first, second] = ended.map(({ said }) => said.slice(NAMES.length));
    expect(second).toEqual(first);
    const [long, ending, resumed, ...errors] = first!;
    expect(long.every(Number.isFinite)).toBe(true);
    expect(ending).toEqual(["signal", 5]); // told in the step after the fourth
    expect(resumed).toEqual((ended[0]!.said[0] as Fitted).weights);
    expect(readdirSync(folder).sort()).toEqual(["best.safetensors", "last.safetensors"]);
    const rules = ["the data", "the options", "the model"].map(
      (what) => `fit: ${what} must be the same in all processes`,
    );
    errors.forEach((error, i) => expect(error).toContain(rules[i]));
  });
});

describe("train.fit() of three processes", () => {
  it("trains as one does, though the last batch has fewer images than there are processes", async () => {
    expectLikeOne(await together(3, `${VARIANTS} await each(async (fit) => say(await fit({})));`));
  });
});
