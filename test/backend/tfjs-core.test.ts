import { beforeAll, describe, expect, it } from "vitest";
import { bundleSuite, runSuite } from "./tfjs-core/bundle.js";
import { exclusionsBySpec } from "./tfjs-core/exclusions.js";
import type { SuiteReport } from "./tfjs-core/suite.js";

/** tfjs-node 4.22 leaves out 347 of the same specs (src/run_tests.ts, run on tfjs-core 4.22). */
const EXCLUDED_BY_TFJS_NODE = 347;

/**
 * Kernels that read values (tfjs' own JavaScript kernels, which TensorFlow's backend borrows) or whose output's shape
 * depends on data.
 */
const NEVER_COMPILED = [
  "BitwiseAnd",
  "DenseBincount",
  "MaxPoolWithArgmax",
  "NonMaxSuppressionV3",
  "NonMaxSuppressionV5",
  "RaggedGather",
  "RaggedRange",
  "RaggedTensorToTensor",
  "SearchSorted",
  "SparseFillEmptyRows",
  "SparseReshape",
  "SparseSegmentMean",
  "SparseSegmentSum",
  "StringNGrams",
  "StringSplit",
  "StringToHashBucketFast",
  "Transform",
  "Unique",
];

let bundle: string;
beforeAll(async () => {
  bundle = await bundleSuite("suite");
});

describe("tfjs-core's own specs on our binding", () => {
  let report: SuiteReport;

  beforeAll(async () => {
    report = await runSuite<SuiteReport>(bundle);
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

describe("tfjs-core's own specs with every kernel compiled", () => {
  let report: SuiteReport;

  beforeAll(async () => {
    report = await runSuite<SuiteReport>(bundle, "--compiled");
    const { passed, failed, excluded, kernels } = report;
    const runs = Object.values(kernels!.compiled).reduce((sum, count) => sum + count, 0);
    console.log(
      `tfjs-core's specs, every kernel traced and compiled: ${passed} passed, ${failed.length} failed, ` +
        `${excluded.length} excluded; ` +
        `${Object.keys(kernels!.compiled).length} kernels in ${runs} runs; not compiled: ` +
        `${Object.keys(kernels!.eager).sort().join(", ")}`,
    );
  });

  it("all pass that are not excluded by name", () => {
    expect(report.failed).toEqual([]);
    expect(report.needlesslyExcluded).toEqual([]);
  });

  it("only kernels whose output's shape depends on data, or that run in JavaScript, are not compiled", () => {
    const { compiled, eager } = report.kernels!;
    const never = Object.keys(eager)
      .filter((kernel) => !(kernel in compiled))
      .sort();
    expect(never).toEqual(NEVER_COMPILED);
  });
});
