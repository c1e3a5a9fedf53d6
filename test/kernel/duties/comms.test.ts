/** Comms from both sides. TypeScript: `comms` opens and registers targets. */
import { describe, expect, it } from "vitest";
import { inLanguage, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("comms", () => {
  it("a target registered in a cell gets what the front end opens, and answers with buffers", async () => {
    await runs(
      kernel(),
      inLanguage(
        `comms.register("echo", (comm, open) => { comm.send({ opened: open.data }); comm.onMessage((message) ` +
          "=> { comm.send({ echo: message.data }, { buffers: message.buffers }); }); });",
        `from ipykernel.comm import CommManager
def opened(comm, message):
    comm.send({"opened": message["content"]["data"]})
    @comm.on_msg
    def _(message):
        comm.send({"echo": message["content"]["data"]}, buffers=message["buffers"])
get_ipython().kernel.comm_manager.register_target("echo", opened)`,
      ),
    );
    const open = kernel().request("comm_open", { comm_id: "c1", target_name: "echo", data: { x: 1 } });
    expect((await open.message("comm_msg")).content).toEqual({ comm_id: "c1", data: { opened: { x: 1 } } });
    const sent = kernel().request(
      "comm_msg",
      { comm_id: "c1", data: { y: 2 } },
      { buffers: [new Uint8Array([1, 2, 3])] },
    );
    const echo = await sent.message("comm_msg");
    expect(echo.content).toEqual({ comm_id: "c1", data: { echo: { y: 2 } } });
    expect([...echo.buffers[0]!]).toEqual([1, 2, 3]);
    await sent.message("status", ({ content }) => content["execution_state"] === "idle");
  });

  it("comm_info lists the open ones, by target too, until they are closed", async () => {
    const info = async (target?: string) =>
      (await kernel().ask("comm_info_request", target === undefined ? {} : { target_name: target }))["comms"];
    expect(await info()).toEqual({ c1: { target_name: "echo" } });
    expect(await info("other")).toEqual({});
    await kernel()
      .request("comm_close", { comm_id: "c1", data: {} })
      .message("status", ({ content }) => content["execution_state"] === "idle");
    expect(await info()).toEqual({});
  });

  it("an unknown target is closed again", async () => {
    const open = kernel().request("comm_open", { comm_id: "c2", target_name: "nowhere", data: {} });
    expect((await open.message("comm_close")).content["comm_id"]).toBe("c2");
  });

  it("a comm opened in a cell reaches the front end, and hears it", async () => {
    const cell = kernel().start(
      inLanguage(
        `const heard: unknown[] = []; const mine = comms.open("front.target", { data: { hello: 1 } }); ` +
          "mine.onMessage((message) => { heard.push(message.data); });",
        `from comm import create_comm
heard = []
mine = create_comm(target_name="front.target", data={"hello": 1})
mine.on_msg(lambda message: heard.append(message["content"]["data"]))`,
      ),
    );
    const open = await cell.message("comm_open");
    expect(open.content).toMatchObject({ target_name: "front.target", data: { hello: 1 } });
    await cell.done();
    await kernel()
      .request("comm_msg", { comm_id: open.content["comm_id"], data: "back" })
      .message("status", ({ content }) => content["execution_state"] === "idle");
    expect((await runs(kernel(), "heard")).result).toMatch(/back/);
  });

  it("output of a comm's handler belongs to the comm message", async () => {
    await runs(
      kernel(),
      inLanguage(
        `comms.register("printer", () => { console.log("in the handler"); });`,
        `get_ipython().kernel.comm_manager.register_target("printer", lambda comm, message: print("in the handler"))`,
      ),
    );
    const open = kernel().request("comm_open", { comm_id: "c3", target_name: "printer", data: {} });
    await open.printed("in the handler");
  });
});
