/** How many of its losses a run keeps. */
import { expect, it } from "vitest";
import { Recorder } from "../../lib/train/history.js";
import { FIT_DEFAULTS, silentProgress } from "../../lib/train/index.js";

/** Places [epoch, batch] of the losses of a run whose batches all have the loss 1. */
function places(images: number, epochs: number, lossEvery: number | null): (readonly [number, number])[] {
  const recorder = new Recorder(
    { ...FIT_DEFAULTS, mean: 0.5, std: 0.5, epochs, batchSize: 100, lossEvery },
    images,
    silentProgress,
  );
  for (let epoch = 1; epoch <= epochs; epoch++) {
    recorder.startEpoch(epoch);
    for (let batch = 0; batch < recorder.length.batchesOf(epoch); batch++)
      recorder.add({ loss: 1, correct: 0, images: 100 }, 0.1);
    recorder.closeEpoch();
  }
  return recorder.history("epochs").losses.map(({ epoch, batch }) => [epoch, batch]);
}

it("a first small run has twenty losses or more to plot", () => {
  expect(places(2_500, 2, null)).toHaveLength(24); // every 2 of 25 batches, twice
  expect(places(1_000, 1, null)).toHaveLength(10); // one a batch: there are no more
});

it("a long run has one every 200 batches, and any run as many as are asked for", () => {
  expect(places(50_000, 10, null).slice(0, 3)).toEqual([
    [1, 200],
    [1, 400],
    [2, 200],
  ]);
  expect(places(2_500, 2, 25)).toEqual([
    [1, 25],
    [2, 25],
  ]);
});
