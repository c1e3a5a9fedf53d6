/** What every kernel test starts from: one kernel per file, launched before its tests and ended after them. */
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launch, type LaunchedKernel } from "../../lib/cli/bench/client/client.js";
import { KERNELS, kernelSpec, type KernelName } from "../../lib/cli/bench/client/kernels.js";
import type { LaunchOptions } from "../../lib/cli/bench/client/process.js";

export * from "../../lib/cli/bench/client/client.js";
export * from "../../lib/cli/bench/client/kernels.js";
export * from "../../lib/cli/bench/client/process.js";
export * from "../../lib/cli/bench/client/request.js";
export * from "../../lib/cli/bench/client/wire.js";

/** Which kernel the tests examine: SACCADE_TEST_KERNEL=ipykernel shows that an expectation is the protocol's and not ours. */
export const examined = (process.env["SACCADE_TEST_KERNEL"] ?? "saccade") as KernelName;
if (!KERNELS.includes(examined)) throw new RangeError(`SACCADE_TEST_KERNEL: must be one of ${KERNELS.join(", ")}, got ${examined}`);

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
