import { beforeAll, describe, expect, it } from "vitest";
import { bundleSuite, runSuite } from "../backend/tfjs-core/bundle.js";
import type { SuiteReport } from "../backend/tfjs-core/suite.js";

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

describe("tfjs-core's own specs with every kernel compiled", () => {
  let report: SuiteReport;

  beforeAll(async () => {
    report = await runSuite<SuiteReport>(await bundleSuite("suite"), "--compiled");
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
