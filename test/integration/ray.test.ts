/** A sweep as jobs of a real Ray cluster of one machine. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../../lib/client/process.js";
import { isAlive } from "../../lib/files/is-alive.js";
import { temporaryFolder, toolEnv, venv } from "./tools.js";

const script = fileURLToPath(new URL("../fixtures/sweeps/cluster-sweep.mjs", import.meta.url));
const folder = temporaryFolder();
/** Of a short name: Ray's sockets lie deep in it, and a socket's path has at most 107 bytes. */
const rayFolder = mkdtempSync("/tmp/ray-");
let cluster: ChildProcess;
let address: string;

beforeAll(async () => {
  const [port, dashboard, agent] = await freePorts(3);
  address = `http://127.0.0.1:${dashboard}`;
  const ports = [`--port=${port}`, `--dashboard-port=${dashboard}`, `--dashboard-agent-listen-port=${agent}`];
  cluster = spawn(
    join(venv, "bin/ray"),
    ["start", "--head", "--block", ...ports, "--num-cpus=4", "--disable-usage-stats", `--temp-dir=${rayFolder}`],
    { stdio: "ignore", env: toolEnv },
  );
  const answers = async (): Promise<boolean> => {
    if (cluster.exitCode !== null) throw new Error(`ray start ended with ${cluster.exitCode}`);
    return (await fetch(`${address}/api/jobs/`).catch(() => undefined))?.ok ?? false;
  };
  while (!(await answers())) await sleep(200); // it ends with the cluster, if that does not come up
});
afterAll(async () => {
  const closed = cluster.exitCode === null ? once(cluster, "close") : undefined;
  cluster.kill("SIGTERM"); // it ends all that it has started
  await closed;
  rmSync(rayFolder, { recursive: true, force: true, maxRetries: 3 });
});

const processesOf = (sweep: string): number[] => {
  const file = join(sweep, "cluster-0003.processes");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").map(Number) : [];
};
const begun = (sweep: string, trial: number): number =>
  readFileSync(join(sweep, `cluster-000${trial}.begun`), "utf8")
    .trim()
    .split("\n").length;

it("runs four configs, of which one fails, one ends its process and one is cancelled, once each", async () => {
  const sweep = join(folder, "four");
  const { stdout } = await promisify(execFile)(process.execPath, [script, sweep, address]);
  const trials = JSON.parse(stdout.trim().split("\n").at(-1)!) as Record<string, unknown>[];
  expect(trials).toMatchObject([
    { status: "finished", metrics: { value: 0, square: 0 } },
    { status: "failed", error: "Error: this one fails" },
    { status: "failed", error: "the process ended with exit code 3" },
    { status: "finished", step: 1, metrics: { value: 3 } },
  ]);
  expect([0, 1, 2, 3].map((trial) => begun(sweep, trial))).toEqual([1, 1, 1, 1]);
  expect(processesOf(sweep)).toHaveLength(2);
  await expect.poll(() => processesOf(sweep).filter(isAlive)).toEqual([]);
});

it("goes on after its own process was killed, and ends the jobs that it had begun", async () => {
  const sweep = join(folder, "killed");
  const first = spawn(process.execPath, [script, sweep, address, "wait"], { stdio: "ignore" });
  await expect.poll(() => processesOf(sweep)).toHaveLength(2);
  first.kill("SIGKILL");
  await once(first, "close");
  const { stdout } = await promisify(execFile)(process.execPath, [script, sweep, address]);
  const trials = JSON.parse(stdout.trim().split("\n").at(-1)!) as { readonly status: string }[];
  expect(trials.map(({ status }) => status)).toEqual(["finished", "failed", "failed", "finished"]);
  await expect.poll(() => processesOf(sweep).filter(isAlive)).toEqual([]);
});
