/** The programs and the arithmetic of the bench of sweeps; what they measure is the bench's business. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SWEEP_SPACE, sweepTimes } from "../../lib/bench/sweep/sweep-cases.js";
import type * as Contenders from "../../lib/bench/sweep/sweep-contenders.js";
import { ROOT } from "../cli/project.js";

it("runs study 6's 48 settings", () => {
  expect(SWEEP_SPACE.configs).toHaveLength(48);
});

it("tells the time of runs from that of starts, of gaps and of the end, by hand", () => {
  const run = (process: number, beganMs: number, endedMs: number) => ({ process, beganMs, endedMs, loss: 1 });
  const runs = [run(1, 3_000, 5_000), run(1, 5_500, 8_000), run(2, 4_000, 7_000)];
  // process 1 starts after 2 s and waits 0.5 s; process 2 starts after 3 s and ends 1 s before the other
  expect(sweepTimes(runs, 1_000)).toEqual({ wall: 7, runs: 7.5, start: 5, between: 0.5, tail: 1 });
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
    const size = { runs: 4, images, epochs: 1, rounds: 1 };
    const { runs } = await ourSweep({ root: ROOT, python: "", data, scratch, size }, 1);
    expect(runs).toHaveLength(4);
    expect(runs.every(({ loss, beganMs, endedMs }) => Number.isFinite(loss) && endedMs > beganMs)).toBe(true);
    expect(new Set(runs.map(({ loss }) => loss)).size).toBe(4);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
