import { beforeAll, describe, expect, it } from "vitest";
import { bundleSuite, runSuite } from "./tfjs-core/bundle.js";
import type { FallbackReport } from "./tfjs-core/fallback-suite.js";

/** What WebAssembly refuses in so many words. */
const REFUSALS = /Unknown dtype (complex64|string)|does not support dataFormat/;

/** What is left: none of it gives wrong numbers. */
const KNOWN = [
  // tfjs' check of a kernel's memory counts what kernels that are made of others hold while they run; nothing stays.
  "customGradient calling gradient of custom op twice works",
  "customGradient second order derivative through customGradient",
  "fused conv2d backProp input x=[2,3,3,1] f=[2,2,1,1] s=1 p=0",
  "fused conv2d gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0",
  "fused conv2d gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
  "fused depthwiseConv2D gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0",
  "fused depthwiseConv2D gradient x=[2,3,3,1] f=[2,2,1,1] s=1 p=0 with bias",
  "gradient registry register a kernel with gradient and call it", // counts data ids from 0
  "gradient registry register a kernel with gradient that specifies outputsToSave and call it",
  "logSigmoid gradient with clones",
  "logSoftmax 1D gradient",
  "slice2d throws when requesting out of bounds slice",
  "threshold method otsu",
  "threshold method otsu, inverted = true",
];

describe("tfjs-core's own specs on the WebAssembly fallback", () => {
  let report: FallbackReport;

  beforeAll(async () => {
    report = await runSuite<FallbackReport>(await bundleSuite("fallback-suite"));
    console.log(
      `tfjs-core's specs on WebAssembly: ${report.passed} passed, ${report.failed.length} failed, of these ` +
        `refused ${refused().length}`,
    );
  });

  const refused = () => report.failed.filter(({ message }) => REFUSALS.test(message));

  it("all pass but what it refuses and what is known", () => {
    const others = report.failed.filter(({ message }) => !REFUSALS.test(message)).map(({ name }) => name);
    expect(others.sort()).toEqual([...KNOWN].sort());
    expect(report.passed).toBeGreaterThan(4000);
  });
});
