import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectAt, temporaryFolder, write } from "./project.js";
import { type Asked, runWorkers } from "../../lib/cli/train-workers/run-workers.js";

const script = `
const { cluster, task } = JSON.parse(process.env.TF_CONFIG);
console.log(JSON.stringify([cluster.worker.length, new Set(cluster.worker).size, task, process.argv.slice(2)]));
console.log(process.env.TF_NUM_INTRAOP_THREADS === process.env.TF_NUM_INTEROP_THREADS);
if (process.argv[2] === "fails" && task.index === 1) process.exit(7);
if (process.argv[2] === "fails once" && cluster.worker.length === 3 && task.index === 2) process.kill(process.pid, 9);
if (process.argv[2] === "hangs" && task.index === 0) process.kill(process.pid, "SIGSTOP");
if (process.argv[2] === "hangs" && task.index === 1) setTimeout(() => process.exit(1), 300);
if (process.argv[2] !== "ends" && cluster.worker.length === 3) setInterval(() => {}, 1000);
`;

/** Runs the script, and gives the exit code and what was shown. */
async function shown(
  args: readonly string[],
  stop = new AbortController(),
  onOutput = (_: string): void => {},
  again: Partial<Asked> = {},
) {
  const root = temporaryFolder();
  write(root, { "script.mjs": script });
  const said = { out: "", err: "" };
  const asked = { workers: 3, restarts: 0, workersAfter: 3, script: join(root, "script.mjs"), args, ...again };
  const code = await runWorkers(asked, projectAt(root), stop.signal, {
    out: (text) => onOutput((said.out += text)),
    err: (text) => void (said.err += text),
  });
  return { code, ...said };
}

const lines = (args: readonly string[]) =>
  [0, 1, 2].flatMap((index) => {
    const name = index === 0 ? "" : `worker ${index}: `;
    return [`${name}${JSON.stringify([3, 3, { type: "worker", index }, args])}`, `${name}true`];
  });

describe("train-workers", () => {
  it("gives each process its TF_CONFIG and its share of the threads, and names what the others print", async () => {
    const { code, out, err } = await shown(["ends", "--epochs", "3"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out.trim().split("\n").sort()).toEqual(lines(["ends", "--epochs", "3"]).sort());
  });

  it("ends all when one fails, and names it", async () => {
    const { code, err } = await shown(["fails"]);
    expect({ code, err }).toEqual({
      code: 1,
      err: "train-workers: worker 1 ended with exit code 7; the others are ended too\n",
    });
  });

  it("starts all anew when one has failed, in as many processes as asked for and as often", async () => {
    const again = { restarts: 2, workersAfter: 2 };
    const { code, out, err } = await shown(["fails once"], undefined, undefined, again);
    expect({ code, err }).toEqual({
      code: 0,
      err:
        "train-workers: worker 2 ended with SIGKILL; the others are ended too\n" +
        "train-workers: begins anew with 2 workers\n",
    });
    expect(out).toContain('worker 1: [2,2,{"type":"worker","index":1},["fails once"]]\n');
    const failure = "train-workers: worker 1 ended with exit code 7; the others are ended too\n";
    expect(await shown(["fails"], undefined, undefined, { restarts: 1, workersAfter: 3 })).toMatchObject({
      code: 1,
      err: `${failure}train-workers: begins anew with 3 workers\n${failure}`,
    });
  });

  it("ends one that hangs, too", async () => {
    expect(await shown(["hangs"])).toMatchObject({ code: 1 });
  });

  it("interrupts all when it is interrupted itself", async () => {
    const stop = new AbortController();
    const { code, err } = await shown(["goes on"], stop, (out) => {
      if (out.match(/true\n/g)?.length === 3) stop.abort();
    });
    expect({ code, err }).toEqual({ code: 130, err: "" });
  });

  it.each([
    [["--workers", "0", "a.mjs"], "train-workers: --workers must be a whole number above 0, got 0"],
    [["--restarts", "1.5", "a.mjs"], "train-workers: --restarts must be a whole number of 0 or more, got 1.5"],
    [["--workers-after", "2", "a.mjs"], "train-workers: --workers-after must come with --restarts, got none"],
    [["--timeout", "soon", "a.mjs"], "train-workers: --timeout must be a whole number above 0, got soon"],
    [["--workers", "2"], "train-workers: SCRIPT must be a file, got none"],
    [["--epochs", "2", "a.mjs"], "train-workers: Unknown option '--epochs'"],
    [["nothing.mjs", "--workers", "2"], "train-workers: SCRIPT must be a file, got nothing.mjs"],
  ])("takes no %j", async (args, message) => {
    const { run } = await import("../../lib/cli/train-workers.js");
    const said: string[] = [];
    const { error } = console;
    console.error = (text: string) => said.push(text);
    try {
      expect(await run(args, projectAt(temporaryFolder()))).toBe(2);
    } finally {
      console.error = error;
    }
    expect(said.join("\n")).toContain(message);
  });
});
