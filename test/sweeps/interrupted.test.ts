/** A sweep whose process is killed, interrupted, or has another beside it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { isAlive } from "../../lib/files/is-alive.js";

const script = fileURLToPath(new URL("../fixtures/sweeps/long-sweep.mjs", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "saccade-interrupted-"));
afterAll(() => rmSync(root, { recursive: true }));

interface Program {
  readonly child: ChildProcess;
  /** Its last line, or what it ended with. */
  ended(): Promise<string>;
}

function start(folder: string): Program {
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let [said, errors] = ["", ""];
  child.stdout!.on("data", (data) => (said += data));
  child.stderr!.on("data", (data) => (errors += data));
  const closed = once(child, "close");
  return {
    child,
    ended: async () => {
      const [code, signal] = await closed;
      return code === 0 ? said.trim().split("\n").at(-1)! : `${code ?? signal}: ${errors}`;
    },
  };
}

/** The processes of the trials that run, once two wait. */
async function twoWait(folder: string): Promise<number[]> {
  const processOf = (trial: number): number[] => {
    const file = join(folder, `long-000${trial}.jsonl`);
    const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    const last = lines.findLast((line) => line.startsWith('{"type"'));
    return last?.startsWith('{"type":"scalars"') ? [JSON.parse(last).values.process as number] : [];
  };
  await expect.poll(() => [...processOf(2), ...processOf(3)], { interval: 20 }).toHaveLength(2);
  return [...processOf(2), ...processOf(3)];
}

const ALL = JSON.stringify(Array(6).fill("finished"));

it("a sweep that was killed leaves no process, is refused to a second while it runs, and goes on", async () => {
  const folder = join(root, "killed");
  const first = start(folder);
  const processes = await twoWait(folder);
  expect(await start(folder).ended()).toContain(
    `run: folder must be one that no other sweep is running in, got ${folder}`,
  );
  first.child.kill("SIGKILL");
  expect(await first.ended()).toMatch(/^SIGKILL/);
  await expect.poll(() => processes.filter(isAlive), { interval: 20 }).toEqual([]);
  writeFileSync(join(folder, "long-0003.jsonl"), '{"type":"scal', { flag: "a" }); // killed within a line
  writeFileSync(join(folder, "go-on"), "");
  expect(await start(folder).ended()).toBe(ALL);
  const runs = [0, 1, 2, 3, 4].map(
    (trial) => readFileSync(join(folder, `long-000${trial}.jsonl`), "utf8").match(/^\{"type":"run"/gm)!.length,
  );
  expect(runs).toEqual([1, 1, 2, 2, 1]);
});

it("Ctrl-C ends a sweep in order: what ran is interrupted, what did not waits, and it goes on", async () => {
  const folder = join(root, "interrupted");
  const first = start(folder);
  const processes = await twoWait(folder);
  first.child.kill("SIGINT");
  expect(await first.ended()).toBe('["finished","finished","interrupted","interrupted","waiting","waiting"]');
  expect(processes.filter(isAlive)).toEqual([]);
  writeFileSync(join(folder, "go-on"), "");
  expect(await start(folder).ended()).toBe(ALL);
});
