/** The arithmetic and the tables of the bench of workers; what it measures is the bench's business. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CaseMetric } from "../../lib/bench/bench-case.js";
import { MachineWatch } from "../../lib/bench/machine.js";
import { benchesNotStored, storeBench, storedBenches } from "../../lib/bench/stored-bench.js";
import { averagingMs, imagesFor } from "../../lib/bench/workers/on-paper.js";
import { exchange } from "../../lib/bench/workers/bare-sockets.js";
import {
  ALONE,
  AVERAGING,
  BOUND,
  DDP,
  DDP_AT_BEST,
  ENDED,
  KILLS,
  LOOPBACK,
  ONE_NUMBER,
  OURS,
  ringBytes,
  SIDES,
  STEP,
} from "../../lib/bench/workers/workers-cases.js";
import { freePorts } from "../../lib/client/process.js";
import { fill } from "../../lib/cli/verify-results/figures.js";
import { benchFigures, figuresNotStored } from "../../lib/cli/verify-results/verify-bench.js";

const measured = { bytesPerSecond: 1e9, hopMs: 0.5, flopsPerSecond: 1e11 };
const network = { title: "one", parameters: 1e6, flops: 1e9 };
const how = { machines: 64, wireGbits: 100, bytes: 4, hierarchical: false };

it("counts a ring's bytes and hops, by hand", () => {
  expect(ringBytes(1e6, 2)).toBe(4e6);
  // 2 · 63/64 · 4 MB at 1 GB/s, and 126 hops
  expect(averagingMs(network, how, measured)).toBeCloseTo(7.875 + 63, 9);
  expect(averagingMs(network, { ...how, wireGbits: 4 }, measured)).toBeCloseTo(2 * 7.875 + 63, 9); // 0.5 GB/s
  expect(averagingMs(network, { ...how, bytes: 2 }, measured)).toBeCloseTo(7.875 / 2 + 63, 9);
  // eight rings of eight, joined by eight of eight: 14 hops and 14
  expect(averagingMs(network, { ...how, hierarchical: true }, measured)).toBeCloseTo(7.875 + 14, 9);
  expect(imagesFor(50, network, measured)).toBeCloseTo(5, 9); // 10 ms each
});

it("sends bytes each way at once by bare sockets", async () => {
  const [one, other] = (await freePorts(2)) as [number, number];
  const ms = await Promise.all([exchange(3e6, one, other), exchange(3e6, other, one)]);
  expect(ms.every((value) => value > 0)).toBe(true);
});

const metric = (name: string, what: string, samples: CaseMetric["samples"]): CaseMetric => ({
  case: name,
  metric: what,
  unit: "ms",
  samples,
});

it("is tables and texts of what is stored, bold where a goal is missed", () => {
  const averaged = (name: string, ms: number): CaseMetric[] => [
    metric(name, AVERAGING, { [OURS]: [ms], [DDP]: [ms / 2] }),
    metric(name, BOUND, { [OURS]: [ms / 4] }),
  ];
  const step = (name: string, ours: number): CaseMetric =>
    metric(name, STEP, { [OURS]: [ours], [DDP]: [100], [DDP_AT_BEST]: [80], [ALONE]: [80] });
  const metrics = [
    metric(LOOPBACK, ONE_NUMBER, { [OURS]: [1] }),
    ...averaged("cct_2_3x2", 4),
    step("cct_2_3x2", 90),
    ...averaged("cct_6_3x1", 40),
    step("cct_6_3x1", 80),
    ...averaged("alexnet_lrn", 400),
    metric(KILLS, ENDED, { [OURS]: [300, 2100, 500] }),
  ];
  const cases = {
    cct_2_3x2: { parameters: 280_000, batch: 100 },
    cct_6_3x1: { parameters: 3_200_000, batch: 16 },
    alexnet_lrn: { parameters: 58_300_000 },
    onPaper: { networks: [{ title: "CCT-6/3x1", parameters: 3_200_000, flops: 1e9 }] },
  };
  const root = mkdtempSync(join(tmpdir(), "saccade-bench-workers-"));
  try {
    const text = ["averaging", "steps", "paper"]
      .map((table) => `<!-- bench/workers ${table} -->\n\n?\n\n<!-- / -->`)
      .join("\n");
    const said = ["goals", "kills"].map((name) => `<!-- bench/workers ${name} text -->?<!-- / -->`);
    const page = `${text}\nis ${said.join(" and ")}`;
    const before = fill(page, benchesNotStored(root).map(figuresNotStored)).text;
    expect(before).toContain("not measured yet: `npm run bench -- workers --store`");
    const outcome = { ...SIDES, metrics, cases, versions: { Node: "1", [OURS]: "TensorFlow 2" } };
    storeBench(root, "workers", performance.now(), new MachineWatch(), outcome);
    const after = fill(before, [benchFigures(storedBenches(root)[0]!)]).text;
    expect(after).toContain("| AlexNet | 58 M | 400 (400) | 200 (200) | 100 (100) | 4.0 |");
    expect(after).toContain(
      "| CCT-2/3x2 | 100 | 90 (90) | 100 (100) | 80 (80) | 80 (80) | – | 0.90 | **1.13** | 1.13 |",
    );
    expect(after).toContain("text -->missed: CCT-2/3x2 beside DistributedDataParallel, SDPA and fused Adam (1.13)<!--");
    expect(after).toContain("text -->2100 ms, the median 500 ms, of 3 ends (goal: at most 2000 ms, missed)<!--");
    // 583 MB/s and 0.5 ms a hop: 2 · 7/8 · 12.8 MB and 14 hops; 80 ms of 16 images, so 5 ms each
    expect(after).toContain("| CCT-6/3x1, 10 Gbit/s | 45 (10) |");
  } finally {
    rmSync(root, { recursive: true });
  }
});
