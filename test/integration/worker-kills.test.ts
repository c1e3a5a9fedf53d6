/** Workers of which one ends or hangs at a random moment of `train.fit`. */
import { expect, it } from "vitest";
import { killOne, randomKills } from "../../lib/bench/workers/kills.js";

it("a worker that is killed at any moment ends all others, by an error that names it", async () => {
  for (const { name, victim, survivors } of await randomKills(3, 3, 1)) {
    expect(survivors.map(({ worker }) => worker)).toEqual([0, 1, 2].filter((worker) => worker !== victim));
    for (const { error } of survivors) {
      const told = error.replace(/^saccade: waiting for .*\n/gm, "");
      expect(told).toMatch(/^cluster: every worker must go on to the end, got: worker .* ha(s|ve) ended$/);
      expect(told).toContain(name);
    }
  }
});

it("a worker that hangs ends the others when the time is over", async () => {
  const options = { workers: 2, victim: 1, afterMs: 100, signal: "SIGSTOP", timeoutSeconds: 4 } as const;
  const { name, survivors } = await killOne(options);
  expect(survivors[0]!.error.split("\n").at(-1)).toBe(
    `cluster: every worker must go on to the end, got: no answer from ${name}`,
  );
});
