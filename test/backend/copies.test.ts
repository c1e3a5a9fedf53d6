import { describe, expect, it } from "vitest";
import * as source from "../../lib/backend/index.js";

describe("two copies of the library in one process", () => {
  it("share one TensorFlow, and both compile", async () => {
    const built = (await import("saccade" as string)) as { backend: typeof source };
    expect(built.backend.compile).not.toBe(source.compile);
    for (const { backendInfo, compile, tf } of [source, built.backend]) {
      expect(backendInfo().name).toBe("tensorflow");
      expect(backendInfo().tensorflow).toMatch(/^2\./);
      const fn = compile((x: import("@tensorflow/tfjs").Tensor) => tf.dropout(x.add(1), 0));
      const x = tf.ones([2]);
      const result = await fn(x);
      expect(result.arraySync()).toEqual([2, 2]);
      expect(fn.traces).toBe(1); // compiled, not called
      tf.dispose([x, result]);
      fn.dispose();
    }
  });
});
