/** jupyter_kernel_test, all thirteen of its tests, nothing skipped. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernelSpec, pythonPath } from "../client.js";

const NAME = "examined";
const TESTS = [
  "clear_output",
  "completion",
  "display_data",
  "error",
  "execute_result",
  "execute_stderr",
  "execute_stdout",
  "history",
  "inspect",
  "is_complete",
  "kernel_info",
  "pager",
  "recv_iopub_welcome_msg",
];

const folder = mkdtempSync(join(tmpdir(), "jupyter-path-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let output = "";

beforeAll(async () => {
  mkdirSync(join(folder, "kernels", NAME), { recursive: true });
  writeFileSync(
    join(folder, "kernels", NAME, "kernel.json"),
    JSON.stringify({
      argv: kernelSpec("saccade").argv,
      display_name: NAME,
      language: "typescript",
      interrupt_mode: "message",
    }),
  );
  const env = { ...process.env, JUPYTER_PATH: folder, SACCADE_KERNEL_NAME: NAME, SACCADE_CACHE: folder };
  output = await new Promise((resolve) =>
    execFile(
      pythonPath(),
      ["-W", "ignore", "-m", "unittest", "-v", "test_saccade"],
      { cwd: import.meta.dirname, env },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    ),
  );
});

describe("jupyter_kernel_test", () => {
  for (const test of TESTS) {
    it(test, () => {
      const line = output.split("\n").find((each) => each.startsWith(`test_${test} `));
      expect(line ?? `not run:\n${output}`, output).toMatch(/\.\.\. ok$/);
      // a subtest's failure has no line of its own
      expect(output).not.toMatch(new RegExp(`^(FAIL|ERROR): test_${test} `, "m"));
    });
  }

  it("has these thirteen tests and no other, none skipped", () => {
    expect(TESTS).toHaveLength(13);
    expect(output).toMatch(/^Ran 13 tests/m);
    expect(output).not.toMatch(/skipped/);
  });
});
