/** Output: all of it, in order, to the cell that it belongs to. */
import { describe, expect, it } from "vitest";
import { examined, inLanguage, makeGate, runs, useKernel } from "../client.js";

const kernel = useKernel();
const numbers = (count: number): string => Array.from({ length: count }, (_, line) => `${line}\n`).join("");

describe("output", () => {
  it("delivers 5,000 printed lines, all, in order", async () => {
    const { stdout } = await runs(
      kernel(),
      inLanguage("for (let line = 0; line < 5_000; line++) console.log(line)", "for line in range(5000): print(line)"),
    );
    expect(stdout).toBe(numbers(5_000));
  });

  it("delivers 100,000 prints, all, in order", async () => {
    const { stdout } = await runs(
      kernel(),
      inLanguage(
        "for (let line = 0; line < 100_000; line++) console.log(line)",
        "for line in range(100000): print(line)",
      ),
    );
    expect(stdout).toBe(numbers(100_000));
  });

  it("delivers 10 MB in one print", async () => {
    const { stdout } = await runs(
      kernel(),
      inLanguage(`console.log("x".repeat(10_000_000))`, `print("x" * 10_000_000)`),
    );
    expect(stdout.length).toBe(10_000_001);
  });

  it("keeps stdout and stderr apart, and their order within each", async () => {
    const code = inLanguage(
      `console.log("a"); console.error("b"); console.log("c"); console.warn("d")`,
      `import sys; print("a"); print("b", file=sys.stderr); print("c"); print("d", file=sys.stderr)`,
    );
    const { stdout, stderr } = await runs(kernel(), code);
    expect([stdout, stderr]).toEqual(["a\nc\n", "b\nd\n"]);
  });

  it("shows output while the cell still runs", async () => {
    const gate = makeGate();
    const request = kernel().start(
      inLanguage(
        `console.log("early"); ${gate.awaits} console.log("late")`,
        `print("early")\n${gate.awaits}\nprint("late")`,
      ),
    );
    await request.printed("early");
    expect(request.reply).toBeUndefined();
    gate.open();
    expect((await request.done()).stdout).toBe("early\nlate\n");
  });

  it("shows output of synchronous code while it still computes", async () => {
    const gate = makeGate();
    const request = kernel().start(
      inLanguage(`console.log("early"); ${gate.computes}`, `print("early", flush=True)\n${gate.computes}`),
    );
    await request.printed("early");
    expect(request.reply).toBeUndefined();
    gate.open();
    await request.done();
  });

  it.skipIf(examined === "ipykernel")(
    "gives a timer's output to the cell that set it, not to the one running then (ipykernel: not from a thread)",
    async () => {
      const setter = kernel().start(
        inLanguage(
          `setTimeout(() => console.log("from the timer"), 300); 0`,
          `import threading, time; threading.Thread(target=lambda: (time.sleep(0.3), print("from the timer"))).start()`,
        ),
      );
      await setter.done();
      const other = await runs(
        kernel(),
        inLanguage(
          `await new Promise((resolve) => setTimeout(resolve, 900)); console.log("mine")`,
          `import time; time.sleep(0.9); print("mine")`,
        ),
      );
      await setter.printed("from the timer");
      expect(other.stdout).toBe("mine\n");
    },
  );
});
