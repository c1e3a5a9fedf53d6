import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { closingLines, countTests, type Counts } from "../../lib/cli/test.js";
import { ROOT, temporaryFolder, write } from "./project.js";

const report = (
  passed: number,
  failed: number,
  files: { status: string; assertionResults: { status: string }[] }[] = [],
): string => JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, testResults: files });

describe("countTests()", () => {
  it("takes the counts of the report", () => {
    expect(countTests(report(3, 0), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  });
  it("counts a file that could not be loaded as one failure", () => {
    expect(countTests(report(3, 0, [{ status: "failed", assertionResults: [] }]), 1)).toEqual({
      passed: 3,
      failed: 1,
      skipped: 0,
    });
  });
  it("does not count a failed test's file a second time", () => {
    expect(countTests(report(3, 1, [{ status: "failed", assertionResults: [{ status: "failed" }] }]), 1).failed).toBe(
      1,
    );
  });
  it("counts a bad end without a failed test, and a missing report, as failures", () => {
    expect(countTests(report(3, 0), 1).failed).toBe(1);
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe("closingLines()", () => {
  it("says how many were skipped, then the others in a line of their own, and keeps both", () => {
    const file = join(temporaryFolder(), "reports/run.line");
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect([
      closingLines({ passed: 3, failed: 0, skipped: 2 }, file),
      closingLines({ passed: 3, failed: 1, skipped: 0 }, file),
      closingLines({ passed: 0, failed: 0, skipped: 2 }, file),
    ]).toEqual([0, 1, 1]);
    expect(written.mock.calls.join("")).toBe(
      "2 skipped\n3 passed, 0 failed\n0 skipped\n3 passed, 1 failed\n2 skipped\n0 passed, 0 failed\n",
    );
    written.mockRestore();
    expect(readFileSync(file, "utf8")).toBe("2 skipped\n0 passed, 0 failed\n");
  });
});

/** .ci/run with an npm that leaves these reports and prints behind them; both runs end with the given status. */
function ci(
  reports: { readonly test?: Counts; readonly integration?: Counts },
  status = 0,
): { readonly lines: string[]; readonly status: number | null } {
  const root = temporaryFolder();
  cpSync(join(ROOT, ".ci"), join(root, ".ci"), { recursive: true });
  const leave = (name: string, counts: Counts | undefined) =>
    counts
      ? `printf '${counts.skipped} skipped\\n${counts.passed} passed, ${counts.failed} failed\\n' > ` +
        `.saccade/${name}-report.line`
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
  return { lines: stdout.trim().split("\n").slice(-2), status: code };
}

describe(".ci/run", () => {
  it("adds both runs: the skipped on the last line but one, the passed and the failed on the last", () => {
    expect(
      ci({ test: { passed: 30, failed: 0, skipped: 2 }, integration: { passed: 4, failed: 0, skipped: 5 } }),
    ).toEqual({ lines: ["7 skipped", "34 passed, 0 failed"], status: 0 });
    expect(
      ci({ test: { passed: 30, failed: 1, skipped: 0 }, integration: { passed: 4, failed: 2, skipped: 0 } }, 1),
    ).toEqual({ lines: ["0 skipped", "34 passed, 3 failed"], status: 1 });
  });
  it("counts a run that left no report, or that ended badly without a failed test, as one failure", () => {
    expect(ci({ test: { passed: 30, failed: 0, skipped: 2 } })).toEqual({
      lines: ["2 skipped", "30 passed, 1 failed"],
      status: 1,
    });
    expect(
      ci({ test: { passed: 30, failed: 0, skipped: 2 }, integration: { passed: 4, failed: 0, skipped: 0 } }, 1),
    ).toEqual({ lines: ["2 skipped", "34 passed, 2 failed"], status: 1 });
  });
});
