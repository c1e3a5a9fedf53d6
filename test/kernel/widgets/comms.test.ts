import { afterEach, beforeEach, expect, test } from "vitest";
import { Comms } from "../../../kernel/runtime/widgets/comms.js";
import { deafen, listen, say, type Sent } from "./front-end.js";

let sent: Sent[];
let comms: Comms;
beforeEach(() => {
  sent = listen();
  comms = new Comms();
});
afterEach(deafen);

test("open(), send() and close() publish with id, data, metadata and buffers", () => {
  const comm = comms.open("plot", { data: { a: 1 }, metadata: { version: "1" }, buffers: [new Float32Array([1])] });
  comm.send([1n], { buffers: [new Uint8Array([7]).buffer] });
  comm.close();
  expect(sent).toEqual([
    {
      type: "comm_open",
      content: { comm_id: comm.id, target_name: "plot", data: { a: 1 } },
      metadata: { version: "1" },
      buffers: [new Uint8Array([0, 0, 128, 63])],
    },
    { type: "comm_msg", content: { comm_id: comm.id, data: ["1"] }, metadata: {}, buffers: [new Uint8Array([7])] },
    { type: "comm_close", content: { comm_id: comm.id, data: {} }, metadata: {}, buffers: [] },
  ]);
  expect(comms.list()).toEqual([]);
  expect(() => comm.send(1)).toThrow("comm plot: must be open to send, got a closed one");
});

test("messages reach every handler of their comm until it is taken off", async () => {
  const comm = comms.open("t");
  const seen: unknown[] = [];
  const off = comm.onMessage(({ data, buffers }) => seen.push([data, buffers[0]?.[0]]));
  await say(comms, comm.id, { x: 1 }, [new Uint8Array([9])]);
  await say(comms, "another", { x: 2 });
  off();
  await say(comms, comm.id, { x: 3 });
  expect(seen).toEqual([[{ x: 1 }, 9]]);
});

test("a front end opens a comm to a registered target; an unknown target is closed again", async () => {
  const opened: unknown[] = [];
  const off = comms.register("mine", (comm, { data }) => opened.push([comm.id, comm.target, data]));
  await say(comms, "c1", { hello: true }, [], "comm_open", "mine");
  expect(opened).toEqual([["c1", "mine", { hello: true }]]);
  expect(comms.list()).toEqual([{ id: "c1", target: "mine" }]);
  off();
  await say(comms, "c2", {}, [], "comm_open", "mine");
  expect(sent).toEqual([{ type: "comm_close", content: { comm_id: "c2", data: {} }, metadata: {}, buffers: [] }]);
});

test("a close by the front end is told once, and nothing is sent back", async () => {
  const comm = comms.open("t");
  let closes = 0;
  comm.onClose(() => closes++);
  await say(comms, comm.id, {}, [], "comm_close");
  await say(comms, comm.id, {}, [], "comm_close");
  comm.close();
  expect([closes, comm.isOpen, sent.length]).toEqual([1, false, 1]);
});

test("an error of one handler reaches the kernel after the others ran", async () => {
  const comm = comms.open("t");
  let ran = false;
  comm.onMessage(() => {
    throw new RangeError("first");
  });
  comm.onMessage(() => void (ran = true));
  await expect(say(comms, comm.id, {})).rejects.toThrow("first");
  expect(ran).toBe(true);
});

test("malformed messages are dropped", async () => {
  await comms.receive({ type: "comm", message: "comm_msg", content: null, metadata: null, buffers: [], parent: null });
  await comms.receive({
    type: "comm",
    message: "comm_open",
    content: { comm_id: "x", target_name: 3 },
    metadata: null,
    buffers: [],
    parent: null,
  });
  expect(sent).toEqual([{ type: "comm_close", content: { comm_id: "x", data: {} }, metadata: {}, buffers: [] }]);
});
