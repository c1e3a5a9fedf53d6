import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { sweeps } from "../../lib/index.js";
import { differenceOf } from "../../lib/sweeps/space/space.js";

describe("grid()", () => {
  it("makes every combination, the first name slowest", () => {
    expect(sweeps.grid({ a: [1, 2], b: ["x", null] }).configs).toEqual([
      { a: 1, b: "x" },
      { a: 1, b: null },
      { a: 2, b: "x" },
      { a: 2, b: null },
    ]);
  });

  it("makes study 6's 72 architectures and 48 settings", () => {
    const [sides, widths] = [
      [3, 5],
      [8, 16, 32],
    ];
    expect(sweeps.grid({ a: sides, b: sides, c: widths, d: widths, e: [100, 50] }).configs).toHaveLength(72);
    const [starts, batches] = [
      ["xavier", "kaiming", "orthogonal"],
      [1028, 512, 256, 64],
    ];
    const rest = { learningRate: [0.01, 0.005], momentum: [0.9, 0.5] };
    expect(sweeps.grid({ starts, batches, ...rest }).configs).toHaveLength(48);
  });

  it("refuses what no file can hold, by its place", () => {
    expect(() => sweeps.grid({ a: [1, { b: [Number.NaN] }] })).toThrow("grid: values.a[1].b[0] must be plain data");
    expect(() => sweeps.grid({ a: [() => 1] })).toThrow("got a function");
  });
});

describe("sample()", () => {
  const draw = (seed: number, count = 400) =>
    sweeps.sample(
      {
        rate: sweeps.logUniform(1e-4, 1e-1),
        width: sweeps.integer(1, 4),
        kind: sweeps.choice(["a", "b"]),
        share: sweeps.uniform(-1, 1),
      },
      { count, seed },
    ).configs;

  it("draws the same for the same seed, and the first ones of a larger count", () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1, 3)).toEqual(draw(1).slice(0, 3));
    expect(draw(2)).not.toEqual(draw(1));
  });

  it("draws from its distributions", () => {
    const all = draw(5);
    const share = (holds: (one: (typeof all)[number]) => boolean): number => all.filter(holds).length / all.length;
    // ± 4 standard deviations of 400 draws at 1/2 are 0.1
    expect(share(({ rate }) => rate < 10 ** -2.5)).toBeCloseTo(0.5, 0.9);
    expect(share(({ kind }) => kind === "a")).toBeCloseTo(0.5, 0.9);
    expect(share(({ share }) => share < 0)).toBeCloseTo(0.5, 0.9);
    expect(new Set(all.map(({ width }) => width))).toEqual(new Set([1, 2, 3, 4]));
    expect(all.every(({ rate, share: s }) => rate >= 1e-4 && rate <= 1e-1 && s >= -1 && s <= 1)).toBe(true);
  });
});

describe("what differs between two spaces", () => {
  const grid = sweeps.grid({ a: [1, 2], b: [3] });
  it.each([
    [sweeps.grid({ a: [1, 2], b: [3] }), undefined],
    [sweeps.grid({ a: [1, 2, 4], b: [3] }), "a [1,2,4] in place of [1,2], 3 configs in place of 2"],
    [sweeps.grid({ a: [1, 2] }), "b nothing in place of [3]"],
    [sweeps.sample({ a: sweeps.choice([1]) }, { count: 2 }), "a sample in place of a grid"],
  ])("is said, %#", (now, said) => {
    expect(differenceOf(grid as sweeps.Space, now as sweeps.Space)).toBe(said);
  });
});

it("a space shows its settings, not every config, and stays plain data", () => {
  const grid = sweeps.grid({ rate: [0.1, 0.01], kind: ["a", null], wide: Array.from({ length: 500 }, (_, i) => i) });
  const text = String(inspect(grid));
  expect(text).toMatch(/^grid of 2000 configs\n/);
  expect(text).toMatch(/^rate +0\.1, 0\.01 *$/m);
  expect(text).toMatch(/^kind +a, null *$/m);
  expect(text.length).toBeLessThan(1_000);
  const { logUniform, choice } = sweeps;
  const drawn = sweeps.sample({ rate: logUniform(0.001, 1), batch: choice([16, 32]) }, { count: 1, seed: 3 });
  expect(String(inspect(drawn))).toMatch(/^sample of 1 config, seed 3\n[^]*^rate +logUniform from 0\.001 to 1/m);
  expect(String(inspect(drawn))).toMatch(/^batch +choice of 16, 32 *$/m);
  expect(Object.keys(JSON.parse(JSON.stringify(drawn)) as object)).toEqual(["kind", "of", "seed", "configs"]);
});
