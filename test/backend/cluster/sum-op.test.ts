import { expect, it } from "vitest";
import { messagesOf, piecesOf } from "../../../lib/backend/cluster/sum-op.js";

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

it("piecesOf() cuts what is sent into even pieces of at most two million numbers", () => {
  const most = 1 << 21;
  expect(piecesOf(5)).toEqual([5]);
  expect(piecesOf(most)).toEqual([most]);
  expect(piecesOf(2 * most + 2)).toEqual([1_398_102, 1_398_102, 1_398_102]);
});
