import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { train, tf } from "saccade";
import { freePorts } from "../../../lib/client/process.js";
import { fault, together } from "./processes.js";

const VALUES = "[...t.dataSync()]";
const caught = `(promise) => promise.then(() => "no error", (error) => error.constructor.name + ": " + error.message)`;

describe("train.cluster() of two processes", () => {
  it("sums, averages and broadcasts the same numbers everywhere, and names who asks for something else", async () => {
    const ended = await together(
      2,
      `
      const caught = ${caught};
      const weight = tf.variable(tf.scalar(1));
      const adam = train.adam([weight]);
      const step = backend.compile((gradient) => adam.apply([gradient], 0.25));
      await step(tf.scalar(1));
      const values = (tensors) => tensors.map((t) => [t.dtype, t.shape, ${VALUES}]);
      const { rank: own, size, isChief, allReduce, broadcast, barrier } = await train.cluster();
      await step(tf.scalar(1));
      say([own, size, isChief, weight.dataSync()[0].toFixed(5)]);
      const tensors = [
        tf.tensor2d([rank, 0.1, -1], [3, 1]),
        tf.tensor1d([rank, 2 ** 30], "int32"),
        tf.zeros([0, 2]),
        tf.scalar(10 * rank),
      ];
      say(values(await allReduce(tensors)));
      say(values(await allReduce(tensors.filter((t) => t.dtype === "float32"), "mean")));
      say(values(await broadcast(tensors)));
      await barrier();
      const held = tf.memory().numTensors;
      tf.dispose(await allReduce(tensors));
      say(tf.memory().numTensors - held);
      say(await caught(allReduce([tf.tensor1d([1], "int32")], "mean")));
      say(await caught(allReduce([tf.tensor1d([true], "bool")])));
      say(await caught(rank === 0 ? allReduce([tf.ones([2, 3])]) : barrier()));
      say(await caught(broadcast([tf.ones([2 + rank])])));
      say((await train.cluster()).rank);
      say((await allReduce([tf.scalar(1)]))[0].dataSync()[0]);`,
    );
    expect(ended.map(fault)).toEqual([null, null]);
    const [first, second] = ended.map(({ said }) => said);
    expect([first![0], second![0]]).toEqual([
      [0, 2, true, "0.50000"], // what was made and compiled before goes on
      [1, 2, false, "0.50000"],
    ]);
    const tenth = Math.fround(0.1);
    expect(first![1]).toEqual([
      ["float32", [3, 1], [1, 2 * tenth, -2]],
      ["int32", [2], [1, -(2 ** 31)]],
      ["float32", [0, 2], []],
      ["float32", [], [10]],
    ]);
    expect(first![2]).toEqual([
      ["float32", [3, 1], [0.5, tenth, -1]],
      ["float32", [0, 2], []],
      ["float32", [], [5]],
    ]);
    expect(first![3]).toEqual([
      ["float32", [3, 1], [0, tenth, -1]],
      ["int32", [2], [0, 2 ** 30]],
      ["float32", [0, 2], []],
      ["float32", [], [0]],
    ]);
    expect(first!.slice(4, 7)).toEqual([
      0,
      "TypeError: allReduce: tensors must be float32 for a mean, got int32",
      "TypeError: allReduce: tensors must be float32 or int32, got bool",
    ]);
    expect(first![7].replace(/\d{3,}/g, "N")).toBe(
      "Error: cluster: what is asked for must be the same in all processes, got allReduce (sum) of float32 [2, 3] at " +
        "worker 0 (N.0.0.1:N), barrier at worker 1 (N.0.0.1:N)",
    );
    expect(first![8]).toContain("got broadcast of float32 [2] at worker 0");
    expect(second!.slice(1, 9)).toEqual(first!.slice(1, 9)); // the errors too
    expect([first!.slice(9), second!.slice(9)]).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });
});

