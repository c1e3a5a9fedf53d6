/** A sweep's records, read back without running anything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweeps } from "saccade";
import { afterAll, expect, it } from "vitest";

const root = mkdtempSync(join(tmpdir(), "saccade-read-sweep-"));
afterAll(() => rmSync(root, { recursive: true }));

it("read() gives what run() gave", async () => {
  const folder = join(root, "whole");
  const ran = await sweeps.run({
    name: "squares",
    folder,
    space: sweeps.grid({ i: [0, 1, 2] }),
    trial: async ({ config, report }) => {
      await report(1, { half: config.i / 2 });
      if (config.i === 2) throw new Error("too many");
      return { square: config.i ** 2, texts: ["a"] };
    },
    metric: "square",
    processes: 1,
    progress: false,
  });
  const read = (await sweeps.read(folder, { metric: "square" }))!;
  expect(read.trials).toEqual(ran.trials);
  expect(read.rows()).toEqual(ran.rows());
  expect(read.best()).toEqual(ran.trials[1]);
  expect([read.name, read.folder, read.interrupted]).toEqual(["squares", folder, false]);
  expect(read.seconds).toBe(ran.trials.reduce((sum, { seconds }) => sum + seconds!, 0));
  rmSync(join(folder, "squares-0001.jsonl"));
  const part = (await sweeps.read(folder))!;
  expect(part.trials.map(({ status }) => status)).toEqual(["finished", "waiting", "failed"]);
  expect(part.interrupted).toBe(true);
  expect(part.best()).toBeUndefined();
});

it("read() gives undefined where no sweep has begun, and refuses what is none", async () => {
  expect(await sweeps.read(join(root, "nowhere"))).toBeUndefined();
  writeFileSync(join(root, "sweep.json"), "{}");
  await expect(sweeps.read(root)).rejects.toThrow(`read: ${join(root, "sweep.json")} must be a sweep's file`);
});
