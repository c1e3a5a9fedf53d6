/** Interrupts, by message and by SIGINT, of everything a cell can be doing; state is kept and nothing runs on. */
import { describe, expect, it } from "vitest";
import { examined, inLanguage, runs, useKernel, type LaunchedKernel } from "../client.js";

const kernel = useKernel();

type Ways = readonly (readonly [string, (kernel: LaunchedKernel) => unknown])[];
const WAYS: Ways = [
  ["an interrupt_request", (busy) => busy.interrupt()],
  ["SIGINT", (busy) => busy.signal("SIGINT")],
];

/** ipykernel takes interrupt_request only where its kernelspec says so: by signal it is. */
const ways = examined === "ipykernel" ? WAYS.slice(1) : WAYS;
const print = inLanguage(`console.log("started")`, `print("started", flush=True)`);

/** Cells that never end by themselves. */
const ENDLESS: readonly (readonly [string, string])[] =
  examined === "ipykernel"
    ? [
        ["a busy loop", `${print}\nwhile True: pass`],
        ["a sleep", `import time; ${print}\ntime.sleep(1000)`],
      ]
    : [
        ["a busy loop", `${print}\nwhile (true) {}`],
        ["a busy loop after an await", `await 1;\n${print}\nwhile (true) {}`],
        ["an endless microtask loop", `${print}\nwhile (true) await null;`],
        ["a loop that awaits a timer", `${print}\nfor (;;) await new Promise((resolve) => setTimeout(resolve, 5));`],
        ["a promise that never settles", `${print}\nawait new Promise(() => {});`],
        [
          "a busy loop in a timer's callback",
          `await new Promise<void>(() => setTimeout(() => { ${print}; while (true) {} }, 10));`,
        ],
        ["a loop that prints", `${print}\nfor (let line = 0; ; line++) console.log("line " + line);`],
        ["a wait for SharedArrayBuffer", `${print}\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`],
        [
          "a loop that swallows errors",
          `${print}\nfor (;;) { try { await new Promise((resolve) => setTimeout(resolve, 5)); } catch {} }`,
        ],
      ];

describe("interrupt", () => {
  for (const [way, interrupt] of ways) {
    for (const [what, code] of ENDLESS) {
      it(`ends ${what} by ${way}, with state kept`, async () => {
        await runs(kernel(), inLanguage("let kept = 42", "kept = 42"));
        const request = kernel().start(code);
        await request.printed("started");
        await interrupt(kernel());
        const { status, reply } = await request.done();
        expect(status).toBe("error");
        expect(reply.content["ename"]).toMatch(/Interrupt/);
        expect((await runs(kernel(), "kept")).result).toBe("42");
      });
    }
  }

  it("leaves nothing of an interrupted async loop running", async ({ skip }) => {
    skip(examined === "ipykernel", "a loop of its own in Python needs a task, which ipykernel leaves running");
    await runs(kernel(), "let turns = 0");
    const request = kernel().start(
      `console.log("started"); for (;;) { turns++; await new Promise((resolve) => setTimeout(resolve, 5)); }`,
    );
    await request.printed("started");
    await kernel().interrupt();
    await request.done();
    const first = (await runs(kernel(), "turns")).result;
    await runs(kernel(), "await new Promise((resolve) => setTimeout(resolve, 200))");
    expect((await runs(kernel(), "turns")).result).toBe(first);
  });

  it("ends fifty loops one after the other", async () => {
    for (let round = 0; round < 50; round++) {
      const request = kernel().start(
        inLanguage(
          `console.log("started"); ${round % 2 ? "await 0; " : ""}while (true) {}`,
          `${print}\nwhile True: pass`,
        ),
      );
      await request.printed("started");
      await ways[round % ways.length]![1](kernel());
      expect((await request.done()).status).toBe("error");
    }
  });

  it("aborts the cells that were queued behind the interrupted one, and runs the next", async () => {
    const request = kernel().start(ENDLESS[0]![1]);
    const queued = kernel().start("1");
    await request.printed("started");
    await ways[0]![1](kernel());
    expect([(await request.done()).status, (await queued.done()).status]).toEqual(["error", "aborted"]);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });

  it.skipIf(examined === "ipykernel")(
    "of native work in flight is answered at once; the cell ends with it, and the next cell waits " +
      "(ipykernel: has no such work)",
    async () => {
      const cell = kernel().start(
        `import koffi from "koffi"; const usleep = koffi.load("libc.so.6").func("int usleep(unsigned int)"); ` +
          `console.log("started"); await new Promise<void>((resolve) => usleep.async(2_500_000, () => ` +
          `resolve())); console.log("not reached");`,
      );
      await cell.printed("started");
      await kernel().interrupt();
      expect(cell.reply).toBeUndefined(); // the interrupt was heard while the call goes on
      const next = kernel().start("1 + 1");
      const outcome = await cell.done();
      expect([outcome.status, outcome.stdout]).toEqual(["error", "started\n"]);
      expect(next.reply === undefined || next.reply.at >= outcome.reply.at).toBe(true);
      expect((await next.done()).status).toMatch(/ok|aborted/);
    },
  );

  it("of an idle kernel changes nothing", async () => {
    for (const [, interrupt] of ways) await interrupt(kernel());
    await kernel().signalsHeard();
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    const slow = await runs(
      kernel(),
      inLanguage("await new Promise((resolve) => setTimeout(resolve, 200)); 7", "import time; time.sleep(0.2); 7"),
    );
    expect(slow.result).toBe("7");
  });
});
