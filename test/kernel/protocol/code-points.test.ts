import { describe, expect, it } from "vitest";
import { toOffset, toPosition } from "../../../kernel/protocol/code-points.js";

describe("code points", () => {
  it("count an emoji once, where JavaScript counts it twice", () => {
    const text = "a😀b";
    expect([0, 1, 2, 3].map((position) => toOffset(text, position))).toEqual([0, 1, 3, 4]);
    expect([0, 1, 3, 4].map((offset) => toPosition(text, offset))).toEqual([0, 1, 2, 3]);
  });

  it("end at the text's end", () => {
    expect(toOffset("é😀", 9)).toBe(3);
    expect(toPosition("é😀", 9)).toBe(2);
  });
});
