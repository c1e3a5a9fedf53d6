import { describe, expect, it } from "vitest";
import { serverDef } from "../../../lib/backend/cluster/server-def.js";
import { nameOf, parseTfConfig } from "../../../lib/backend/cluster/tf-config.js";
import { integer, messages, readMessage, string, writeMessage } from "../../../lib/protobuf.js";

const worker = ["10.0.0.1:2222", "node-2.local:2222"];
const text = (cluster: unknown, task: unknown, more = {}) => JSON.stringify({ cluster, task, ...more });

describe("parseTfConfig()", () => {
  it("ranks the workers, and this one among them", () => {
    const { tasks, rank } = parseTfConfig(text({ worker }, { type: "worker", index: 1 }))!;
    expect(tasks).toEqual([
      { job: "worker", index: 0, address: "10.0.0.1:2222" },
      { job: "worker", index: 1, address: "node-2.local:2222" },
    ]);
    expect(rank).toBe(1);
    expect(nameOf(tasks[1]!)).toBe("worker 1 (node-2.local:2222)");
  });

  it("ranks a chief before the workers, wherever it stands", () => {
    const cluster = { worker, chief: ["[::1]:80"] };
    const ranks = [
      { type: "chief", index: 0 },
      { type: "worker", index: 0 },
    ].map((task) => parseTfConfig(text(cluster, task, { environment: "cloud", rpc_layer: "grpc" }))!);
    expect(ranks.map(({ rank }) => rank)).toEqual([0, 1]);
    expect(nameOf(ranks[0]!.tasks[0]!)).toBe("chief ([::1]:80)");
  });

  it("knows of no cluster where there is none", () => {
    for (const none of [undefined, "", " ", "{}"]) expect(parseTfConfig(none)).toBeUndefined();
  });

  const first = { type: "worker", index: 0 };
  it.each([
    ["{cluster", SyntaxError, /^TF_CONFIG: it must be JSON \(.*\), got '\{cluster'$/],
    ["[1]", TypeError, "TF_CONFIG: it must be an object, got [ 1 ]"],
    [
      text({ worker }, first, { tasks: 1 }),
      RangeError,
      "TF_CONFIG: its keys must be among cluster, task, environment, rpc_layer, got 'tasks'",
    ],
    [text({ worker }, first, { rpc_layer: "http" }), RangeError, "TF_CONFIG: rpc_layer must be grpc, got 'http'"],
    ['{"task": {}}', TypeError, "TF_CONFIG: cluster must be an object, got undefined"],
    [text({}, first), RangeError, "TF_CONFIG: cluster must have a chief or a worker, got {}"],
    [text({ ps: worker }, first), RangeError, "TF_CONFIG: cluster's jobs must be among chief, worker, got 'ps'"],
    [
      text({ worker: { 0: "a:1" } }, first),
      TypeError,
      "TF_CONFIG: cluster.worker must be an array of addresses, got { '0': 'a:1' }",
    ],
    [text({ chief: [] }, first), RangeError, "TF_CONFIG: cluster.chief must be one address, got []"],
    [text({ worker: [7] }, first), TypeError, "TF_CONFIG: cluster.worker[0] must be a text, host:port, got 7"],
    ...["a", "a:0", "a:65536", ":80", "grpc://a:80", "::1:80"].map(
      (address) =>
        [
          text({ worker: ["b:1", address] }, first),
          RangeError,
          `TF_CONFIG: cluster.worker[1] must be host:port, a port from 1 to 65535, got '${address}'`,
        ] as const,
    ),
    [
      text({ chief: ["a:1"], worker: ["a:1"] }, first),
      RangeError,
      "TF_CONFIG: each address must be named once, got 'a:1'",
    ],
    [text({ worker }, undefined), TypeError, "TF_CONFIG: task must be an object, got undefined"],
    [text({ worker }, { ...first, id: 1 }), RangeError, "TF_CONFIG: task's keys must be among type, index, got 'id'"],
    [
      text({ worker, chief: ["a:1"] }, { type: "evaluator", index: 0 }),
      RangeError,
      "TF_CONFIG: task.type must be chief or worker, got 'evaluator'",
    ],
    [text({ worker }, { index: 0 }), TypeError, "TF_CONFIG: task.type must be worker, got undefined"],
    ...([-1, 2, 0.5] as const).map(
      (index) =>
        [
          text({ worker }, { type: "worker", index }),
          RangeError,
          `TF_CONFIG: task.index must be a whole number from 0 to 1, a worker's place, got ${index}`,
        ] as const,
    ),
    [
      text({ worker }, { type: "worker", index: "0" }),
      TypeError,
      "TF_CONFIG: task.index must be a whole number from 0 to 1, a worker's place, got '0'",
    ],
  ] as const)("refuses %s", (given, kind, message) => {
    const parse = () => parseTfConfig(given);
    expect(parse).toThrow(kind);
    expect(parse).toThrow(typeof message === "string" ? new kind(message) : message);
  });
});

describe("serverDef()", () => {
  it("names the cluster by job, this task, who leads, and the settings", () => {
    const config = parseTfConfig(text({ worker, chief: ["c:1"] }, { type: "worker", index: 1 }))!;
    const message = readMessage(serverDef(config, writeMessage([[6, writeMessage([[4, 1]])]])));
    const jobs = messages(messages(message, 1)[0]!, 1).map((job) => [
      string(job, 1),
      messages(job, 2).map((entry) => [integer(entry, 1), string(entry, 2)]),
    ]);
    expect(jobs).toEqual([
      ["chief", [[0, "c:1"]]],
      ["worker", worker.map((address, index) => [index, address])],
    ]);
    expect([string(message, 2), integer(message, 3), string(message, 5)]).toEqual(["worker", 1, "grpc"]);
    const settings = messages(message, 4)[0]!;
    expect(integer(messages(settings, 6)[0]!, 4)).toBe(1);
    expect(string(messages(settings, 16)[0]!, 1)).toBe("/job:chief/replica:0/task:0");
  });
});
