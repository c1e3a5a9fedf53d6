import { expect, it } from "vitest";
import { messagesOf } from "../../../lib/backend/cluster/sum-op.js";

it("messagesOf() sends consecutive tensors of a million numbers as one, the last ones first", () => {
  const many = 1 << 20;
  expect(messagesOf([3, many, 5, 2])).toEqual([
    [1, 4],
    [0, 1],
  ]);
  expect(messagesOf([many, many - 2, 2])).toEqual([
    [1, 3],
    [0, 1],
  ]);
  expect(messagesOf([1, 2])).toEqual([[0, 2]]);
});
