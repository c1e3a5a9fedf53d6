/** A short soak; `npm run bench -- soak` is the long one. SACCADE_SOAK_CELLS and SACCADE_SOAK_SEED change it. */
import { expect, it } from "vitest";
import { soak } from "../../../lib/bench/soak/soak.js";
import { examined } from "../client.js";

const cells = Number(process.env["SACCADE_SOAK_CELLS"] ?? 150);

it(
  `${cells} mixed cells with interrupts, reconnects, forged and torn messages and floods lose and misplace nothing`,
  async () => {
    const report = await soak({ cells, seed: Number(process.env["SACCADE_SOAK_SEED"] ?? 7), kernel: examined });
    expect(report.failures).toEqual([]);
    // a leak of everything printed would double it; the long soak asks for less
    expect(report.growth).toBeLessThan(1.4);
  },
  60_000 + cells * 1_000,
);
