/** One case's figures: the step, the data, and both together, in turns. */
import { tf } from "../../backend/index.js";
import { pipeline, type Batch, type FileSet, type ImageSet } from "../../datasets/index.js";
import { networkStep, type NetworkStep } from "../training/network-step.js";
import type { DataCase } from "./data-cases.js";

/** The contenders, in the report's order. */
export const CONTENDERS = ["step alone", "1 worker", "2 workers", "step fed by 2 workers"] as const;
/** One of {@link CONTENDERS}. */
export type Contender = (typeof CONTENDERS)[number];

/** @returns images/s of each contender, one figure a round */
export async function measure(
  study: DataCase,
  set: ImageSet | FileSet,
  rounds: number,
  secondsPerTurn: number,
): Promise<Record<Contender, number[]>> {
  const { step } = networkStep({ ...study, training: true, variant: "compiled" });
  const one = pipeline(set, { ...study.options, workers: 1 });
  const two = pipeline(set, { ...study.options, workers: 2 });
  const samples: Record<Contender, number[]> = {
    "step alone": [],
    "1 worker": [],
    "2 workers": [],
    "step fed by 2 workers": [],
  };
  try {
    const fixed = await firstOf(two.epoch(0));
    const again = async function* (): AsyncGenerator<Batch> {
      for (;;) yield { images: tf.clone(fixed.images), labels: tf.clone(fixed.labels) };
    };
    await step(fixed.images, fixed.labels); // the first step makes the graph
    const turns: readonly (readonly [Contender, () => AsyncGenerator<Batch>, NetworkStep | undefined])[] = [
      ["step alone", again, step],
      ["1 worker", () => endless(one.epoch), undefined],
      ["2 workers", () => endless(two.epoch), undefined],
      ["step fed by 2 workers", () => endless(two.epoch), step],
    ];
    for (let round = 0; round < rounds; round++) {
      for (const [name, batches, work] of turns) samples[name].push(await rate(batches(), work, secondsPerTurn));
    }
    tf.dispose(fixed);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
  return samples;
}

/** Epoch after epoch. */
async function* endless(epoch: (epoch?: number) => AsyncGenerator<Batch>): AsyncGenerator<Batch> {
  for (let pass = 0; ; pass++) yield* epoch(pass);
}

async function firstOf(batches: AsyncGenerator<Batch>): Promise<Batch> {
  const { value } = await batches.next();
  await batches.return(undefined);
  return value as Batch;
}

/** Images per second, from the second batch on, which finds the workers at work. */
async function rate(batches: AsyncGenerator<Batch>, work: NetworkStep | undefined, seconds: number): Promise<number> {
  let images = 0;
  let startMs: number | undefined;
  for await (const batch of batches) {
    const whole = startMs !== undefined;
    startMs ??= performance.now();
    await work?.(batch.images, batch.labels);
    const size = batch.images.shape[0];
    tf.dispose(batch);
    if (!whole) startMs = performance.now();
    else images += size;
    if (images > 0 && performance.now() - startMs >= 1000 * seconds) break;
  }
  return images / ((performance.now() - startMs!) / 1000);
}
