import { describe, expect, it } from "vitest";
import { AttributeType } from "../../lib/backend/attributes.js";
import { DType } from "../../lib/backend/tensorflow-dtypes.js";
import { tf } from "../../lib/backend/index.js";
import { currentBinding } from "../../lib/backend/register.js";
import { MEGABYTE, memory } from "./memory.js";

const binding = currentBinding()!;

/** Memory growth in bytes of running `work` `times` times, after as many to warm up. */
function growthOf(times: number, work: () => void): number {
  for (let i = 0; i < times; i++) work();
  const before = memory();
  for (let i = 0; i < times; i++) work();
  return memory() - before;
}

// Every leak below would be of 250 MiB or more; what else the process allocates came to 33 MiB at most (Node 20, 22 and
// 24).
describe("thousands of ops leave nothing behind", () => {
  it("tensors of numbers", () => {
    const tensors = binding.getNumOfTensors();
    const growth = growthOf(2000, () => {
      tf.tidy(
        () =>
          void tf
            .ones([64, 512])
            .add(1)
            .matMul(tf.ones([512, 64]))
            .dataSync(),
      ); // 128 KiB and more
    });
    expect(growth).toBeLessThan(120 * MEGABYTE);
    expect(binding.getNumOfTensors()).toBe(tensors);
  });

  it("strings", () => {
    const tensors = binding.getNumOfTensors();
    const long = "x".repeat(100_000);
    const growth = growthOf(2000, () => {
      tf.tidy(() => void tf.tensor1d([long, long]).reshape([2, 1]).dataSync());
    });
    expect(growth).toBeLessThan(120 * MEGABYTE);
    expect(binding.getNumOfTensors()).toBe(tensors);
  });

  it("constants given as attributes, and ops that fail", () => {
    const values = new Float32Array(50_000);
    const attributes = [
      { name: "dtype", type: AttributeType.TYPE, value: DType.FLOAT },
      { name: "value", type: AttributeType.TENSOR, value: { shape: [50_000], dtype: DType.FLOAT, values } },
    ];
    const tensors = binding.getNumOfTensors();
    const growth = growthOf(2000, () => {
      const [constant] = binding.executeOp("Const", attributes, [], 1);
      expect(() => binding.executeOp("MatMul", [], [constant!.id, constant!.id], 1)).toThrow("MatMul");
      binding.deleteTensor(constant!.id);
    });
    expect(growth).toBeLessThan(120 * MEGABYTE);
    expect(binding.getNumOfTensors()).toBe(tensors);
  });

  it("training steps", () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [16] })] });
    const optimizer = tf.train.adam(1e-3);
    const step = () =>
      tf.tidy(() => {
        const loss = optimizer.minimize(
          () => (model.apply(tf.ones([4, 16])) as import("@tensorflow/tfjs").Tensor).square().mean().asScalar(),
          true,
        );
        return loss!.dataSync()[0]!;
      });
    step();
    const [tensors, counted] = [binding.getNumOfTensors(), tf.memory().numTensors];
    for (let i = 0; i < 300; i++) step();
    expect([binding.getNumOfTensors(), tf.memory().numTensors]).toEqual([tensors, counted]);
    tf.dispose([...model.getWeights()]);
    optimizer.dispose();
  });
});
