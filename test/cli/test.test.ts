import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { closingLines, countTests, type Counts } from "../../lib/cli/test.js";
import { ROOT, temporaryFolder, write } from "./project.js";

const report = (passed: number, failed: number, files: object[] = []): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, testResults: files });
const file = (assertionResults: object[], message = "") => ({
  name: "/home/someone/project/test/room/file.test.ts",
  status: "failed",
  message,
  assertionResults,
});
const failedTest = { status: "failed", fullName: "add() adds", failureMessages: ["Error: got 3\n    at add"] };
/** Counts of which none failed. */
const counted = (passed: number, failed = 0, skipped = 0, failures: string[] = []): Counts => ({
  passed,
  failed,
  skipped,
  failures,
});

describe("countTests()", () => {
  it("takes the counts of the report", () => {
    expect(countTests(report(3, 0), 0)).toEqual(counted(3));
  });
  it("counts a file that could not be loaded as one failure, and says why", () => {
    expect(countTests(report(3, 0, [file([], "SyntaxError: no\n at x")]), 1)).toEqual(
      counted(3, 1, 0, ["failed: test/room/file.test.ts > could not be loaded: SyntaxError: no"]),
    );
  });
  it("does not count a failed test's file a second time, and names the test", () => {
    expect(countTests(report(3, 1, [file([failedTest, { status: "passed", fullName: "add() ends" }])]), 1)).toEqual(
      counted(3, 1, 0, ["failed: test/room/file.test.ts > add() adds: Error: got 3"]),
    );
  });
  it("counts a bad end without a failed test, and a missing report, as failures", () => {
    expect(countTests(report(3, 0), 1)).toEqual(counted(3, 1, 0, ["failed: the run ended with status 1"]));
    expect(countTests(undefined, 0)).toEqual(counted(0, 1, 0, ["failed: the run left no report"]));
  });
});

describe("closingLines()", () => {
  it("names what failed, says how many were skipped, then the others in a line of their own, and keeps all", () => {
    const file = join(temporaryFolder(), "reports/run.line");
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect([
      closingLines(counted(3, 0, 2), file),
      closingLines(counted(0, 0, 2), file),
      closingLines(counted(3, 1, 0, ["failed: one"]), file),
    ]).toEqual([0, 1, 1]);
    expect(written.mock.calls.join("")).toBe(
      "2 skipped\n3 passed, 0 failed\n2 skipped\n0 passed, 0 failed\nfailed: one\n0 skipped\n3 passed, 1 failed\n",
    );
    written.mockRestore();
    expect(readFileSync(file, "utf8")).toBe("0 skipped\n3 passed, 1 failed\nfailed: one\n");
  });
});

/** .ci/run with an npm that leaves these reports and prints behind them; both runs end with the given status. */
function ci(
  reports: { readonly test?: Counts; readonly integration?: Counts },
  status = 0,
  kept = 2,
): { readonly lines: string[]; readonly status: number | null } {
  const root = temporaryFolder();
  cpSync(join(ROOT, ".ci"), join(root, ".ci"), { recursive: true });
  const leave = (name: string, counts: Counts | undefined) =>
    counts
      ? `printf '${counts.skipped} skipped\\n${counts.passed} passed, ${counts.failed} failed\\n` +
        `${counts.failures.map((one) => `${one}\\n`).join("")}' > .saccade/${name}-report.line`
      : ":";
  write(root, {
    "bin/npm":
      `#!/bin/sh\nmkdir -p .saccade\nif [ "$1" = test ]; then ${leave("test", reports.test)}; else ` +
      `${leave("integration", reports.integration)}; fi\necho "npm notice"\nexit ${status}\n`,
    "bin/chromium": "",
  });
  for (const name of ["npm", "chromium"]) chmodSync(join(root, "bin", name), 0o755);
  const env = { ...process.env, PATH: `${join(root, "bin")}${delimiter}${process.env["PATH"]}`, SACCADE_MIRROR: root };
  const { stdout, status: code } = spawnSync("bash", [join(root, ".ci/run")], { encoding: "utf8", env });
  return { lines: stdout.trim().split("\n").slice(-kept), status: code };
}

describe(".ci/run", () => {
  it("adds both runs: the skipped on the last line but one, the passed and the failed on the last", () => {
    expect(ci({ test: counted(30, 0, 2), integration: counted(4, 0, 5) })).toEqual({
      lines: ["7 skipped", "34 passed, 0 failed"],
      status: 0,
    });
    expect(ci({ test: counted(30, 1, 0), integration: counted(4, 2, 0) }, 1)).toEqual({
      lines: ["0 skipped", "34 passed, 3 failed"],
      status: 1,
    });
  });
  it("names what failed in both before the counts", () => {
    expect(
      ci({ test: counted(30, 2, 0, ["failed: a", "failed: b"]), integration: counted(4, 1, 0, ["failed: c"]) }, 1, 5),
    ).toEqual({ lines: ["failed: a", "failed: b", "failed: c", "0 skipped", "34 passed, 3 failed"], status: 1 });
  });
  it("counts a run that left no report, or that ended badly without a failed test, as one failure", () => {
    expect(ci({ test: counted(30, 0, 2) })).toEqual({
      lines: ["2 skipped", "30 passed, 1 failed"],
      status: 1,
    });
    expect(ci({ test: counted(30, 0, 2), integration: counted(4, 0, 0) }, 1)).toEqual({
      lines: ["2 skipped", "34 passed, 2 failed"],
      status: 1,
    });
  });
});
