import { beforeAll, describe, expect, it } from "vitest";
import { bundleSuite, runSuite } from "./tfjs-core/bundle.js";
import { exclusionsBySpec } from "./tfjs-core/exclusions.js";
import type { SuiteReport } from "./tfjs-core/suite.js";

/** tfjs-node 4.22 leaves out 347 of the same specs (src/run_tests.ts, run on tfjs-core 4.22). */
const EXCLUDED_BY_TFJS_NODE = 347;

// With every kernel compiled: test/integration/tfjs-core-compiled
describe("tfjs-core's own specs on our binding", () => {
  let report: SuiteReport;

  beforeAll(async () => {
    report = await runSuite<SuiteReport>(await bundleSuite("suite"));
    const { tensorflow, passed, failed, excluded } = report;
    console.log(
      `tfjs-core's specs on TensorFlow ${tensorflow}: ${passed} passed, ${failed.length} failed, ` +
        `${excluded.length} excluded`,
    );
  });

  it("all pass that are not excluded by name", () => {
    expect(report.failed).toEqual([]);
    expect(report.passed + report.excluded.length).toBeGreaterThanOrEqual(4225); // tfjs-core 4.22 has 4,225
  });

  it("has no exclusion that is not needed", () => {
    expect(report.needlesslyExcluded).toEqual([]);
  });

  it("excludes fewer than tfjs-node does", () => {
    expect(exclusionsBySpec(false).size).toBeLessThan(EXCLUDED_BY_TFJS_NODE);
  });
});
