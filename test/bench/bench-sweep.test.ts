/** The programs and the arithmetic of the bench of sweeps; what they measure is the bench's business. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { MachineWatch } from "../../lib/bench/machine.js";
import { benchesNotStored, storeBench, storedBenches } from "../../lib/bench/stored-bench.js";
import { SIDES, sweepMetrics } from "../../lib/bench/sweep/sweep-metrics.js";
import { benchTexts } from "../../lib/bench/tables/index.js";
import { fill } from "../../lib/cli/verify-results/figures.js";
import { benchFigures, figuresNotStored } from "../../lib/cli/verify-results/verify-bench.js";
import {
  configsOf,
  NETWORKS,
  overheadPercent,
  SEARCHES,
  SETTINGS,
  SWEEP_TENSORS,
  SWEEP_WRITTEN,
  sweepTimes,
  type SweepConfig,
  type SweepRun,
} from "../../lib/bench/sweep/sweep-cases.js";
import type { SweepRuns } from "../../lib/bench/sweep/sweep-contenders.js";
import type * as Contenders from "../../lib/bench/sweep/sweep-contenders.js";
import { ROOT } from "../cli/project.js";

it("runs study 6's 48 settings, and 12 of its 72 networks from all over them, of their mean cost to a tenth", () => {
  expect([SETTINGS.length, NETWORKS.length]).toEqual([48, 72]);
  expect(configsOf(SETTINGS, SEARCHES.settings.size.runs)).toEqual(SETTINGS);
  const some = configsOf(NETWORKS, SEARCHES.networks.size.runs);
  for (const values of [
    (one: SweepConfig) => one.kernelSize[0],
    (one: SweepConfig) => one.kernelSize[1],
    (one: SweepConfig) => one.filters[0],
    (one: SweepConfig) => one.filters[1],
    (one: SweepConfig) => one.hidden[0],
  ])
    expect(new Set(some.map(values))).toEqual(new Set(NETWORKS.map(values)));
  const multiplyAdds = ({ kernelSize, filters, hidden }: SweepConfig): number => {
    const [k1, k2, c1, c2] = [...kernelSize, ...filters] as [number, number, number, number];
    const [one, two] = [(29 - k1) ** 2, (30 - k1 - k2) ** 2]; // places of each map
    return one * k1 * k1 * c1 + two * c2 * (k2 * k2 * c1 + hidden[0]!);
  };
  const mean = (all: readonly SweepConfig[]): number =>
    all.reduce((sum, one) => sum + multiplyAdds(one) / all.length, 0);
  expect(Math.abs(mean(some) / mean(NETWORKS) - 1)).toBeLessThan(0.1);
});

it("tells the time of runs from that of starts, of gaps and of the end, by hand", () => {
  const run = (process: number, beganMs: number, endedMs: number) => ({ process, beganMs, endedMs, loss: 1 });
  const runs = [run(1, 3_000, 5_000), run(1, 5_500, 8_000), run(2, 4_000, 7_000)];
  // process 1 starts after 2 s and waits 0.5 s; process 2 starts after 3 s and ends 1 s before the other
  const times = sweepTimes(runs, { beganMs: 1_000, endedMs: 8_250 });
  expect(times).toEqual({ wall: 7.25, runs: 7.5, start: 5, between: 0.5, end: 0.5, tail: 1 });
  expect(overheadPercent(times)).toBeCloseTo(80, 9); // 6 s over 7.5 s
});

it("makes its runs in a sweep: four of them, each settled by its own settings", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "saccade-bench-sweep-"));
  try {
    const built = join(ROOT, "dist/lib/bench/sweep/sweep-contenders.js"); // as built: it starts processes
    const { ourSweep } = (await import(built)) as typeof Contenders;
    const images = 24;
    const data = join(scratch, "images");
    const pixels = Uint8Array.from({ length: images * 28 * 28 }, (_, i) => (i * 37) % 256);
    writeFileSync(data, Buffer.concat([pixels, Uint8Array.from({ length: images }, (_, i) => i % 10)]));
    const size = { images, epochs: 1, rounds: 1 };
    const configs = [...configsOf(SETTINGS, 3), NETWORKS.at(-1)!];
    const field = { root: ROOT, python: "", data, scratch, configs, size };
    const { runs, beganMs, endedMs: allMs } = await ourSweep(field, 1);
    expect(runs).toHaveLength(4);
    const within = ({ beganMs: from, endedMs: to }: SweepRun): boolean => beganMs < from && from < to && to < allMs;
    expect(runs.every(within)).toBe(true); // one clock for all processes
    expect(runs.every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(new Set(runs.map(({ loss }) => loss)).size).toBe(4);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

it("is a table with the spread, what misses its goal bold; a text says where nothing is stored", () => {
  const sweep = (wall: number): SweepRuns => {
    const runs = [0, 1].map((at) => ({ process: at, beganMs: 1_000, endedMs: 1_000 * wall - 500, loss: 2 }));
    return { beganMs: 0, endedMs: 1_000 * wall, runs, version: "a 1.0" };
  };
  const found = { ours: [sweep(30), sweep(32), sweep(31)], [SWEEP_WRITTEN]: [sweep(40)], [SWEEP_TENSORS]: [sweep(62)] };
  const cases = { [SEARCHES.settings.case]: { runs: 48, epochs: 2, images: 6_144 } };
  const outcome = {
    ...SIDES,
    metrics: sweepMetrics(found, SEARCHES.settings.case),
    versions: { ours: "Node 1", it: "a 1.0" },
    cases,
  };
  const root = mkdtempSync(join(tmpdir(), "saccade-bench-sweep-"));
  try {
    const text = "<!-- bench/sweep table -->\n\n?\n\n<!-- / -->\n<!-- bench/sweep goals text -->?<!-- / -->";
    const before = fill(text, benchesNotStored(root).map(figuresNotStored)).text;
    expect(before).toContain("\nnot measured yet: `npm run bench -- sweep --store`\n");
    expect(before).toContain("goals text -->not measured yet<!-- / -->");
    const networks = fill(
      text.replaceAll("bench/sweep", "bench/sweep-networks"),
      benchesNotStored(root).map(figuresNotStored),
    );
    expect(networks.text).toContain("\nnot measured yet: `npm run bench -- sweep --space networks --store`\n");
    storeBench(root, "sweep", performance.now(), new MachineWatch(), outcome);
    const [stored] = storedBenches(root);
    const after = fill(before, [benchFigures(stored!)]).text;
    expect(after).toContain("| whole sweep, s | 31 (30–32) | 40 (40–40) | 62 (62–62) |");
    expect(after).toContain("| ours / it (goal: at most 0.67 of the first) |  | **0.78** | 0.50 |");
    expect(after).toMatch(/overhead.*, % \| \*\*5\.1 \(4\.9–5\.3\)\*\* \|/); // 2 × 1.5 s over 2 × 29.5 s
    expect(after).toContain("ours / PyTorch, DataLoader at most 0.67: missed; overhead at most 2 %: missed");
    expect(benchTexts(stored!)["how"]).toContain("48 runs of 2 epochs of 6,144 drawn images, on ");
  } finally {
    rmSync(root, { recursive: true });
  }
});
