/** What fit's `mixedPrecision` comes to: "auto" by what the machine gains, true with a word where it loses. */
import { beforeAll, expect, it, vi } from "vitest";
import { bfloat16Missing } from "../../lib/backend/compile/mixed-precision.js";
import { ready, tf } from "../../lib/backend/index.js";
import { precisionFor } from "../../lib/train/precision.js";
import { fit, profileStep } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

beforeAll(ready);

const LOSES = /^saccade: mixedPrecision: a matrix product of bfloat16 takes \d+\.\d times float32's time on this /;

it.each([
  ["auto", 0.5, { bfloat16: true }],
  ["auto", 0.8, { bfloat16: true }],
  ["auto", 0.9, { bfloat16: false }],
  ["auto", 2, { bfloat16: false }],
  ["auto", undefined, { bfloat16: false }],
  [true, undefined, { bfloat16: true }],
  [true, 0.5, { bfloat16: true }],
  [true, 1.96, { bfloat16: true, warning: expect.stringMatching(LOSES) }],
  [false, 0.5, { bfloat16: false }],
] as const)("%j where products take %j of float32's time", (wanted, ratio, expected) => {
  expect(precisionFor(wanted, ratio)).toEqual(expected);
});

it("auto is decided before the first step, and stands in the run's config; nothing is said", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 3, activation: "relu", inputShape: [8, 8, 3] }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 3 }),
    ],
  });
  try {
    const set = brightnessSet({ count: 32, classes: 3, side: 8 });
    const run = { batchSize: 16, epochs: 1, progress: false, seed: 1 } as const;
    const [first, again] = [await fit(model, set, { ...run, mixedPrecision: "auto" }), await fit(model, set, run)];
    const decided = first.config.mixedPrecision;
    expect(typeof decided).toBe("boolean");
    if (bfloat16Missing() !== undefined) expect(decided).toBe(false);
    expect(again.config.mixedPrecision).toBe(false);
    const profiled = tf.getBackend() === "tensorflow";
    if (profiled) await profileStep(model, set, { batchSize: 16, mixedPrecision: "auto" });
    expect((await fit(model, set, { ...run, mixedPrecision: "auto" })).config.mixedPrecision).toBe(decided);
    expect(warn).not.toHaveBeenCalled();
  } finally {
    warn.mockRestore();
    model.dispose();
  }
});
