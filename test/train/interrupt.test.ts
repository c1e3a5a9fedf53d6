import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../fixtures/train/interrupted.mjs", import.meta.url));

function start(...args: string[]): { child: ChildProcess; line: () => Promise<string>; stderr: () => string } {
  const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr!.on("data", (data) => (errors += data));
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
  return { child, stderr: () => errors, line: async () => ((await lines.next()).value ?? "") as string };
}

describe("Ctrl-C in a script", () => {
  it("ends fit() after the current step, returns the history so far, and lets the script go on", async () => {
    const { child, line, stderr } = start();
    expect(await line()).toBe("third step");
    child.kill("SIGINT");
    expect(JSON.parse(await line())).toEqual({ endedBy: "signal", stopped: true, every: true, weights: 40 });
    const [code, signal] = await once(child, "exit");
    expect({ code, signal, stderr: stderr().trim() }).toEqual({
      code: 0,
      signal: null,
      stderr: "Interrupted: the run ends after this step. Ctrl-C again ends the process at once.",
    });
  });

  it("is taken anew by the next run, and ends the process the second time", async () => {
    const { child, line, stderr } = start("again");
    await line();
    child.kill("SIGINT");
    await line();
    expect(await line()).toBe("again");
    child.kill("SIGINT");
    while (stderr().match(/Interrupted/g)?.length !== 2) await once(child.stderr!, "data");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([null, "SIGINT"]);
  });
});
