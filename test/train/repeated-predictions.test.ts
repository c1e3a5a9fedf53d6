/** Predictions of one model again and again, which are compiled after the first ones. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel } from "../../lib/models/index.js";
import { predict } from "../../lib/train/index.js";

beforeAll(ready);
let tensors = 0;
beforeEach(() => (tensors = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(tensors));

const image = { data: Uint8Array.from({ length: 192 }, (_, i) => (i * 37) % 256), height: 8, width: 8, channels: 3 };
const by = { mean: 0.5, std: 0.25 };
const probabilitiesOf = async (model: tf.LayersModel): Promise<readonly number[]> =>
  (await predict(model, image, by)).probabilities;

/** How often the model's layers were called from JavaScript, op by op or to be traced. */
function countCalls(model: tf.LayersModel): () => number {
  let calls = 0;
  const apply = model.apply.bind(model) as (...args: unknown[]) => tf.Tensor;
  model.apply = ((...args: unknown[]) => {
    calls++;
    return apply(...args);
  }) as typeof model.apply;
  return () => calls;
}

/** Doubles what goes in, and looks at it: what no trace can do. */
class Looking extends tf.layers.Layer {
  static readonly className = "LookingForRepeatedPredictions";
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    x.dataSync();
    return tf.mul(x, 2);
  }
  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }
}

describe("predict(), asked again and again", () => {
  it("is compiled from the fourth time on, and says the same", async () => {
    const model = createModel("resnet18_bias", { inputShape: [8, 8, 3], numClasses: 3, seed: 1 });
    const calls = countCalls(model);
    const first = await probabilitiesOf(model);
    const seen: number[] = [];
    for (let i = 0; i < 5; i++) {
      const again = await probabilitiesOf(model);
      for (const [label, one] of again.entries()) expect(one).toBeCloseTo(first[label]!, 5); // float32, other order
      seen.push(calls());
    }
    expect(seen).toEqual([2, 3, 4, 4, 4]); // the fourth is the trace
    model.dispose();
  });

  it("sees new weights", async () => {
    const model = createModel("mynet", { inputShape: [8, 8, 3], numClasses: 3, seed: 1, poolAfter: [] });
    const other = createModel("mynet", { inputShape: [8, 8, 3], numClasses: 3, seed: 2, poolAfter: [] });
    for (let i = 0; i < 5; i++) await predict(model, image, by);
    model.setWeights(other.getWeights());
    const [now, wanted] = [await probabilitiesOf(model), await probabilitiesOf(other)];
    for (const [label, one] of now.entries()) expect(one).toBeCloseTo(wanted[label]!, 5);
    model.dispose();
    other.dispose();
  });

  it("goes on op by op where a layer reads values", async () => {
    const model = tf.sequential({
      layers: [
        new Looking({ inputShape: [8, 8, 3] } as object),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }) }),
      ],
    });
    const first = await probabilitiesOf(model);
    for (let i = 0; i < 5; i++) expect(await probabilitiesOf(model)).toEqual(first);
    model.dispose();
  });
});
