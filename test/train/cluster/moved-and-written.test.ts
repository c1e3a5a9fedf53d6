/** What two workers move beside the trained weights, and what they write. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, fault, together } from "./processes.js";
import { PROGRAM } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "saccade-written-"));
let ended: readonly Ended[];

beforeAll(async () => {
  ended = await together(
    2,
    `${PROGRAM}
    const moved = async (options) => {
      const seen = [];
      const model = network([tf.layers.batchNormalization({ momentum: 0.5 })]);
      const statistics = () => model.getWeights().slice(-2).flatMap((weight) => [...weight.dataSync()]);
      const callbacks = { step: () => seen.push(statistics()) };
      await train.fit(model, set, { ...common, ...sgd, microBatchSize: 3, ...options, callbacks });
      return [...seen, statistics()];
    };
    say(await moved({ movingStatistics: "step" }));
    say(await moved({ epochs: 1, batchSize: 22, movingStatistics: "step" }));
    say(await moved({ epochs: 1, batchSize: 22 }));

    const { existsSync, readdirSync } = await import("node:fs");
    const own = ${JSON.stringify(folder)} + "/" + rank;
    const byHand = await tracking.startRun({ log: [tracking.jsonLines(own + "/hand.jsonl")] });
    await fitted({ ...sgd, log: byHand, checkpoint: { folder: own } });
    byHand.log({ "my/value": 1 }, { step: 10 });
    await byHand.end();
    await fitted({ ...sgd, log: [tracking.jsonLines(own + "/fit.jsonl"), tracking.tensorboard({ folder: own })] });
    say(existsSync(own) ? readdirSync(own, { recursive: true }) : []);`,
  );
  expect(ended.map(fault)).toEqual([null, null]);
});

describe("moving statistics", () => {
  it("are the same in all processes after each step, where that is asked for", () => {
    const [first, second] = ended.map(({ said }) => said[0] as number[][]);
    expect(first).toHaveLength(7); // of 2 epochs of 3 batches
    expect(second).toEqual(first);
  });

  it("are the mean of what the processes have moved them to, after a step or after an epoch", () => {
    const [[first, last], [own, mean]] = ended[0]!.said.slice(1, 3) as [number[][], number[][]];
    const [others] = ended[1]!.said[2] as number[][];
    expect(own).not.toEqual(others);
    expect(last).toEqual(first);
    const gap = (a: readonly number[], b: readonly number[]): number =>
      Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
    const half = own!.map((value, i) => (value + others![i]!) / 2);
    const rounding = 4 * 2 ** -23 * Math.max(...half.map(Math.abs)); // of a sum, a difference and a quotient
    expect(gap(mean!, half)).toBeLessThanOrEqual(rounding);
    expect(gap(first!, half)).toBeLessThanOrEqual(rounding);
  });
});

it("the first worker alone writes checkpoints, logs and records", () => {
  const [first, second] = ended.map(({ said }) => said[3] as string[]);
  expect(first!.filter((name) => /^[^/]+$/.test(name) && name.includes(".safetensors")).sort()).toEqual([
    "best.safetensors",
    "last.safetensors",
  ]);
  expect(first).toEqual(expect.arrayContaining(["fit.jsonl", "hand.jsonl"]));
  expect(first!.some((name) => name.includes("tfevents"))).toBe(true);
  expect(second).toEqual([]);
});
