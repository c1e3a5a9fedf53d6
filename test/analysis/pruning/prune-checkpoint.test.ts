/** Stepwise pruning that is stopped at any moment, and goes on from its file. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { analysis, backend, models, tf } from "../../../lib/index.js";
import { writeSafetensors } from "../../../lib/safetensors/index.js";
import { outputsOf, shake } from "./networks.js";

const root = mkdtempSync(join(tmpdir(), "saccade-pruning-"));
beforeAll(backend.ready);
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(root, { recursive: true }));

const network = (): tf.LayersModel =>
  shake(models.plainCnn({ inputShape: [6, 6, 1], numClasses: 2, filters: [4, 3], hidden: [3], seed: 1 }));
/** Changes the weights, as training does: the same for the same model. */
const retrain = (model: tf.LayersModel): void =>
  tf.tidy(() => model.weights.forEach((weight) => weight.write(tf.mul(weight.read(), 1.25))));
const quiet = { progress: null, signal: null, retrain } as const;

it("pruneStepwise() goes on from its checkpoint to what an uninterrupted call gives", async () => {
  const model = network();
  // the second of conv2 is undone: a step that leaves the model as it was
  const measure = (each: tf.LayersModel): number =>
    each.getLayer("conv2").getWeights()[1]!.shape[0] === 1 ? 0.2 : 0.9;
  const whole = await analysis.pruneStepwise(model, { ...quiet, measure });
  expect(whole.steps.map(({ kept }) => kept)).toContain(false);
  const checkpoint = join(root, "made/pruned.safetensors");
  for (let ends = 1; ends < whole.steps.length; ends++) {
    let calls = 0;
    const stopped = analysis.pruneStepwise(model, {
      ...{ ...quiet, checkpoint },
      measure: (each) => {
        // a call measures the model that it begins with, then each step's twice: it gets one step further
        if (++calls > 3) throw new Error("killed");
        return measure(each);
      },
    });
    await expect(stopped).rejects.toThrow("killed");
    expect(existsSync(checkpoint)).toBe(true);
  }
  const tensors = tf.memory().numTensors;
  const resumed = await analysis.pruneStepwise(model, { ...quiet, measure, checkpoint });
  expect(resumed.steps).toEqual(whole.steps);
  expect(resumed.units).toEqual(whole.units);
  expect(outputsOf(resumed.model)).toEqual(outputsOf(whole.model));
  expect(tf.memory().numTensors).toBe(tensors + resumed.model.weights.length);
});

it("pruneStepwise() refuses the file of another model, of something else, and steps beside a file", async () => {
  const checkpoint = join(root, "first.safetensors");
  const options = { measure: () => 0.9, progress: null, signal: null, checkpoint, maxSteps: 1 };
  const { steps } = await analysis.pruneStepwise(network(), options);
  const other = network();
  retrain(other);
  const refusal = "pruneStepwise: checkpoint must be a new file, or of a pruning that began with this model's weights";
  await expect(analysis.pruneStepwise(other, options)).rejects.toThrow(
    `${refusal}, got ${checkpoint} of another model`,
  );
  const file = join(root, "weights.safetensors");
  await writeSafetensors(file, { metadata: {}, tensors: new Map() });
  const strange = analysis.pruneStepwise(network(), { ...options, checkpoint: file });
  await expect(strange).rejects.toThrow(`${refusal}, got ${file} of something else`);
  writeFileSync(file, "none");
  await expect(analysis.pruneStepwise(network(), { ...options, checkpoint: file })).rejects.toThrow(SyntaxError);
  await expect(analysis.pruneStepwise(network(), { ...options, resume: steps })).rejects.toThrow(
    "pruneStepwise: resume must be left out with a checkpoint, whose file has the steps, got 3 steps",
  );
});

it("pruneStepwise() takes as many of each layer as maxSteps says by its name", async () => {
  const maxSteps = { conv1: 2, dense1: 1 };
  const { units } = await analysis.pruneStepwise(network(), { measure: () => 0.9, progress: null, maxSteps });
  expect(Object.entries(units).map(([layer, gone]) => [layer, gone.length])).toEqual([
    ["conv1", 2],
    ["conv2", 2], // not named: all but one
    ["dense1", 1],
  ]);
});