describe("train.cluster() of three processes, a chief among them", () => {
  it("says for whom it waits, and ends with the name of one that has ended", async () => {
    const [chief, ...worker] = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
    const cluster = { chief: [chief], worker };
    const ended = await together(
      3,
      `
      const caught = ${caught};
      if (rank === 2) for await (const _ of process.stdin);
      const { allReduce } = await train.cluster();
      say((await allReduce([tf.scalar(2 ** rank)]))[0].dataSync()[0]);
      if (rank === 1) process.kill(process.pid, "SIGKILL");
      say(await caught(allReduce([tf.scalar(1)])));
      say(await caught(allReduce([tf.scalar(1)])));`,
      {
        configs: [0, 1, 2].map((rank) => ({
          cluster,
          task: rank === 0 ? { type: "chief", index: 0 } : { type: "worker", index: rank - 1 },
        })),
      },
    );
    const [first, , third] = ended;
    expect(first!.stderr).toContain(`saccade: waiting for worker 1 (${worker[1]})\n`);
    for (const { code, said } of [first!, third!]) {
      expect([code, said[0]]).toEqual([0, 7]);
      for (const error of said.slice(1))
        expect(error).toMatch(`Error: cluster: every worker must go on to the end, got: worker 0 (${worker[0]})`);
    }
  });
});

describe("train.cluster() that cannot be", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it("says that its port is in use", async () => {
    const server = createServer().listen(0);
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const worker = [`127.0.0.1:${port}`, "127.0.0.1:1"];
    vi.stubEnv("TF_CONFIG", JSON.stringify({ cluster: { worker }, task: { type: "worker", index: 0 } }));
    await expect(train.cluster()).rejects.toThrow(
      `cluster: the port of worker 0 (127.0.0.1:${port}), this process, must be free to listen on, got: TensorFlow: ` +
        "Could not start gRPC server",
    );
    server.close();
  });

  it("says who does not come in time, and why where that is known", async () => {
    const server = createHttpServer((_, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const [own, unused] = await freePorts(2);
    const ports = [own, unused, (server.address() as AddressInfo).port];
    const worker = [...ports.map((port) => `127.0.0.1:${port}`), "nowhere.invalid:2222"];
    vi.stubEnv("TF_CONFIG", JSON.stringify({ cluster: { worker }, task: { type: "worker", index: 0 } }));
    vi.stubEnv("SACCADE_CLUSTER_TIMEOUT", "1");
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await expect(train.cluster()).rejects.toThrow(
      `cluster: every worker must come within 1 s, got none of worker 1 (${worker[1]}) and worker 2 (${worker[2]}), ` +
        "where another server answers, and worker 3 (nowhere.invalid:2222), whose name is not known here",
    );
    server.close();
    vi.stubEnv("SACCADE_CLUSTER_TIMEOUT", "soon");
    await expect(train.cluster()).rejects.toThrow(
      "SACCADE_CLUSTER_TIMEOUT: it must be a number from 1 to 86400, in seconds, got 'soon'",
    );
  });

  it("says what is wrong with TF_CONFIG", async () => {
    vi.stubEnv("TF_CONFIG", "worker 0");
    await expect(train.cluster()).rejects.toThrow(/^TF_CONFIG: it must be JSON/);
  });
});

describe("train.cluster() without TF_CONFIG", () => {
  it("is of one process, whose tensors are the sums", async () => {
    const { rank, size, isChief, allReduce, broadcast, barrier } = await train.cluster();
    expect([rank, size, isChief]).toEqual([0, 1, true]);
    const x = tf.tensor1d([1, 2]);
    const found = [...(await allReduce([x])), ...(await allReduce([x], "mean")), ...(await broadcast([x]))];
    x.dispose();
    expect(found.map((tensor) => [...tensor.dataSync()])).toEqual(Array(3).fill([1, 2]));
    tf.dispose(found);
    await barrier();
  });
});
