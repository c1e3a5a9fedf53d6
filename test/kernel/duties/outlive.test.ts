/** The kernel outlives what cells do to `process`, and shows the errors that come late all the same. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examined, runs, start, type LaunchedKernel } from "../client.js";

/** What cells and packages do, one after the other in one kernel. */
const DEEDS: readonly (readonly [string, string])[] = [
  ["a listener that throws the error on", `process.on("uncaughtException", (error) => { throw error; });`],
  ["one that throws on a rejection", `process.on("unhandledRejection", (reason) => { throw reason; });`],
  ["removing every listener", `process.removeAllListeners();`],
  ["a monitor that throws", `process.on("uncaughtExceptionMonitor", (error) => { throw error; });`],
  ["a capture callback that throws", `process.setUncaughtExceptionCaptureCallback((error) => { throw error; });`],
  ["taking it away", `process.setUncaughtExceptionCaptureCallback(null);`],
  [
    "replacing Node's own handler",
    `Object.assign(process, { _fatalException: null, reallyExit: () => 0, abort: null });`,
  ],
  ["replacing its methods", `Object.assign(process, { emit: () => false, on: null, exit: () => 0, nextTick: null });`],
  ["a working folder that is gone", `process.chdir(mkdtempSync(join(tmpdir(), "gone-"))); rmdirSync(process.cwd());`],
  ["an empty environment", `process.env = {};`],
  [
    "an exit listener that throws",
    `EventEmitter.prototype.on.call(process, "exit", () => { throw new Error("exit"); });`,
  ],
  ["losing its prototype", `Object.setPrototypeOf(process, null);`],
  ["freezing it", `Object.freeze(process);`],
  ["replacing it", `Object.assign(globalThis, { process: undefined });`],
];

const LATE = `setTimeout(() => { throw new Error("thrown late"); }, 1);
void Promise.reject(new Error("rejected"));
await new Promise((resolve) => setTimeout(resolve, 20)); "alive"`;

describe.skipIf(examined === "ipykernel")("after a cell's deed to process (ipykernel: has none)", () => {
  let kernel: LaunchedKernel;
  beforeAll(async () => {
    kernel = await start();
    await runs(
      kernel,
      `import { mkdtempSync, rmdirSync } from "node:fs"; import { tmpdir } from "node:os";
       import { join } from "node:path"; import { EventEmitter } from "node:events"; 0`,
    );
  });
  afterAll(() => kernel.kill());

  it.each(DEEDS)(
    "%s: a late error and a rejection are shown, once each, and the next cell runs",
    async (_what, deed) => {
      await runs(kernel, `{ ${deed} }`);
      const { outputs, result } = await kernel.execute(LATE);
      const shown = outputs.filter(({ type }) => type === "error").map(({ content }) => content["evalue"]);
      expect(shown.toSorted()).toEqual(["rejected", "thrown late"]);
      expect(result).toBe("'alive'");
    },
  );

  it("an interrupt still ends a cell that computes, and shutdown the process in order", async () => {
    const cell = kernel.start(`console.log("started"); while (true) {}`);
    await cell.printed("started");
    await kernel.interrupt();
    expect((await cell.done()).status).toBe("error");
    expect(await kernel.shutdown()).toMatchObject({ code: 0, signal: null });
  });
});

describe.skipIf(examined === "ipykernel")("a cell that ends the process (ipykernel: its own way)", () => {
  it.each([
    ["process.abort()", "process.abort() ended the kernel", 134],
    [`process.kill(process.pid); await new Promise(() => {})`, "SIGTERM ended the kernel", 0],
  ])("%s: its reply says so, and the process ends in order", async (code, evalue, status) => {
    const kernel = await start();
    const { error } = await kernel.execute(code);
    expect(error).toMatchObject({ ename: "ProcessExit", evalue });
    expect(await kernel.launched.exited).toEqual({ code: status, signal: null });
    kernel.close();
  });

  it("a callback that captures errors gets those that are thrown, and the kernel shows none of them", async () => {
    const kernel = await start();
    await runs(
      kernel,
      `process.setUncaughtExceptionCaptureCallback((error) => { console.log("caught", error.message); });`,
    );
    const { stdout, outputs } = await kernel.execute(LATE);
    expect(stdout).toBe("caught thrown late\n");
    expect(outputs.filter(({ type }) => type === "error")).toHaveLength(1); // the rejection
    await kernel.shutdown();
  });
});
