import { inspect } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { compile, ready, tf } from "../../lib/backend/index.js";

beforeAll(ready);

it("tells a tensor's values where it is printed among other things", () => {
  expect(`loss: ${inspect(tf.scalar(3))}`).toBe("loss: Tensor float32 [] 3");
  expect(inspect(tf.tensor1d([1, 2], "int32"))).toBe("Tensor int32 [2] [1, 2]");
  const square = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  expect(inspect({ square })).toBe("{\n  square: Tensor float32 [2, 2]\n  [[1, 2],\n   [3, 4]]\n}");
  expect(inspect([tf.scalar(0.5), tf.scalar(1, "bool")])).toBe("[ Tensor float32 [] 0.5, Tensor bool [] true ]");
  expect(inspect(tf.variable(tf.scalar(2), true, "rate"))).toBe('Variable "rate" float32 [] 2');
});

it("says of one that has no values why", async () => {
  const gone = tf.scalar(1);
  gone.dispose();
  expect(inspect(gone)).toBe("Tensor float32 [], disposed");
  let traced = "";
  const double = compile((x: tf.Tensor) => ((traced = inspect(x)), tf.mul(x, 2)));
  tf.dispose(await double(tf.tensor1d([1, 2])));
  expect(traced).toMatch(/^Tensor float32 \[2\], not readable: /);
  double.dispose();
});
