/** What every kernel test starts from: one kernel per file, launched before its tests and ended after them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from "vitest";
import { launch, type LaunchedKernel } from "../../lib/client/launched-kernel.js";
import { KERNELS, kernelSpec, type KernelName } from "../../lib/client/kernel-specs.js";
import type { LaunchOptions } from "../../lib/client/process.js";

export * from "../../lib/client/client.js";
export * from "../../lib/client/front-end.js";
export * from "../../lib/client/launched-kernel.js";
export * from "../../lib/client/kernel-specs.js";
export * from "../../lib/client/process.js";
export * from "../../lib/client/request.js";
export * from "../../lib/client/message-frames.js";

/**
 * Which kernel the tests examine: SACCADE_TEST_KERNEL=ipykernel shows that an expectation is the protocol's and not
 * ours.
 */
export const examined = (process.env["SACCADE_TEST_KERNEL"] ?? "saccade") as KernelName;
if (!KERNELS.includes(examined))
  throw new RangeError(`SACCADE_TEST_KERNEL: must be one of ${KERNELS.join(", ")}, got ${examined}`);

/** The same statement in the examined kernel's language. */
export function inLanguage(typescript: string, python: string): string {
  return examined === "ipykernel" ? python : typescript;
}

/** Launches the examined kernel, ready for requests. */
export async function start(options: LaunchOptions = {}): Promise<LaunchedKernel> {
  const kernel = await launch(kernelSpec(examined), options);
  try {
    await kernel.ready();
  } catch (error) {
    await kernel.kill();
    throw new Error(`${examined} did not answer; it wrote:\n${kernel.launched.log()}`, { cause: error });
  }
  return kernel;
}

/** One kernel for all tests of a file; a test that ended it gets the next one a fresh one. */
export function useKernel(options: LaunchOptions | (() => LaunchOptions) = {}): () => LaunchedKernel {
  let kernel: LaunchedKernel | undefined;
  const make = async (): Promise<void> => {
    kernel = await start(typeof options === "function" ? options() : options);
  };
  beforeAll(make);
  afterEach(async () => {
    if (kernel?.running) {
      kernel.onInput = undefined;
      return;
    }
    kernel?.close();
    await make();
  });
  afterAll(async () => {
    await kernel?.shutdown();
  });
  return () => kernel!;
}

/**
 * What a cell computes or awaits until the test opens it, or ends: however long the machine takes for what is asked
 * meanwhile.
 */
export function makeGate(): { readonly computes: string; readonly awaits: string; readonly open: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "gate-"));
  const file = JSON.stringify(join(folder, "open"));
  const isClosed = inLanguage(`!require("node:fs").existsSync(${file})`, `not os.path.exists(${file})`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const open = (): void => writeFileSync(join(folder, "open"), "");
  onTestFinished(open);
  return {
    computes: inLanguage(`while (${isClosed});`, `import os\nwhile ${isClosed}: pass`),
    awaits: inLanguage(
      `while (${isClosed}) await new Promise((resolve) => setTimeout(resolve, 5));`,
      `import os, time\nwhile ${isClosed}: time.sleep(0.005)`,
    ),
    open,
  };
}

/** Runs a cell that must succeed. */
export async function runs(kernel: LaunchedKernel, code: string) {
  const outcome = await kernel.execute(code);
  expect(outcome.error?.["traceback"]?.join("\n") ?? outcome.status, code).toBe("ok");
  return outcome;
}

/** Runs a cell that must fail, and returns the error message's content. */
export async function fails(kernel: LaunchedKernel, code: string) {
  const outcome = await kernel.execute(code);
  expect(outcome.status, `${code} must fail; it printed ${outcome.stdout}${outcome.result ?? ""}`).toBe("error");
  expect(outcome.error, `${code}: no error message`).toBeDefined();
  return outcome.error!;
}
