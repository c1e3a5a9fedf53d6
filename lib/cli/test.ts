/** `npm test`: set-up, every test, and the counts in one line at the end. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandOf } from "./command-line.js";
import { ensureSetup } from "../setup/index.js";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: string;
    /** Why the file could not be loaded. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** How many tests ended how. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** A line for each that failed, its first words with it: a log is read from its end. */
  readonly failures: readonly string[];
}

const USAGE = {
  command: "test",
  does: "Sets up, and runs the tests: all, or those of the files named.",
  words: "[FILE…] [VITEST'S OPTIONS]",
  options: {},
  more: "Options pass on to vitest: -t NAME, --reporter NAME, …",
};

export const run = commandOf(
  USAGE,
  (args) => args,
  async (args, project) => {
    await ensureSetup(project, []); // what could not be set up is said, and the tests that need it say so too
    const file = join(project.root, ".saccade/test-report.json");
    mkdirSync(join(project.root, ".saccade"), { recursive: true });
    rmSync(file, { force: true });
    rmSync(join(project.root, ".saccade/test-report.line"), { force: true });
    const vitest = join(project.root, "node_modules/vitest/vitest.mjs");
    const options = [
      "run",
      "--config",
      "test/vitest.config.ts",
      "--reporter=default",
      "--reporter=./test/skipped.ts",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ];
    const code = await new Promise<number>((resolve) => {
      const child = spawn(process.execPath, [vitest, ...options, ...args], { cwd: project.root, stdio: "inherit" });
      child.on("error", () => resolve(1)).on("close", (status) => resolve(status ?? 1));
    });
    const counts = countTests(existsSync(file) ? readFileSync(file, "utf8") : undefined, code);
    return closingLines(counts, join(project.root, ".saccade/test-report.line"));
  },
);

/**
 * Prints what failed in a run and its counts, those skipped first and then the others in a line of their own. A file
 * keeps the counts and then what failed for .ci/run, behind which npm may print.
 * @returns the exit status: 0 where something passed and nothing failed
 */
export function closingLines({ passed, failed, skipped, failures }: Counts, file: string): number {
  const [counts, named] = [
    `${skipped} skipped\n${passed} passed, ${failed} failed\n`,
    failures.map((one) => `${one}\n`).join(""),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, counts + named);
  process.stdout.write(named + counts);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/**
 * The counts of vitest's JSON report. A file that could not be loaded is one failure, and so is a run that ended
 * badly although no test failed (an unhandled rejection) or that left no report.
 */
export function countTests(report: string | undefined, exitCode: number): Counts {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0, failures: ["failed: the run left no report"] };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(report) as Report;
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((one) => one.status === "failed"),
  ).length;
  const failed = numFailedTests + broken;
  const badEnd = failed === 0 && exitCode !== 0;
  return {
    passed: numPassedTests,
    failed: badEnd ? 1 : failed,
    skipped: numPendingTests,
    failures: badEnd ? [`failed: the run ended with status ${exitCode}`] : failuresOf(testResults),
  };
}

function failuresOf(files: Report["testResults"]): string[] {
  return files
    .filter(({ status }) => status === "failed")
    .flatMap(({ name, message = "", assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === "failed");
      return failed.length === 0
        ? [failureLine(name, "could not be loaded", message)]
        : failed.map(({ fullName, failureMessages = [] }) => failureLine(name, fullName, failureMessages[0] ?? ""));
    });
}

function failureLine(file: string, test: string, message: string): string {
  return `failed: ${file.replace(/^.*\/(?=test\/)/, "")} > ${test}: ${message.split("\n")[0]!.slice(0, 300)}`;
}
