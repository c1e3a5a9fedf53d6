/** While a cell stands at a line the kernel lives on: it answers, is interrupted, restarted and shut down. */
import { describe, expect, it } from "vitest";
import { FrontEnd, runs, start, useKernel } from "../client.js";

const kernel = useKernel();

/** A front end whose cell stands at its second line. */
async function stopped(code: string, line = 2) {
  const front = new FrontEnd(kernel());
  await front.attach();
  await front.breakAt(code, [line]);
  return { front, ...(await front.runToStop(code)) };
}

describe("at a stop", () => {
  it("heartbeat, completion and kernel_info answer, and what was printed is there", async () => {
    const { front, cell } = await stopped("console.log('before');\nconst answered = 1;\nanswered");
    await kernel().heartbeat();
    await cell.until(({ published }) => published.some(({ content }) => content["text"] === "before\n"));
    const { matches } = await kernel().complete("const word = 'a'; word.toUpp");
    expect(matches).toContain("toUpperCase");
    expect((await kernel().ask("kernel_info_request"))["status"]).toBe("ok");
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("1");
    await front.get("disconnect");
  });

  it("an interrupt ends the cell before another line runs, state is kept, and breakpoints stop again", async () => {
    const code = "const kept = 40;\nconsole.log('not printed');\nconst never = 1;";
    const { front, cell } = await stopped(code);
    await kernel().interrupt();
    const outcome = await cell.done();
    expect([outcome.status, outcome.stdout]).toEqual(["error", ""]);
    expect((await runs(kernel(), "kept + 2")).result).toBe("42");
    const again = await front.runToStop(code);
    expect((await front.lines())[0]).toMatch(/:2$/);
    await front.get("continue", { threadId: 1 });
    expect((await again.cell.done()).status).toBe("ok");
    await front.get("disconnect");
  });

  it.each([true, false])("an interrupt ends a loop that is looked at meanwhile (attached: %s)", async (attached) => {
    const front = new FrontEnd(kernel());
    if (attached) await front.attach();
    await runs(kernel(), "const looked = 1;");
    const cell = kernel().start("console.log('turns');\nwhile (true) {\n  [0].at(0);\n}");
    await cell.until(({ published }) => published.some(({ type }) => type === "stream"));
    const before = Array.from({ length: 5 }, () => front.ask("inspectVariables"));
    await kernel().interrupt();
    const after = Array.from({ length: 5 }, () => front.ask("inspectVariables"));
    expect((await cell.done()).status).toBe("error");
    await Promise.all(before); // answered: the interrupt may have ended one
    for (const { success } of await Promise.all(after)) expect(success).toBe(true);
    await front.get("disconnect");
  });

  it("an interrupt ends an evaluation without end, and the cell", async () => {
    const { front, cell } = await stopped("const looked = 1;\nconsole.log(looked);\nfor (;;) [0].at(0);");
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    const reply = front.ask("evaluate", {
      expression: "(() => { for (;;) [0].at(0); })()",
      frameId: stackFrames[0].id,
      context: "repl",
    });
    await kernel().interrupt();
    expect(await reply).toMatchObject({ success: false });
    expect((await cell.done()).status).toBe("error");
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
    await front.get("disconnect");
  });

  it("disconnecting lets the cell go on to its end", async () => {
    const { front, cell } = await stopped("const freed = 1;\nfreed + 1");
    await front.get("disconnect");
    expect((await cell.done()).result).toBe("2");
  });

  it("timers that fire meanwhile fire after it", async () => {
    const code = [
      "const fired: string[] = [];",
      "setTimeout(() => fired.push('timer'), 1);",
      "fired.push('line');",
      "await new Promise((resolve) => setTimeout(resolve, 5));",
      "fired",
    ].join("\n");
    const { front, cell } = await stopped(code, 3);
    await front.get("evaluate", { expression: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)" });
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("[ 'line', 'timer' ]");
    await front.get("disconnect");
  });

  it.each([true, false])("a shutdown (restart: %s) ends the kernel", async (restart) => {
    const own = await start();
    const front = new FrontEnd(own);
    await front.attach();
    const { cell } = await front.runToStop("debugger;\n1");
    const { reply, code, signal } = await own.shutdown(restart);
    expect(reply).toMatchObject({ status: "ok", restart });
    expect([code, signal]).toEqual([0, null]);
    expect(cell.reply?.content["status"]).toBe("error");
  });
});
