import { describe, expect, it } from "vitest";
import { confusionMatrix } from "../../../lib/analysis/index.js";

describe("confusionMatrix()", () => {
  it("counts labels by row and predictions by column", () => {
    const { matrix, accuracy, perClass } = confusionMatrix([0, 0, 0, 1, 1], [0, 0, 1, 1, 0], 3);
    expect(matrix).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect(accuracy).toBe(3 / 5);
    expect(perClass).toEqual([2 / 3, 1 / 2, NaN]); // no image has the third label
  });

  it.each([
    [[0, 1], [0], "labels and predictions must be of one length above 0, got 2 and 1"],
    [[], [], "got 0 and 0"],
    [[0, 3], [0, 1], "labels must be 0 to 2, got 3 at 1"],
    [[0, 1], [0, -1], "predictions must be 0 to 2, got -1 at 1"],
  ])("refuses labels %j with predictions %j", (labels, predictions, error) => {
    expect(() => confusionMatrix(labels, predictions, 3)).toThrow(error);
  });
});
