import { expect, it } from "vitest";
import { metricHistory, type ScalarsEntry } from "../../lib/tracking/index.js";
import { lastValues } from "../../lib/tracking/runs-table.js";

const scalars: readonly ScalarsEntry[] = [
  { step: 1, time: "", values: { "train/loss": 2 } },
  { step: 2, time: "", values: { "train/loss": 1, "validation/accuracy": 0.5 } },
  { step: 3, time: "", values: { "train/loss": NaN } },
];

it("metricHistory() is a metric's steps and values, NaN too, and passes steps over that have none", () => {
  expect({ ...metricHistory({ scalars }, "train/loss") }).toEqual({ name: "train/loss", x: [1, 2, 3], y: [2, 1, NaN] });
  expect(metricHistory({ scalars }, "validation/accuracy")).toMatchObject({ x: [2], y: [0.5] });
});

it("metricHistory() lists what the run logged, and the name that was meant", () => {
  expect(() => metricHistory({ scalars }, "trainLoss")).toThrow(
    "metricHistory: name must be one of train/loss, validation/accuracy, got trainLoss; did you mean train/loss?",
  );
  expect(() => metricHistory({ scalars: [] }, "loss")).toThrow("(the run logged none), got loss");
});

it("lastValues() is each metric's last number, of a long run too", () => {
  expect(lastValues({ scalars })).toEqual({ "train/loss": NaN, "validation/accuracy": 0.5 });
  const long = Array.from({ length: 200_000 }, (_, step) => ({ step, time: "", values: { loss: step } }));
  expect(lastValues({ scalars: long })).toEqual({ loss: 199_999 });
});
