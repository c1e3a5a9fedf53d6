import { describe, expect, test } from "vitest";
import { createRandom, fromState, permutation } from "../../lib/datasets/random.js";

describe("random", () => {
  test("fromState() gives xoshiro128**'s reference sequence", () => {
    // By hand from the recurrence: rotl(2·5, 7)·9 = 11520, then s1 = 0.
    const random = fromState([1, 2, 3, 4]);
    expect([random.uint32(), random.uint32(), random.uint32(), random.uint32()]).toEqual([11520, 0, 5927040, 70819200]);
  });

  test("createRandom() repeats itself for the same words and not for others", () => {
    const draw = (...words: number[]): number[] => {
      const random = createRandom(...words);
      return [random.uint32(), random.uint32(), random.uint32()];
    };
    expect(draw(7, 1)).toEqual(draw(7, 1));
    const streams = [draw(7), draw(7, 0), draw(7, 1), draw(1, 7), draw(-7), draw(7 + 2 ** 32)];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
  });

  test("createRandom() refuses a seed that is not a safe integer", () => {
    expect(() => createRandom(0.5)).toThrow("createRandom: seed must be a safe integer, got 0.5");
  });

  test("uniform(), integer() and normal() have their moments", () => {
    const random = createRandom(3);
    const n = 100_000;
    let uniform = 0;
    let normal = 0;
    let square = 0;
    const counts = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      uniform += random.uniform() / n;
      const z = random.normal();
      normal += z / n;
      square += (z * z) / n;
      counts[random.integer(3)]! += 1;
    }
    // Five standard errors: 0.2887, 1 and √2 over √n, and √(n·2/9) for a count.
    expect(Math.abs(uniform - 0.5)).toBeLessThan(0.0046);
    expect(Math.abs(normal)).toBeLessThan(0.016);
    expect(Math.abs(square - 1)).toBeLessThan(0.023);
    for (const count of counts) expect(Math.abs(count - n / 3)).toBeLessThan(750);
  });

  test("permutation() holds every index once, in another order", () => {
    const order = Array.from(permutation(100, createRandom(1)));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});
