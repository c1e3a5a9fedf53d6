import { describe, expect, it } from "vitest";
import { countTests } from "../../lib/cli/test.js";

const report = (passed: number, failed: number, files: { status: string; assertionResults: { status: string }[] }[] = []): string =>
  JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, testResults: files });

describe("countTests()", () => {
  it("takes the counts of the report", () => {
    expect(countTests(report(3, 0), 0)).toEqual({ passed: 3, failed: 0, skipped: 0 });
  });
  it("counts a file that could not be loaded as one failure", () => {
    expect(countTests(report(3, 0, [{ status: "failed", assertionResults: [] }]), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });
  it("does not count a failed test's file a second time", () => {
    expect(countTests(report(3, 1, [{ status: "failed", assertionResults: [{ status: "failed" }] }]), 1).failed).toBe(1);
  });
  it("counts a bad end without a failed test, and a missing report, as failures", () => {
    expect(countTests(report(3, 0), 1).failed).toBe(1);
    expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
