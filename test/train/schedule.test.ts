import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { learningRateAt, momentumAt, type ScheduleConfig, type ScheduleOptions } from "../../lib/train/index.js";

interface Row {
  readonly what: string;
  readonly config: Partial<ScheduleConfig>;
  readonly learningRate: number;
  readonly rates: number[];
  readonly momenta?: number[];
}
const { rows } = JSON.parse(readFileSync(new URL("../fixtures/train/schedules.json", import.meta.url), "utf8")) as {
  rows: Row[];
};

describe("learningRateAt()", () => {
  it.each(rows)("is PyTorch's at every step: $what", ({ config, learningRate, rates }) => {
    // PyTorch goes from step to step and rounds 40 times; 1e-12 of the highest rate is far below float32.
    const wrong = rates.filter(
      (rate, step) =>
        !(Math.abs(learningRateAt(config, learningRate, step, rates.length) - rate) <= 1e-12 * learningRate),
    );
    expect(rates).toHaveLength(40);
    expect(wrong).toEqual([]);
  });

  it.each(rows)("momentumAt() is PyTorch's at every step, where it changes: $what", ({ config, rates, momenta }) => {
    const ours = rates.map((_, step) => momentumAt(config, step, rates.length));
    const wrong = ours.filter((momentum, step) =>
      momenta ? !(Math.abs(momentum! - momenta[step]!) <= 1e-12) : momentum !== undefined,
    );
    expect(wrong).toEqual([]);
  });

  it.each<[number, ScheduleOptions, number[]]>([
    [5, { name: "cosine", warmupFraction: 0.4 }, [1 / 3, 2 / 3, 1, 0.75, 0.25]],
    [5, { name: "linear", warmupFraction: 0.2 }, [1 / 2, 1, 0.75, 0.5, 0.25]],
    [4, { warmupFraction: 0.75 }, [1 / 4, 1 / 2, 3 / 4, 1]],
    [2, { warmupFraction: 0.1 }, [1, 1]], // no whole epoch
  ])("by epoch rises in equal parts, and trains no epoch at rate 0: %i epochs, %o", (epochs, schedule, rates) => {
    const found = rates.map((_, epoch) => learningRateAt({ ...schedule, by: "epoch" }, 1, epoch, epochs));
    found.forEach((rate, epoch) => expect(rate).toBeCloseTo(rates[epoch]!, 12)); // float64
  });

  it("by epoch begins where it is told, as by step; by step the first one has rate 0", () => {
    const warm = { name: "cosine", warmupFraction: 0.4 } as const;
    const rates = (schedule: ScheduleOptions) => [0, 1, 2, 3, 4].map((step) => learningRateAt(schedule, 1, step, 5));
    const told = { ...warm, warmupStart: 0.1 };
    expect(rates({ ...told, by: "epoch" })).toEqual(rates(told));
    expect(rates(told).slice(0, 3)).toEqual([0.1, 0.55, 1]);
    expect(rates(warm).slice(0, 3)).toEqual([0, 0.5, 1]);
  });

  it("has PyTorch's momenta to be held to", () => {
    expect(rows.filter(({ momenta }) => momenta).map(({ what }) => what)).toEqual([
      "one-cycle",
      "one-cycle with its options",
      "one-cycle with its momenta",
    ]);
  });

  it.each([
    [
      { name: "plateau" as never },
      0,
      "schedule.name must be one of constant, step, multistep, cosine, linear, onecycle, got schedule.name=",
    ],
    [
      { gama: 1 } as never,
      0,
      "learningRateAt: an option of schedule must be known, got gama; did you mean gamma? It is one of name, by",
    ],
    [{ gamma: 0 }, 0, "schedule.gamma must be a number above 0, got schedule.gamma=0"],
    [
      { warmupFraction: 1 },
      0,
      "schedule.warmupFraction must be a number from 0 to below 1, got schedule.warmupFraction=1",
    ],
    [{ milestones: [3, 2] }, 0, "schedule.milestones must rise, got [3, 2]"],
    [
      { name: "onecycle", warmupFraction: 0.1 } as const,
      0,
      "schedule.warmupFraction must be 0 with onecycle, which rises by itself",
    ],
    [{ maxMomentum: 1 }, 0, "schedule.maxMomentum must be a number from 0 to below 1, got schedule.maxMomentum=1"],
    [{}, 10, "learningRateAt: step must be a whole number from 0 to 9, got step=10"],
  ])("refuses %o at step %i", (config, step, error) => {
    expect(() => learningRateAt(config, 0.1, step, 10)).toThrow(error);
    expect(() => learningRateAt(config, 0.1, step, 10)).toThrow(RangeError);
  });

  it("takes a schedule by its name alone, and refuses an option of another kind", () => {
    for (const name of ["constant", "step", "multistep", "cosine", "onecycle"] as const)
      expect(learningRateAt(name, 0.1, 7, 100)).toBe(learningRateAt({ name }, 0.1, 7, 100));
    expect(momentumAt("onecycle", 7, 100)).toBe(momentumAt({ name: "onecycle" }, 7, 100));
    expect(() => learningRateAt({ cycleMomentum: 1 as never }, 0.1, 0, 10)).toThrow(
      new TypeError("learningRateAt: schedule.cycleMomentum must be true or false, got schedule.cycleMomentum=1"),
    );
  });
});
