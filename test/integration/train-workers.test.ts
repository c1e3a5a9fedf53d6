/** `npm run train-workers`: a run of which a worker is killed goes on in fewer processes as if nothing had been. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runWorkers } from "../../lib/cli/train-workers/run-workers.js";
import { projectAt, ROOT, temporaryFolder, write } from "../cli/project.js";

/** Its arguments: a folder, micro batches, and the step after which the last of three workers is killed. */
const SCRIPT = `
import { writeFileSync } from "node:fs";
import { datasets, tf, train } from ${JSON.stringify(join(ROOT, "dist/lib/index.js"))};

const [folder, microBatchSize, killedAfter] = process.argv.slice(2);
const { train: set } = datasets.generated({ trainImages: 200, testImages: 1, imageShape: [16, 16, 3], classes: 4 });
const kernelInitializer = tf.initializers.glorotUniform({ seed: 7 });
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ inputShape: [16, 16, 3], filters: 4, kernelSize: 3, strides: 2, kernelInitializer }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 4, kernelInitializer }),
  ],
});
const { size, rank } = await train.cluster();
let steps = 0;
const step = () => {
  if (++steps === Number(killedAfter) && size === 3 && rank === 2) process.kill(process.pid, "SIGKILL");
};
const { losses } = await train.fit(model, set, {
  epochs: 3,
  batchSize: 30,
  optimizer: "adamw",
  schedule: "cosine",
  augment: { horizontalFlip: true, cropPadding: 2 },
  mixup: 0.4,
  validation: set,
  lossEvery: 1,
  seed: 5,
  microBatchSize: microBatchSize === "all" ? null : Number(microBatchSize),
  checkpoint: { folder, everySteps: 2 },
  resume: true,
  callbacks: { step },
});
const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
const result = [losses.map(({ loss }) => loss), weights, steps];
if (rank === 0) writeFileSync(folder + "/result.json", JSON.stringify(result));
`;

type Result = readonly [losses: number[], weights: number[], steps: number];

it("a run of which a worker is killed goes on in fewer, from its last checkpoint, with the same images", async () => {
  const root = temporaryFolder();
  write(root, { "script.mjs": SCRIPT });
  const trained = async (name: string, workers: number, args: readonly string[], restarts = 0) => {
    const said = { out: "", err: "" };
    const folder = join(root, name);
    const asked = { workers, restarts, workersAfter: 2, script: join(root, "script.mjs"), args: [folder, ...args] };
    const code = await runWorkers(asked, projectAt(root), new AbortController().signal, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
    });
    expect([code, said.err.includes("SIGKILL")], said.out).toEqual([0, restarts > 0]);
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as Result;
    return { result, ...said };
  };
  const apart = ([losses, weights]: Result, [otherLosses, otherWeights]: Result): number => {
    expect([losses.length, weights.length]).toEqual([otherLosses.length, otherWeights.length]);
    const others = [...otherLosses, ...otherWeights];
    return Math.max(...[...losses, ...weights].map((value, i) => Math.abs(value - others[i]!)));
  };
  const { result: alone } = await trained("alone", 1, ["all", "0"]);
  const { result: reordered } = await trained("reordered", 1, ["7", "0"]);
  const { result, out, err } = await trained("killed", 3, ["all", "11"], 1);

  expect(alone[0]).toHaveLength(21);
  const saved = 10; // two a step, and the first epoch's end
  expect(result[2]).toBe(21 - saved);
  expect(apart(result, alone)).toBeLessThanOrEqual(8 * apart(reordered, alone));
  expect(err).toBe(
    "train-workers: worker 2 ended with SIGKILL; the others are ended too\n" +
      "train-workers: begins anew with 2 workers\n",
  );
  const lines = out.split("\n").filter((line) => line.includes("epoch "));
  expect(lines.every((line) => line.startsWith("epoch "))).toBe(true); // the first worker's alone
  expect(lines.at(-1)).toMatch(/^epoch 3\/3 · validation: loss /);
});
