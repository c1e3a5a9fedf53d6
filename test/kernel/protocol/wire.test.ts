import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Wire } from "../../../kernel/protocol/wire.js";

const KEY = "5f2c";

/** Frames signed by hand, after Jupyter's messaging document, "The wire protocol". */
function frames(parts: readonly string[], key = KEY): Buffer[] {
  const signature = createHmac("sha256", key).update(parts.join("")).digest("hex");
  return ["client", "<IDS|MSG>", signature, ...parts].map((part) => Buffer.from(part));
}

const HEADER = JSON.stringify({
  msg_id: "1",
  session: "s",
  username: "u",
  date: "",
  msg_type: "kernel_info_request",
  version: "5.4",
});

describe("Wire", () => {
  it("decodes what is signed with the key, identities and buffers included", () => {
    const message = new Wire(KEY).decode([...frames([HEADER, "{}", "{}", `{"code":"é"}`]), Buffer.from([1, 2])]);
    expect(message.header.msg_type).toBe("kernel_info_request");
    expect(message.content["code"]).toBe("é");
    expect(message.identities.map(String)).toEqual(["client"]);
    expect([...message.buffers[0]!]).toEqual([1, 2]);
  });

  it("decodes what it encoded", () => {
    const wire = new Wire(KEY);
    const encoded = wire.encode(["id"], "status", { execution_state: "busy" }, { msg_id: "7" }, { a: 1 }, [
      new Uint8Array([9]),
    ]);
    const message = wire.decode(encoded.map((frame) => Buffer.from(frame)));
    expect(message.content).toEqual({ execution_state: "busy" });
    expect(message.parent).toEqual({ msg_id: "7" });
    expect(message.metadata).toEqual({ a: 1 });
    expect(message.header.version).toBe("5.4");
    expect(message.header.session).toBe(wire.session);
  });

  it("refuses another key's signature before it parses anything", () => {
    expect(() => new Wire(KEY).decode(frames(["not JSON", "{}", "{}", "{}"], "other"))).toThrow(/signature must match/);
  });

  it("refuses a signature of another length", () => {
    const torn = frames([HEADER, "{}", "{}", "{}"]);
    torn[2] = Buffer.from("ab");
    expect(() => new Wire(KEY).decode(torn)).toThrow(/signature must match/);
  });

  it("checks no signature where the key is empty", () => {
    const unsigned = frames([HEADER, "{}", "{}", "{}"]);
    unsigned[2] = Buffer.alloc(0);
    expect(new Wire("").decode(unsigned).header.msg_id).toBe("1");
  });

  for (const [what, parts] of [
    ["an array as header", ["[]", "{}", "{}", "{}"]],
    ["a header without type", [`{"msg_id":"1"}`, "{}", "{}", "{}"]],
    ["content that is no JSON", [HEADER, "{}", "{}", "{"]],
    ["a part too few", [HEADER, "{}", "{}"]],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => new Wire(KEY).decode(frames(parts))).toThrow(SyntaxError);
    });
  }

  it("refuses frames without the delimiter", () => {
    expect(() => new Wire(KEY).decode([Buffer.from("x"), Buffer.from("y")])).toThrow(/<IDS\|MSG>/);
  });
});
