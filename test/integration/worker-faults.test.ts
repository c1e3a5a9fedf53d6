/** Workers that do not fit each other: each of them ends by one sentence that says so. */
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, expect, it, vi } from "vitest";
import { freePorts } from "../../lib/client/process.js";
import { ROOT, temporaryFolder } from "../cli/project.js";
import { fault, together } from "../train/cluster/processes.js";

afterEach(() => void vi.unstubAllEnvs());

const PROGRAM = `
  const told = await train.cluster().then(() => "no error", (error) => error.constructor.name + ": " + error.message);
  say(told.replaceAll(/127\\.0\\.0\\.1:\\d+/g, "an address"));`;

async function toldBy(count: number, more: Parameters<typeof together>[2]): Promise<unknown[]> {
  const ended = await together(count, PROGRAM, more);
  expect(ended.map(fault)).toEqual(Array.from({ length: count }, () => null));
  return ended.map(({ said }) => said[0] as unknown);
}

it("other versions", async () => {
  const copy = temporaryFolder();
  for (const name of ["dist/lib", "dist/vendor", "package.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  const about = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
  writeFileSync(join(copy, "package.json"), JSON.stringify({ ...about, version: "0.0.1" }));
  const libraries = [ROOT, copy].map((root) => pathToFileURL(join(root, "dist/lib/index.js")).href);
  const told = await toldBy(2, { libraries });
  const rule = "Error: cluster: the versions must be the same in all processes, got ";
  expect(told[0]).toContain(`${rule}saccade ${about.version}, TensorFlow `);
  expect(told[0]).toMatch(/, saccade 0\.0\.1, TensorFlow [\d.]+ at worker 1 \(an address\)$/);
  expect(told[1]).toBe(told[0]);
});

it("other lists of processes", async () => {
  vi.stubEnv("SACCADE_CLUSTER_TIMEOUT", "5");
  const worker = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const lists = [worker.slice(0, 2), worker, worker];
  const configs = lists.map((list, index) => ({ cluster: { worker: list }, task: { type: "worker", index } }));
  const rule = "Error: cluster: TF_CONFIG must name the same processes in each of them, got 2 and 3";
  const told = await toldBy(3, { configs });
  expect(told).toContain(rule);
  // one that has not met another list sees that a process has ended, or does not come
  for (const other of told) expect(other).toMatch(/^Error: cluster: (TF_CONFIG|every worker) must .*, got.*$/);
});

it("the same list in another order", async () => {
  vi.stubEnv("SACCADE_CLUSTER_TIMEOUT", "5");
  const worker = (await freePorts(2)).map((port) => `127.0.0.1:${port}`);
  const configs = [worker, worker.toReversed()].map((list) => ({
    cluster: { worker: list },
    task: { type: "worker", index: 0 },
  }));
  const rule = "Error: cluster: TF_CONFIG must name the same processes in each of them, got others, or another order";
  expect(await toldBy(2, { configs })).toContain(rule);
});
