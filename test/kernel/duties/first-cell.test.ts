/** An interrupt of a kernel's first cell, and of cells that turn on async_hooks' own checks. */
import { afterEach, describe, expect, it } from "vitest";
import { examined, runs, start, type LaunchedKernel } from "../client.js";

let kernel: LaunchedKernel | undefined;
afterEach(async () => {
  await kernel?.shutdown();
  kernel = undefined;
});

/** Cells that compute after something asynchronous. */
const CELLS: readonly (readonly [string, string])[] = [
  ["computes after an await", `await null; console.log("started"); while (true) {}`],
  [
    "computes in a timer",
    `setTimeout(() => { console.log("started"); while (true) {} }, 1); await new Promise(() => {})`,
  ],
  [
    "computes within an AsyncLocalStorage of its own",
    `import { AsyncLocalStorage } from "node:async_hooks"; await null;
     new AsyncLocalStorage<number>().run(1, () => { console.log("started"); while (true) {} })`,
  ],
  [
    "computes behind a hook that it has enabled and disabled",
    `import { createHook } from "node:async_hooks"; createHook({ init() {} }).enable().disable().enable(); await null;
     console.log("started"); while (true) {}`,
  ],
];

describe.skipIf(examined === "ipykernel")("an interrupt of a kernel's first cell (ipykernel: no such cells)", () => {
  it.each(CELLS)("that %s ends the cell and keeps the kernel", async (_what, code) => {
    kernel = await start();
    const cell = kernel.start(code);
    await cell.printed("started");
    await kernel.interrupt();
    const ended = await Promise.race([cell.done().then(({ status }) => status), kernel.launched.exited]);
    expect(ended).toBe("error");
    expect((await runs(kernel, "6 * 7")).result).toBe("42");
  });
});
