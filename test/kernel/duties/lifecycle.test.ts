/** How a kernel starts and ends: transports, shutdown, parents, exits. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import {
  examined,
  inLanguage,
  kernelSpec,
  KernelClient,
  launch,
  makeConnection,
  runs,
  start,
  type LaunchedKernel,
} from "../client.js";

const started: LaunchedKernel[] = [];
const fresh = async (options?: Parameters<typeof start>[0]): Promise<LaunchedKernel> => {
  const kernel = await start(options);
  started.push(kernel);
  return kernel;
};
afterEach(async () => {
  for (const kernel of started.splice(0)) await kernel.kill();
});

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until no process of this id is left. */
async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 3_000 && alive(pid); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
  return !alive(pid);
}

/** All processes below this one, by /proc. */
async function descendants(pid: number): Promise<number[]> {
  const { processTree } = await import("../../../lib/bench/memory.js");
  return processTree(pid).filter((each) => each !== pid);
}

describe("a kernel's life", () => {
  it("works over ipc", async () => {
    const kernel = await fresh({ transport: "ipc" });
    expect((await kernel.execute("1 + 1")).result).toBe("2");
    await kernel.heartbeat();
  });

  it("kernel_info says protocol 5, the language and its file extension", async () => {
    const info = await (await fresh()).ready();
    expect(info).toMatchObject({
      status: "ok",
      language_info: { name: inLanguage("typescript", "python"), file_extension: inLanguage(".ts", ".py") },
    });
    expect(info["protocol_version"]).toMatch(/^5\.\d/);
    for (const field of ["implementation", "implementation_version", "banner"]) expect(info[field]).toMatch(/\S/);
  });

  it("executes what is sent before anything else, and its reply arrives", async () => {
    const kernel = await launch(kernelSpec(examined));
    started.push(kernel);
    expect((await kernel.start("1 + 1").replied()).content["status"]).toBe("ok");
  });

  it.skipIf(examined === "ipykernel")(
    "a child of the very first cell prints into it (ipykernel: Python's)",
    async () => {
      const kernel = await launch(kernelSpec(examined), { env: { SACCADE_CHECK: "off" } });
      started.push(kernel);
      const code = `import { spawnSync } from "node:child_process"; spawnSync("echo", ["first"], { stdio: "inherit" })`;
      const cell = kernel.start(code);
      await cell.replied(); // no one listens yet to what is published
      expect((await runs(kernel, code)).stdout).toBe("first\n");
      expect(kernel.launched.log()).not.toContain("first");
    },
  );

  for (const restart of [false, true]) {
    it(`shutdown with restart ${restart} is replied and the process ends with 0`, async () => {
      const kernel = await fresh();
      const tree = await descendants(kernel.pid);
      expect(await kernel.shutdown(restart)).toMatchObject({ reply: { status: "ok", restart }, code: 0, signal: null });
      for (const pid of tree) expect(await gone(pid)).toBe(true);
    });
  }

  it("shutdown asked for while it still starts is replied, and aborts nothing", async () => {
    for (let i = 0; i < 10; i++) {
      const kernel = await launch(kernelSpec(examined));
      started.push(kernel);
      expect(await kernel.shutdown()).toMatchObject({ reply: { status: "ok" }, code: 0, signal: null });
    }
  });

  it("shutdown ends a kernel whose cell is still awaiting", async () => {
    const kernel = await fresh();
    const cell = kernel.start(
      inLanguage(
        `console.log("started"); await new Promise((resolve) => setTimeout(resolve, 1e8))`,
        `import asyncio; print("started", flush=True); await asyncio.sleep(1e8)`,
      ),
    );
    await cell.printed("started");
    expect(await kernel.shutdown()).toMatchObject({ signal: null });
  });

  it.skipIf(examined === "ipykernel")("shutdown ends a kernel whose cell computes (ipykernel: is killed)", async () => {
    const kernel = await fresh();
    const cell = kernel.start(`console.log("started"); while (true) {}`);
    await cell.printed("started");
    expect(await kernel.shutdown()).toMatchObject({ reply: { status: "ok" }, signal: null });
  });

  it("SIGTERM ends it, with its helpers", async () => {
    const kernel = await fresh();
    const tree = await descendants(kernel.pid);
    kernel.signal("SIGTERM");
    await kernel.launched.exited;
    for (const pid of tree) expect(await gone(pid)).toBe(true);
  });

  it("SIGKILL leaves no helper of it behind", async () => {
    const kernel = await fresh();
    const tree = await descendants(kernel.pid);
    await kernel.kill();
    for (const pid of tree) expect(await gone(pid)).toBe(true);
  });

  it("exits when its parent died", async () => {
    const { connection, file, remove } = await makeConnection("tcp", examined);
    const command = kernelSpec(examined)
      .argv.map((arg) => `'${arg.replaceAll("{connection_file}", file)}'`)
      .join(" ");
    const parent = spawn("sh", ["-c", `JPY_PARENT_PID=$$; export JPY_PARENT_PID; ${command} & echo $!; wait`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const pid = Number(
      await new Promise<string>((resolve) => parent.stdout.once("data", (data) => resolve(String(data)))),
    );
    const client = new KernelClient(connection);
    try {
      await client.ready();
      const tree = await descendants(pid);
      parent.kill("SIGKILL");
      for (const each of [pid, ...tree]) expect(await gone(each)).toBe(true);
    } finally {
      client.close();
      if (alive(pid)) process.kill(pid, "SIGKILL");
      if (existsSync(file)) remove();
    }
  });

  it("a second client connects to it, and sees the first one's output", async () => {
    const kernel = await fresh();
    const second = new KernelClient(kernel.connection);
    try {
      await second.ready();
      const cell = await kernel.execute(inLanguage(`console.log("to both")`, `print("to both")`));
      expect(cell.stdout).toBe("to both\n");
      expect((await second.execute("1 + 1")).result).toBe("2");
      expect(second.strays.some(({ type, content }) => type === "stream" && content["text"] === "to both\n")).toBe(
        true,
      );
    } finally {
      second.close();
    }
  });

  it("a client that goes away in the middle of output does not stop it", async () => {
    const kernel = await fresh();
    const second = new KernelClient(kernel.connection);
    await second.ready();
    const cell = second.start(
      inLanguage(
        `for (let line = 0; line < 20_000; line++) console.log(line)`,
        `for line in range(20000): print(line)`,
      ),
    );
    await cell.message("stream");
    second.close();
    expect((await kernel.execute("1 + 1")).result).toBe("2");
  });
});

describe.skipIf(examined === "ipykernel")("a cell that ends the process (ipykernel: its own way)", () => {
  for (const code of [
    "process.exit(3)",
    "setTimeout(() => process.exit(3), 50); await new Promise(() => {})",
    'process.kill(process.pid, "SIGTERM"); await new Promise(() => {})',
  ]) {
    it(`${code} ends it cleanly or is refused, and never aborts it`, async () => {
      const kernel = await fresh();
      const cell = kernel.start(code);
      await Promise.race([kernel.launched.exited, cell.done(15_000).catch(() => undefined)]);
      // it may reply and then end
      const end = await Promise.race([kernel.launched.exited, kernel.execute("1 + 1").then(({ result }) => result)]);
      if (typeof end === "object") expect([0, 3, 143]).toContain(end.code ?? (end.signal === "SIGTERM" ? 143 : -1));
      else expect(end).toBe("2");
    });
  }
});
