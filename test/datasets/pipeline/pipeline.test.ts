import { datasets, tf } from "saccade"; // as built: worker threads are started from the compiled files
import { afterEach, describe, expect, test } from "vitest";
import { pipeline as fromSource } from "../../../lib/datasets/pipeline/pipeline.js";
import { sampleSet } from "../sample-set.js";

type Options = datasets.PipelineOptions;

const open: datasets.Pipeline[] = [];
function start(set: datasets.ImageSet, options: Options): datasets.Pipeline {
  const pipeline = datasets.pipeline(set, options);
  open.push(pipeline);
  return pipeline;
}
afterEach(async () => {
  for (const pipeline of open.splice(0)) await pipeline.close();
});

function take(batch: datasets.Batch): number[][] {
  const values = [batch.images, batch.labels, ...(batch.targets ? [batch.targets] : [])].map((tensor) =>
    Array.from(tensor.dataSync()),
  );
  tf.dispose(batch);
  return values;
}

async function all(batches: AsyncIterable<datasets.Batch> | Iterable<datasets.Batch>): Promise<number[][][]> {
  const values: number[][][] = [];
  for await (const batch of batches) values.push(take(batch));
  return values;
}

const noisy = (count: number): datasets.ImageSet => ({
  ...sampleSet(count, [6, 6, 3]),
  images: Uint8Array.from({ length: count * 108 }, (_, i) => (i * 37) % 256),
});
const OPTIONS = {
  batchSize: 4,
  shuffle: true,
  seed: 5,
  mixup: 0.4,
  cutmix: 1,
  augment: { cropPadding: 2, horizontalFlip: true, autoAugment: "cifar10", cutout: 2 },
} as const;

describe("pipeline", () => {
  test.each([
    [1, 1],
    [1, 3],
    [2, 4],
    [3, 2],
  ])("with %d workers and %d batches ahead gives what batches() gives", async (workers, prefetch) => {
    const set = noisy(22);
    const pipeline = start(set, { ...OPTIONS, workers, prefetch });
    expect(pipeline.batchCount).toBe(6);
    for (const epoch of [0, 3])
      expect(await all(pipeline.epoch(epoch))).toEqual(await all(datasets.batches(set, { ...OPTIONS, epoch })));
  });

  test("goes on in the middle of an epoch", async () => {
    const pipeline = start(noisy(22), OPTIONS);
    const whole = await all(pipeline.epoch(1));
    expect(await all(pipeline.epoch(1, 4))).toEqual(whole.slice(4));
    expect(await all(pipeline.epoch(1, 6))).toEqual([]);
  });

  test("can be left in the middle of an epoch and begun anew", async () => {
    const pipeline = start(noisy(40), { ...OPTIONS, workers: 2 });
    const whole = await all(pipeline.epoch(0));
    for (let times = 0; times < 3; times++) {
      for await (const batch of pipeline.epoch(0)) {
        expect(take(batch)).toEqual(whole[0]);
        break;
      }
    }
    expect(await all(pipeline.epoch(0))).toEqual(whole);
  });

  test("makes no more batches ahead than asked for, and leaves no tensor behind", async () => {
    const images = new Uint8Array(new SharedArrayBuffer(40)).fill(255); // seen by the workers as it is, not copied
    const before = tf.memory().numTensors;
    const batches = start({ ...sampleSet(40, [1, 1, 1]), images }, { batchSize: 1, workers: 2, prefetch: 3 }).epoch(0);
    tf.dispose((await batches.next()).value as datasets.Batch);
    await all(start(noisy(40), { ...OPTIONS, workers: 1 }).epoch(0)); // the time that more batches would take
    images.fill(0);
    const rest = (await all(batches)).map(([pixels]) => pixels![0]);
    expect(rest).toEqual([1, 1, ...new Array<number>(37).fill(-1)]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("refuses a second epoch under way, and any after it is closed", async () => {
    const pipeline = start(noisy(8), OPTIONS);
    const first = pipeline.epoch(0);
    tf.dispose((await first.next()).value as datasets.Batch);
    await expect(pipeline.epoch(1).next()).rejects.toThrow("pipeline: one epoch must end before the next");
    await first.return();
    await pipeline.close();
    await expect(pipeline.epoch(0).next()).rejects.toThrow("pipeline: it must be open, got a closed one");
  });

  test.each<[Partial<Options>, string]>([
    [{ workers: 0 }, "pipeline: workers must be a whole number from 1 to 64, got workers=0"],
    [{ prefetch: 1.5 }, "pipeline: prefetch must be a whole number from 1 to 1024, got prefetch=1.5"],
    [{ batchSize: 0 }, "pipeline: batchSize must be a whole number above 0, got batchSize=0"],
  ])("refuses %j", (options, message) => {
    expect(() => datasets.pipeline(sampleSet(), { batchSize: 2, ...options })).toThrow(new RangeError(message));
  });

  test("says that a worker could not start, and gives no batch after it", async () => {
    const pipeline = fromSource(sampleSet(), { batchSize: 4 }); // beside the source lies no compiled worker
    for (let times = 0; times < 2; times++)
      await expect(pipeline.epoch(0).next()).rejects.toThrow(/^pipeline: a worker failed: Cannot find module/);
    await pipeline.close();
  });

  test("refuses an epoch and a batch out of range", async () => {
    const pipeline = start(sampleSet(), { batchSize: 4 });
    await expect(pipeline.epoch(-1).next()).rejects.toThrow(
      "pipeline: epoch must be a whole number of 0 or more, got epoch=-1",
    );
    await expect(pipeline.epoch(0, 4).next()).rejects.toThrow(
      "pipeline: startBatch must be a whole number from 0 to 3, got startBatch=4",
    );
  });
});
