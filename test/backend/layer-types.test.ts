/** The types of what layers, models and optimizers give: no cast is needed, and none that was there is refused. */
import { expect, expectTypeOf, it } from "vitest";
import { layers, tf, train } from "../../lib/index.js";

/** Doubles what comes in. */
class Doubled extends tf.layers.Layer {
  static readonly className = "Doubled";
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, 2);
  }
}

/** A residual block, and a head of 3 classes. */
function network(): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 2] });
  const inner = tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(input);
  expectTypeOf(inner).toEqualTypeOf<tf.SymbolicTensor>();
  const sum = tf.layers.add().apply([new Doubled().apply(inner), input]);
  const flat = new layers.Gelu({}).apply(tf.layers.flatten().apply(sum));
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 3 }).apply(flat) as tf.SymbolicTensor });
}

it("a functional model, its predictions and a loop of one's own need no cast", () => {
  const model = network();
  const images = tf.ones([2, 4, 4, 2]);
  const labels = tf.tensor1d([0, 2], "int32");
  expect(model.predict(images).dataSync()).toHaveLength(6);
  expect(tf.sequential({ layers: [tf.layers.reLU({ inputShape: [2] })] }).predict(tf.ones([1, 2])).shape).toEqual([
    1, 2,
  ]);
  const optimizer = tf.train.sgd(0.1);
  const step = (): tf.Scalar =>
    optimizer.minimize(() => train.crossEntropy(model.apply(images, { training: true }), labels), true);
  expect(step().dataSync()[0]!).toBeGreaterThan(0);
  const either: tf.Scalar | null = optimizer.minimize(() => model.apply(images).mean());
  expect(either).toBeNull();
});

it("several outputs and ranks are said, by a type argument or a cast", () => {
  const input = tf.input({ shape: [3] });
  const outputs = [tf.layers.dense({ units: 2 }).apply(input), tf.layers.dense({ units: 1 }).apply(input)];
  const model = tf.model({ inputs: input, outputs });
  expect(model.predict<tf.Tensor2D[]>(tf.ones([1, 3])).map(({ shape }) => shape[1])).toEqual([2, 1]);
  const cast = model.apply(tf.ones([1, 3])) as tf.Tensor[];
  expect(cast).toHaveLength(2);
  const given: tf.Tensor2D[] = model.apply(tf.ones([1, 3]));
  expect(given).toHaveLength(2);
});
