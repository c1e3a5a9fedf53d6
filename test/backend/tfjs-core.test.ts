import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { exclusionsBySpec } from "./tfjs-core/exclusions.js";
import type { SuiteReport } from "./tfjs-core/suite.js";

const path = (relative: string) => new URL(relative, import.meta.url).pathname;
const FOLDER = path("../../node_modules/.cache/saccade");
const BUNDLE = `${FOLDER}/tfjs-core-suite.cjs`;

/** tfjs-node 4.22 leaves out 347 of the same specs (src/run_tests.ts, run on tfjs-core 4.22). */
const EXCLUDED_BY_TFJS_NODE = 347;

/** Kernels that read values (tfjs' own JavaScript kernels, which TensorFlow's backend borrows) or whose output's shape depends on data. */
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

/** Bundles tfjs-core's specs with tfjs-node's kernels and our binding. */
async function bundle(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await build({
    entryPoints: [path("./tfjs-core/suite.ts")],
    outfile: BUNDLE,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"], // one copy of tfjs-core, with its specs
    ignoreAnnotations: true, // the packages call their specs free of side effects
    external: ["koffi", "jasmine"],
    target: "es2020",
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    define: { "import.meta.url": "__filename" },
    logLevel: "warning",
  });
}

/** Runs the bundle in a process of its own. */
function run(...options: string[]): Promise<SuiteReport> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BUNDLE, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (code, signal) => {
      const last = output.trimEnd().split("\n").at(-1) ?? "";
      if (code === 0 && last.startsWith("{")) resolve(JSON.parse(last) as SuiteReport);
      else reject(new Error(`the suite ended with ${code ?? signal}: ${errors.slice(-2000)}`));
    });
  });
}

beforeAll(bundle);

describe("tfjs-core's own specs on our binding", () => {
  let report: SuiteReport;

  beforeAll(async () => {
    report = await run();
    const { tensorflow, passed, failed, excluded } = report;
    console.log(`tfjs-core's specs on TensorFlow ${tensorflow}: ${passed} passed, ${failed.length} failed, ${excluded.length} excluded`);
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
    report = await run("--compiled");
    const { passed, failed, excluded, kernels } = report;
    const runs = Object.values(kernels!.compiled).reduce((sum, count) => sum + count, 0);
    console.log(
      `tfjs-core's specs, every kernel traced and compiled: ${passed} passed, ${failed.length} failed, ${excluded.length} excluded; ` +
        `${Object.keys(kernels!.compiled).length} kernels in ${runs} runs; not compiled: ${Object.keys(kernels!.eager).sort().join(", ")}`,
    );
  }, 300_000);

  it("all pass that are not excluded by name", () => {
    expect(report.failed).toEqual([]);
    expect(report.needlesslyExcluded).toEqual([]);
  });

  it("only kernels whose output's shape depends on data, or that run in JavaScript, are not compiled", () => {
    const { compiled, eager } = report.kernels!;
    const never = Object.keys(eager).filter((kernel) => !(kernel in compiled)).sort();
    expect(never).toEqual(NEVER_COMPILED);
  });
});
