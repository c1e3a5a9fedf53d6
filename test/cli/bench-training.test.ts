/** The programs that the bench of networks times; what they measure is the bench's business. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configOf, NETWORK_CASES } from "../../lib/cli/bench/training/cases.js";
import { WorkerProcess } from "../../lib/cli/bench/training/worker-process.js";
import { BENCH_VENV } from "../../lib/cli/setup/bench.js";

const root = join(import.meta.dirname, "../..");
const ours = () => new WorkerProcess(process.execPath, [join(root, "dist/lib/cli/bench/training/worker.js")]);

async function stepsOf(worker: WorkerProcess, request: object): Promise<{ parameters: number; ms: number[] }> {
  try {
    const { parameters } = await worker.ask<{ parameters: number }>({ open: request });
    return { parameters, ...(await worker.ask<{ ms: number[] }>({ run: 2 })) };
  } finally {
    await worker.end();
  }
}

describe("the bench's programs", () => {
  it.each(["compiled", "eager"])("ours takes steps of a network, %s", async (variant) => {
    const { parameters, ms } = await stepsOf(ours(), { case: "mynet", batch: 2, training: true, variant });
    expect(parameters).toBe(117_930);
    expect(ms.map((each) => each > 0)).toEqual([true, true]);
  });

  it("PyTorch's has our networks' parameters", async () => {
    const python = join(root, BENCH_VENV, "bin/python");
    if (!existsSync(python)) return void console.log(`skipped: no ${BENCH_VENV} (npm run bench -- training makes it)`);
    for (const network of NETWORK_CASES.filter(({ name }) => ["mynet", "vit_small", "cct_2_3x2"].includes(name))) {
      const peer = new WorkerProcess(python, [join(root, "lib/cli/bench/training/peer.py")]);
      const request = { network: network.network, config: configOf(network), batch: 2, training: false, variant: "best", threads: 1 };
      expect([network.name, (await stepsOf(peer, request)).parameters]).toEqual([network.name, { mynet: 117_930, vit_small: 159_498, cct_2_3x2: 283_723 }[network.name]]);
    }
  });

  it("a process that dies says with what", async () => {
    const worker = new WorkerProcess(process.execPath, ["-e", "console.error('no such thing'); process.exit(3)"]);
    await expect(worker.ask({ run: 1 })).rejects.toThrow(/ended with 3: no such thing/);
  });
});
