/** ASHA's decisions, on the same streams of reports as Ray Tune's (fixtures/sweeps/make-asha.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sweeps } from "../../lib/index.js";

type Event = readonly [trial: number, step: number, value: number, action: "CONTINUE" | "STOP" | "ended"];
const { cases } = JSON.parse(readFileSync(new URL("../fixtures/sweeps/asha.json", import.meta.url), "utf8")) as {
  cases: {
    mode: "max" | "min";
    max: number;
    reductionFactor: number;
    grace: number;
    events: Event[];
  }[];
};

describe("asha()", () => {
  it.each(cases)(
    "decides as Ray Tune: $mode, max $max, reduction factor $reductionFactor, grace $grace",
    ({ events, mode, max, reductionFactor, grace }) => {
      const rule = sweeps.asha({ metric: "value", mode, max, reductionFactor, grace }).begin();
      const decided = events.map(([trial, step, value, action]) => {
        if (action !== "ended") return rule.report(trial, step, { value }) === undefined ? "CONTINUE" : "STOP";
        rule.ended(trial, step, { value });
        return "ended";
      });
      expect(decided).toEqual(events.map(([, , , action]) => action));
      const stops = events.filter(([, step, , action]) => action === "STOP" && step < max).length;
      expect(stops).toBeGreaterThan(2); // it has something to decide
    },
  );

  it("stops the lower two thirds at the first rung, by hand, and says of the last step that it is the last", () => {
    const rule = sweeps.asha({ metric: "accuracy", max: 9 }).begin();
    expect(rule.report(0, 1, { accuracy: 0.3 })).toBeUndefined();
    expect(rule.report(1, 1, { accuracy: 0.2 })).toBe("stop"); // below 0.3
    expect(rule.report(2, 1, { accuracy: 0.26 })).toBe("stop"); // below 0.2 + 2/3 · 0.1 = 0.267
    expect(rule.report(3, 1, { accuracy: 0.28 })).toBeUndefined(); // above 0.26 + 1/3 · 0.04 = 0.273
    expect(rule.report(0, 9, { accuracy: 0.1 })).toBe("done");
    expect(rule.report(4, 1, { loss: 1 })).toBeUndefined();
  });

  it("stops a trial whose metric is no number, in both modes, and lets it push no other out", () => {
    for (const mode of ["max", "min"] as const) {
      const rule = sweeps.asha({ metric: "loss", mode, max: 9 }).begin();
      expect(rule.report(0, 1, { loss: Number.NaN })).toBe("stop");
      expect(rule.report(1, 1, { loss: 1 })).toBeUndefined();
    }
  });
});
