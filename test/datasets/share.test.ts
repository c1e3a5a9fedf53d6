import { describe, expect, it } from "vitest";
import { datasets, tf } from "saccade";
import { planBatches } from "../../lib/datasets/batch-options.js";
import { batchesOf } from "../../lib/datasets/batches.js";
import { mostPlaces, placesOf } from "../../lib/datasets/share.js";
import { sampleSet } from "./sample-set.js";

const PLACES = Array.from({ length: 12 }, (_, length) => length);

describe.each([false, true])("the shares of a batch, mixed: %s", (mixes) => {
  it.each([1, 2, 3, 5])("of %i are all of its places, each once", (of) => {
    for (const length of PLACES) {
      const shares = Array.from({ length: of }, (_, index) => placesOf(length, { index, of }, mixes));
      expect(shares.flat().sort((a, b) => a - b)).toEqual(PLACES.slice(0, length));
      for (const share of shares) expect(share.length).toBeLessThanOrEqual(mostPlaces(length, { index: 0, of }, mixes));
    }
  });
});

it("an image and the one that it is mixed with are of one share, as far from its ends", () => {
  expect([0, 1, 2].map((index) => placesOf(7, { index, of: 3 }, true))).toEqual([
    [0, 6],
    [1, 5],
    [2, 3, 4],
  ]);
});

describe.each([{}, { mixup: 0.4 }, { mixup: 0.4, cutmix: 1 }])("shares of batches with %j", (mix) => {
  const set = { ...sampleSet(11, [6, 6, 3]), images: Uint8Array.from({ length: 11 * 108 }, (_, i) => (i * 37) % 256) };
  const augment = { horizontalFlip: true, cropPadding: 1 };
  const plan = planBatches(set, { batchSize: 4, shuffle: true, seed: 5, augment, ...mix });
  const rowsOf = (batch: datasets.Batch): string[] => {
    const tensors = [batch.images, batch.labels, ...(batch.targets ? [batch.targets] : [])];
    const rows = tensors.map((tensor) => tf.tidy(() => tf.reshape(tensor, [tensor.shape[0]!, -1]).arraySync()));
    tf.dispose(batch);
    return (rows[0] as number[][]).map((_, at) => JSON.stringify(rows.map((values) => (values as number[][])[at])));
  };
  const rows = async (batches: Iterable<datasets.Batch> | AsyncIterable<datasets.Batch>): Promise<string[][]> => {
    const found: string[][] = [];
    for await (const batch of batches) found.push(rowsOf(batch));
    return found;
  };

  it("have the images that the whole batch has, augmented and mixed alike", async () => {
    const whole = await rows(batchesOf(set, plan, { epoch: 2 }));
    const shares = await Promise.all(
      [0, 1].map((index) => rows(batchesOf(set, { ...plan, share: { index, of: 2 } }, { epoch: 2 }))),
    );
    for (const [at, batch] of whole.entries())
      expect([...shares[0]![at]!, ...shares[1]![at]!].sort()).toEqual([...batch].sort());
    expect(shares.flat().map(({ length }) => length)).not.toContain(4);
  });
});
