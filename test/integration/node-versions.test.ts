import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../lib/client/kernel-specs.js";
import { otherNodes } from "../../lib/setup/nodes.js";

const root = projectRoot();
/** Where Node itself has a part: native code, its threads and ends, garbage collection, WebAssembly, the inspector. */
const FILES = [
  "test/backend/compile/compile.test.ts",
  "test/backend/compile/gradients.test.ts",
  "test/backend/copies.test.ts",
  "test/backend/fallback-specs.test.ts",
  "test/backend/heap.test.ts",
  "test/backend/leaks.test.ts",
  "test/backend/library.test.ts",
  "test/backend/node.test.ts",
  "test/backend/process-end.test.ts",
  "test/backend/saved-model.test.ts",
  "test/backend/terminated.test.ts",
  "test/backend/tfjs-core.test.ts",
  "test/cli/imports.test.ts",
  "test/kernel/debug",
  "test/kernel/duties/children.test.ts",
  "test/kernel/duties/first-cell.test.ts",
  "test/kernel/duties/interrupt.test.ts",
  "test/kernel/duties/lifecycle.test.ts",
  "test/kernel/duties/outlive.test.ts",
  "test/kernel/duties/process.test.ts",
  "test/kernel/language/node-globals.test.ts",
  "test/kernel/language/packages.test.ts",
  "test/kernel/language/reload.test.ts",
  "test/kernel/values/to-bundle.test.ts",
];

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Runs tests under another Node. @throws Error where no report came */
function runTests(node: string): Promise<Report> {
  const options = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "test/vitest.config.ts",
    "--reporter=json",
    "--maxWorkers=1",
    ...FILES,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(node, options, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (code) => {
      const start = output.indexOf('{"num');
      if (start < 0) reject(new Error(`vitest ended with ${code}: ${errors.slice(-2000)}`));
      else resolve(JSON.parse(output.slice(start)) as Report);
    });
  });
}

const nodes = otherNodes(root);
if (nodes.length === 0)
  console.log(
    "the tests under other versions of Node did not run: npm has no packages of Node for this platform, " +
      "or they could not be had",
  );

describe.runIf(nodes.length > 0)("the tests of backend, compile, debugger, interrupts and a kernel's ends", () => {
  it.each(nodes)("pass under Node $version", async ({ version, program }) => {
    const { testResults, numPassedTests } = await runTests(program);
    const failures = testResults
      .filter(({ status }) => status !== "passed")
      .map(({ name, message, assertionResults }) => ({
        name,
        message,
        failed: assertionResults
          .filter(({ status }) => status === "failed")
          .map(({ fullName, failureMessages }) => [fullName, ...failureMessages]),
      }));
    expect(failures).toEqual([]);
    expect(numPassedTests).toBeGreaterThan(300);
    console.log(`Node ${version}: ${numPassedTests} tests passed`);
  });
});
