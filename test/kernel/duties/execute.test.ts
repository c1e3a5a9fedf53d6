/** Execute requests: order, counts, silence, history flags, user expressions, what an error does to what is queued. */
import { describe, expect, it } from "vitest";
import { examined, inLanguage, runs, useKernel } from "../client.js";

const kernel = useKernel();
const print = (text: string): string =>
  inLanguage(`console.log(${JSON.stringify(text)})`, `print(${JSON.stringify(text)})`);
const fail = inLanguage(`throw new Error("wrong")`, `raise Exception("wrong")`);
const slow = inLanguage(`await new Promise((resolve) => setTimeout(resolve, 300))`, `import time; time.sleep(0.3)`);

describe("execute", () => {
  it(
    "publishes busy, execute_input, output, result and idle in this order, each with the request as " + "parent",
    async () => {
      const { published, reply } = await runs(kernel(), `${print("hi")}\n1 + 1`);
      expect(published.map(({ type, content }) => (type === "status" ? content["execution_state"] : type))).toEqual([
        "busy",
        "execute_input",
        "stream",
        "execute_result",
        "idle",
      ]);
      expect(published[1]!.content).toMatchObject({
        code: `${print("hi")}\n1 + 1`,
        execution_count: reply.content["execution_count"],
      });
      expect(published[3]!.content).toMatchObject({
        data: { "text/plain": "2" },
        execution_count: reply.content["execution_count"],
      });
      for (const message of [...published, reply]) expect(message.signed).toBe(true);
    },
  );

  it("counts one up for each cell", async () => {
    const counts = [];
    for (let cell = 0; cell < 3; cell++) counts.push((await runs(kernel(), "1")).reply.content["execution_count"]);
    expect(counts[1]! - counts[0]!).toBe(1);
    expect(counts[2]! - counts[1]!).toBe(1);
  });

  it("does not count an empty cell, and answers it", async () => {
    const before = (await runs(kernel(), "1")).reply.content["execution_count"];
    for (const empty of ["", "  \n "]) expect((await kernel().execute(empty)).status).toBe("ok");
    expect((await runs(kernel(), "1")).reply.content["execution_count"]).toBe(before + 1);
  });

  it("publishes nothing but status for a silent request, and does not count it", async () => {
    const before = (await runs(kernel(), "1")).reply.content["execution_count"];
    const silent = await kernel().execute("1 + 1", { silent: true });
    expect(silent.status).toBe("ok");
    expect(silent.published.map(({ type }) => type)).toEqual(["status", "status"]);
    expect((await runs(kernel(), "1")).reply.content["execution_count"]).toBe(before + 1);
  });

  it("answers user expressions, a failing one by itself", async () => {
    await runs(kernel(), inLanguage("const width = 6", "width = 6"));
    const { reply } = await kernel().execute("", { userExpressions: { double: "width * 2", wrong: "nowhere" } });
    expect(reply.content["status"]).toBe("ok");
    expect(reply.content["user_expressions"].double).toMatchObject({ status: "ok", data: { "text/plain": "12" } });
    expect(reply.content["user_expressions"].wrong).toMatchObject({ status: "error" });
  });

  it("replies with ename, evalue and traceback, and publishes the same as an error message", async () => {
    const { reply, error } = await kernel().execute(fail);
    expect(reply.content).toMatchObject({ status: "error", ename: inLanguage("Error", "Exception"), evalue: "wrong" });
    expect(reply.content["traceback"].length).toBeGreaterThan(0);
    expect(error).toMatchObject({
      ename: reply.content["ename"],
      evalue: "wrong",
      traceback: reply.content["traceback"],
    });
  });

  it("aborts what was queued before the error", async () => {
    const requests = [
      kernel().start(`${slow}\n${fail}`),
      kernel().start(print("queued")),
      kernel().start(print("queued too")),
    ];
    const [first, second, third] = await Promise.all(requests.map((request) => request.done()));
    expect([first!.status, second!.status, third!.status]).toEqual(["error", "aborted", "aborted"]);
    expect(second!.reply.content, "no execution count: the cell never ran").toEqual({ status: "aborted" });
    expect(second!.stdout + third!.stdout).toBe("");
  });

  it("runs a cell that is sent right after an error's reply", async () => {
    const failed = kernel().start(fail);
    await failed.replied();
    const next = await kernel().execute(print("after"));
    expect([next.status, next.stdout]).toEqual(["ok", "after\n"]);
  });

  it("goes on after an error where stop_on_error is false", async () => {
    const requests = [kernel().start(`${slow}\n${fail}`, { stopOnError: false }), kernel().start(print("goes on"))];
    const [first, second] = await Promise.all(requests.map((request) => request.done()));
    expect([first!.status, second!.status, second!.stdout]).toEqual(["error", "ok", "goes on\n"]);
  });

  it("answers a kernel_info that was queued behind a failing cell", async () => {
    const failed = kernel().start(`${slow}\n${fail}`);
    const info = kernel().request("kernel_info_request");
    await failed.done();
    expect((await info.replied()).content["status"]).toBe("ok");
  });

  it("runs queued cells one after the other, their busy and idle not overlapping", async () => {
    const requests = [1, 2, 3].map((number) => kernel().start(`${slow}\n${print(`cell ${number}`)}`));
    await Promise.all(requests.map((request) => request.done()));
    const ids = requests.map(({ id }) => id);
    const states = kernel().received.filter(
      ({ channel, type, parent }) => channel === "iopub" && type === "status" && ids.includes(parent.msg_id!),
    );
    expect(states.map(({ content, parent }) => `${content["execution_state"]} ${ids.indexOf(parent.msg_id!)}`)).toEqual(
      ["busy 0", "idle 0", "busy 1", "idle 1", "busy 2", "idle 2"],
    );
  });

  it("publishes the result before idle, also after much output", async () => {
    const loop = inLanguage(
      `for (let line = 0; line < 2_000; line++) console.log(line);\n"end"`,
      `for line in range(2000): print(line)\n"end"`,
    );
    const { published } = await runs(kernel(), examined === "ipykernel" ? loop.replace(`\n"end"`, `\n\n"end"`) : loop);
    expect(published.at(-1)!.content["execution_state"]).toBe("idle");
    expect(published.at(-2)!.type).toBe("execute_result");
  });
});
