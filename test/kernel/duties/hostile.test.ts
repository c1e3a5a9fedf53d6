/** Messages that are forged, torn or senseless: the kernel drops them, says nothing to their sender, and lives. */
import { describe, expect, it } from "vitest";
import { encode, examined, inLanguage, makeHeader, runs, sign, useKernel, type Content } from "../client.js";

const kernel = useKernel();
const channels = ["shell", "control", "stdin"] as const;

/** Sends the frames on each channel, then shows that the kernel still answers and ran nothing. */
async function survives(
  make: (frames: Buffer[]) => (Buffer | string)[],
  content: Content = execute(`console.log("forged")`),
): Promise<void> {
  const client = kernel();
  const received = client.received.length;
  for (const channel of channels)
    client.sendFrames(
      channel,
      make(encode(client.connection.key, makeHeader("execute_request", client.session), {}, {}, content)),
    );
  expect((await runs(client, "1 + 1")).result).toBe("2");
  expect((await client.ask("kernel_info_request", {}, { channel: "control" }))["status"]).toBe("ok");
  expect(
    client.received.slice(received).filter(({ type, content }) => type === "stream" && content["name"] === "stdout"),
  ).toEqual([]);
}

function execute(code: string): Content {
  return {
    code: inLanguage(code, `print("forged")`),
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: false,
    stop_on_error: true,
  };
}

describe("a hostile message does not kill, mute or move the kernel", () => {
  it("with a wrong signature", () => survives(([delimiter, , ...rest]) => [delimiter!, "0".repeat(64), ...rest]));
  it("with a signature of another length", () => survives(([delimiter, , ...rest]) => [delimiter!, "abc", ...rest]));
  it("with no signature", () => survives(([delimiter, , ...rest]) => [delimiter!, "", ...rest]));
  it("with a signature that is not ASCII", () =>
    survives(([delimiter, , ...rest]) => [delimiter!, Buffer.alloc(64, 0xff), ...rest]));
  it("without a delimiter", () => survives(([, ...rest]) => rest));
  it("with only a delimiter", () => survives(([delimiter]) => [delimiter!]));
  it("with one empty frame", () => survives(() => [""]));
  it("with frames missing at its end", () => survives((frames) => frames.slice(0, 4)));
  it("with a header that is no JSON, signed or not", async () => {
    await survives(([delimiter, signature, , ...rest]) => [delimiter!, signature!, "{", ...rest]);
    const { key } = kernel().connection;
    const parts = ["{", "{}", "{}", "{}"];
    await survives(([delimiter]) => [
      delimiter!,
      sign(
        key,
        parts.map((part) => Buffer.from(part)),
      ),
      ...parts,
    ]);
  });
  it("rightly signed, with JSON that is no message", async () => {
    for (const parts of [
      ["null", "null", "null", "null"],
      ["[]", "1", '"x"', "[]"],
      [`{"msg_type":7,"msg_id":{}}`, "{}", "{}", "{}"],
    ]) {
      await survives(([delimiter]) => [
        delimiter!,
        sign(
          kernel().connection.key,
          parts.map((part) => Buffer.from(part)),
        ),
        ...parts,
      ]);
    }
  });
  it("of an unknown type", async () => {
    for (const channel of channels) kernel().request("teleport_request", {}, { channel });
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
  it("of a known type without its fields", async () => {
    for (const type of [
      "complete_request",
      "inspect_request",
      "is_complete_request",
      "history_request",
      "comm_msg",
      "comm_close",
      "comm_open",
      "execute_request",
      "input_reply",
    ])
      kernel().request(type, {});
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
  it("with fields of another kind", async () => {
    for (const type of ["complete_request", "inspect_request", "is_complete_request"])
      kernel().request(type, { code: 7, cursor_pos: "x", detail_level: {} });
    kernel().request("execute_request", { code: null, silent: "maybe", user_expressions: [] });
    kernel().request("history_request", { hist_access_type: 5, n: "many", session: {}, start: [] });
    kernel().request("comm_open", { comm_id: 1, target_name: null, data: "x" });
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
  it.skipIf(examined === "ipykernel")("with a cursor outside the code (ipykernel: no answer)", async () => {
    for (const cursor of [-5, 1e9]) expect((await kernel().complete("abc", cursor))["status"]).toMatch(/ok|error/);
    for (const cursor of [-5, 1e9]) expect((await kernel().inspect("abc", cursor))["status"]).toMatch(/ok|error/);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
  it("200 of them in one burst", async () => {
    for (let count = 0; count < 200; count++)
      kernel().sendFrames(channels[count % 3]!, [Buffer.from("<IDS|MSG>"), Buffer.from("x".repeat(count))]);
    expect((await runs(kernel(), "1 + 1")).result).toBe("2");
  });
});
