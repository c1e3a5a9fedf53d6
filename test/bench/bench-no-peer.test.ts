/** `npm run bench -- training` where no package can be had. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, temporaryFolder, whyNoPython } from "../cli/project.js";

const PROGRAM = (root: string, args: readonly string[]): string => `
import { run } from ${JSON.stringify(join(ROOT, "dist/lib/cli/bench.js"))};
import { openJobs } from ${JSON.stringify(join(ROOT, "lib/cli/bootstrap/jobs.mjs"))};
import { withLock } from ${JSON.stringify(join(ROOT, "lib/cli/bootstrap/lock.mjs"))};
import { startProgress } from ${JSON.stringify(join(ROOT, "lib/cli/bootstrap/progress.mjs"))};
const lockFile = ${JSON.stringify(join(root, "lock"))};
const project = { root: ${JSON.stringify(root)}, lockFile, withLock, startProgress, jobs: openJobs(lockFile) };
process.exit(await run(${JSON.stringify(args)}, project));
`;

/** A package index that refuses every connection, and none beside it. */
const NO_INDEX = {
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  PIP_EXTRA_INDEX_URL: "",
  PIP_FIND_LINKS: "",
  PIP_CONFIG_FILE: "/dev/null",
  PIP_RETRIES: "0",
};

const why = whyNoPython();
if (why !== undefined) console.log(`skipped: ${why}`);

describe.skipIf(why !== undefined)("bench without PyTorch", () => {
  it("says so, prints ours alone with peer null, stores nothing and exits with 1", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "notebooks"));
    symlinkSync(join(ROOT, "lib"), join(root, "lib"));
    const env = { ...process.env, ...NO_INDEX, PIP_CACHE_DIR: join(root, "pip-cache") };
    const { code, stdout, stderr } = await ended(
      ["training", "--only", "mynet", "--batch", "2", "--quick", "--json"],
      root,
      env,
    );
    const without = "Without it, npm run bench -- training and inference print our own figures alone.";
    expect(stderr).toContain(without);
    const [before, after] = stderr.split(without);
    expect(before).toMatch(/PyTorch for the bench: pip install ended with 1: /);
    expect(after).toContain("could not be reached");
    expect(stderr).toContain("bench training: PyTorch cannot be had here, so ours stands alone");
    const rows = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      expect(Object.keys(row)).toEqual(["case", "metric", "ours", "peer", "ratio", "n"]);
      expect(row).toMatchObject({ case: "mynet", peer: null, ratio: null });
    }
    expect(rows[0]).toMatchObject({
      metric: "training step, batch 2, ms: ours / PyTorch as written",
      ours: expect.any(Number),
      n: 12,
    }); // four rounds of three steps
    expect(code).toBe(1);
    expect(existsSync(join(root, "notebooks/results"))).toBe(false);
  });
});

function ended(
  args: readonly string[],
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM(root, args)], { env, cwd: root });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => (stdout += text.toString()));
    child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}
