/**
 * A study whose run at size full is tiny and keeps checkpoints. While a file called "hold" is there it stands still in
 * its third epoch, and says so by a file called "stands".
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PARAMETERS = `
type Size = "smoke" | "quick" | "full";
let size: Size = "quick" as Size;
let seed = 0;
let arms = "all";`;

const DATA = `
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { datasets, study, tf } from "saccade";

const labels = Array.from({ length: 60 }, (_, i) => i % 2);
const images = Uint8Array.from({ length: 60 * 16 }, (_, i) => (i * 7919) % 100 + 100 * (Math.floor(i / 16) % 2));
const set = datasets.fromArrays({ images: images, labels: labels, imageShape: [4, 4, 1], mean: 0.5, std: 0.5 });
if (arms === "broken") throw new Error("this arm is broken");`;

const TRAINING = `
async function standStill(at: { epoch: number, batch: number }) {
  if (at.epoch !== 3 || at.batch !== 2 || !existsSync("hold")) return;
  writeFileSync("stands", "");
  const signal = (globalThis as any)[Symbol.for("Jupyter.signal")] as AbortSignal;
  while (existsSync("hold") && !signal.aborted) await sleep(20);
}
const kernelInitializer = tf.initializers.glorotUniform({ seed: seed + 1 });
const makeModel = () => tf.sequential({ layers: [
  tf.layers.flatten({ inputShape: [4, 4, 1] }),
  tf.layers.dense({ units: 2, kernelInitializer: kernelInitializer }),
] });
const own = study.begin("tiny", { size: size, seed: seed, arms: arms });
const run = await own.run("all", makeModel, {
  train: set, test: set, epochs: 4, batchSize: 10, learningRate: 0.01, callbacks: { step: standStill },
});`;

const RESULT = `
own.measure("all.weight", (await run.model.weights[0].read().data())[5]);
own.conclude();
writeFileSync("kept", existsSync("results/tiny/long/size-full.seed-0/all/last.safetensors") ? "kept" : "removed");`;

const CLAIMS = [
  {
    statement: "It trains for its four epochs of six steps",
    kind: "mechanics",
    sizes: ["full"],
    conditions: [{ measure: "all.steps", is: "=", value: 24 }],
    basis: "what its cells set",
  },
];

/** Writes it and its plan. @param notebooks the folder that it lies in */
export function writeTinyStudy(notebooks: string, plan: unknown): void {
  const cells = [PARAMETERS, DATA, TRAINING, RESULT].map((source, i) => ({
    cell_type: "code",
    id: `cell-${i}`,
    execution_count: null,
    metadata: { tags: i === 0 ? ["parameters"] : [] },
    outputs: [],
    source: source.trim(),
  }));
  const metadata = { kernelspec: { name: "saccade", display_name: "TypeScript", language: "typescript" } };
  mkdirSync(join(notebooks, "results/tiny"), { recursive: true });
  writeFileSync(join(notebooks, "tiny.ipynb"), JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  writeFileSync(join(notebooks, "results/tiny/long.json"), JSON.stringify(plan));
  writeFileSync(join(notebooks, "results/tiny/claims.json"), JSON.stringify(CLAIMS));
}
