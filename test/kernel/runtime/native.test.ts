import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { examined, runs, useKernel } from "../client.js";

const kernel = useKernel();
const [koffi, zeromq, oxc] = ["koffi", "zeromq", "oxc-parser"].map((name) =>
  JSON.stringify(createRequire(import.meta.url).resolve(name)),
);

describe.skipIf(examined === "ipykernel")("native work (ipykernel: its own way)", () => {
  it("output of a child process that inherits the streams belongs to its cell", async () => {
    const { stdout } = await runs(
      kernel(),
      `import { spawnSync } from "node:child_process"; spawnSync("echo", ["inherited"], { stdio: "inherit" });`,
    );
    expect(stdout).toBe("inherited\n");
  });

  it("what C prints belongs to its cell", async () => {
    const { stdout } = await runs(
      kernel(),
      `const koffi: any = (await import(${koffi})).default; const libc = koffi.load(null); libc.func("int ` +
        `puts(const char *)")("from C"); libc.func("int fflush(void *)")(null);`,
    );
    expect(stdout).toBe("from C\n");
  });

  it("a socket that waits for a message is none: its cell ends at the first interrupt", async () => {
    const cell = kernel().start(
      `const { Reply }: any = await import(${zeromq}); const socket = new Reply(); ` +
        `socket.connect("tcp://127.0.0.1:9"); console.log("begun"); await socket.receive();`,
    );
    await cell.printed("begun");
    await kernel().interrupt();
    expect((await cell.done()).error?.["ename"]).toBe("KeyboardInterrupt");
    await runs(kernel(), "socket.close()");
  });

  it("what a library of napi-rs keeps is none: the cell that loads it ends at the first interrupt", async () => {
    const cell = kernel().start(`await import(${oxc}); console.log("begun"); await new Promise(() => {});`);
    await cell.printed("begun");
    await kernel().interrupt();
    expect((await cell.done()).error?.["ename"]).toBe("KeyboardInterrupt");
  });

  it("an interrupted cell ends with its native step, runs no further, and a queued cell waits", async () => {
    await runs(
      kernel(),
      `var steps = 0; var usleep = koffi.load(null).func("int usleep(unsigned int)"); var ended = false;`,
    );
    const cell = kernel().start(
      `console.log("begun"); while (true) { await new Promise((done) => usleep.async(1_000_000, () => { ` +
        "ended = true; done(0); })); steps++; }",
      { stopOnError: false },
    );
    await cell.message("stream");
    await kernel().interrupt();
    const queued = kernel().start("[steps, ended]");
    expect((await cell.done()).error?.["ename"]).toBe("KeyboardInterrupt");
    expect((await queued.done()).result).toBe("[ 0, true ]");
  });
});
