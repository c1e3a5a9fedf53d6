/** What protocol 5.4 asks beside running cells. */
import { describe, expect, it } from "vitest";
import { examined, KernelClient, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("protocol", () => {
  it.skipIf(examined === "ipykernel")("each front end is welcomed on iopub (JEP 65; ipykernel: not)", async () => {
    const second = new KernelClient(kernel().connection);
    try {
      await second.ready();
      const welcome = second.received.find(({ type }) => type === "iopub_welcome");
      expect(welcome?.content).toEqual({ subscription: "" });
    } finally {
      second.close();
    }
  });

  it("a debug request is answered on the control channel, and kernel_info tells of it", async () => {
    const reply = await kernel().ask(
      "debug_request",
      { type: "request", seq: 1, command: "debugInfo", arguments: {} },
      { channel: "control" },
    );
    expect(reply).toMatchObject({ type: "response", success: true, command: "debugInfo" });
    const info = await kernel().ask("kernel_info_request");
    expect(info["supported_features"]).toContain("debugger");
  });

  it("every request has busy and idle of its own around its reply", async () => {
    for (const [type, content] of [
      ["kernel_info_request", {}],
      ["complete_request", { code: "1", cursor_pos: 1 }],
      ["inspect_request", { code: "1", cursor_pos: 1, detail_level: 0 }],
      ["is_complete_request", { code: "1" }],
      ["history_request", { hist_access_type: "tail", n: 1, output: false, raw: true }],
      ["comm_info_request", {}],
    ] as const) {
      const request = kernel().request(type, content);
      const { reply, published } = await request.done();
      expect(reply.type).toBe(type.replace("_request", "_reply"));
      expect(
        published.map((message) => message.content["execution_state"]),
        type,
      ).toEqual(["busy", "idle"]);
    }
  });

  it("replies carry the requester's session in their parent, whoever else asks", async () => {
    const second = new KernelClient(kernel().connection);
    try {
      await second.ready();
      const requests = [kernel(), second, kernel(), second].map((client) =>
        client.request("is_complete_request", { code: "1" }),
      );
      const replies = await Promise.all(requests.map((request) => request.replied()));
      expect(replies.map(({ parent }) => parent.session)).toEqual([
        kernel().session,
        second.session,
        kernel().session,
        second.session,
      ]);
      expect(
        second.received.every(({ channel, parent }) => channel === "iopub" || parent.session === second.session),
      ).toBe(true);
    } finally {
      second.close();
    }
  });

  it("fifty requests of many kinds at once all get their replies", async () => {
    const requests = Array.from({ length: 50 }, (_, index) =>
      index % 3 === 0
        ? kernel().start("1 + 1")
        : kernel().request(index % 3 === 1 ? "complete_request" : "is_complete_request", { code: "1", cursor_pos: 1 }),
    );
    await Promise.all(requests.map((request) => request.done()));
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
});
