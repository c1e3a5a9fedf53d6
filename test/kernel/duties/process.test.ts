/** The process that cells see: its streams, children and exits; and the language server beside it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { processTree } from "../../../lib/bench/memory.js";
import { runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("the process's streams", () => {
  it("process.stdout.write calls its callback", async () => {
    expect(
      (
        await runs(
          kernel(),
          `await new Promise<void>((resolve) => process.stdout.write("written\\n", () => resolve())); 1`,
        )
      ).stdout,
    ).toBe("written\n");
  });

  it("process.stdout.write takes bytes and an encoding", async () => {
    expect(
      (await runs(kernel(), `process.stdout.write(Buffer.from("grüße\\n")); process.stdout.write("6869", "hex"); 0`))
        .stdout,
    ).toBe("grüße\nhi");
  });

  it("a stream can be piped into stdout", async () => {
    expect(
      (
        await runs(
          kernel(),
          `import { Readable } from "node:stream"; import { pipeline } from "node:stream/promises"; await ` +
            `pipeline(Readable.from(["a", "b"]), process.stdout, { end: false }); 0`,
        )
      ).stdout,
    ).toBe("ab");
  });

  it("a child's output with stdio inherit arrives, from spawnSync and from spawn", async () => {
    const { stdout, stderr } = await runs(
      kernel(),
      `import { spawn, spawnSync } from "node:child_process"; spawnSync("sh", ["-c", "echo sync; echo ` +
        `wrong >&2"], { stdio: "inherit" }); await new Promise((resolve) => spawn("echo", ["async"], { ` +
        `stdio: "inherit" }).on("close", resolve)); await new Promise((resolve) => setTimeout(resolve, ` +
        "300)); 0",
    );
    expect(stdout).toMatch(/sync\nasync\n/);
    expect(stderr).toMatch(/wrong/);
  });

  it("fs.writeSync(1) arrives", async () => {
    const cell = kernel().start(
      `import { writeSync } from "node:fs"; writeSync(1, "by descriptor\\n"); await new Promise((resolve) ` +
        "=> setTimeout(resolve, 300)); 0",
    );
    expect((await cell.done()).stdout).toMatch(/by descriptor/);
  });

  it("console.table, group, dir and assert print", async () => {
    const { stdout, stderr } = await runs(
      kernel(),
      `console.table([{ a: 1 }]); console.group("g"); console.info("inside"); console.groupEnd(); ` +
        `console.dir({ b: 2 }); console.assert(false, "asserted"); 0`,
    );
    expect(stdout).toMatch(/│.*g\n {2}inside\n\{ b: 2 \}/s);
    expect(stderr).toMatch(/asserted/);
  });
});

describe("the language server", () => {
  const server = (): number | undefined =>
    processTree(kernel().pid).find((pid) => {
      try {
        return /(^|\/)(tsc|tsgo)\0.*--lsp/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
      } catch {
        return false;
      }
    });

  it("that dies is started again, with state and types kept", async () => {
    await runs(kernel(), "const survivor: number[] = [1, 2];");
    const pid = server();
    expect(pid, "no language server below the kernel").toBeDefined();
    process.kill(pid!, "SIGKILL");
    expect((await runs(kernel(), "survivor.length")).result).toBe("2");
    expect((await kernel().execute("const wrong: string = survivor;")).status).toBe("error");
    expect((await kernel().complete("survivor.leng"))["matches"]).toContain("length");
  });

  it("that hangs keeps no cell from being interrupted", async () => {
    const pid = server()!;
    process.kill(pid, "SIGSTOP");
    const waiting = kernel().start("const unchecked = 1;");
    await waiting.message("execute_input");
    await kernel().interrupt();
    const { reply } = await waiting.done();
    process.kill(pid, "SIGCONT"); // fails where the kernel had ended it first, in place of the cell
    expect(reply.content["ename"]).toBe("KeyboardInterrupt");
    expect((await runs(kernel(), "survivor.length")).result).toBe("2");
  });

  it("that hangs is started again", async () => {
    const pid = server();
    process.kill(pid!, "SIGSTOP");
    const { status } = await kernel().execute("1 + 1");
    expect(status).toBe("ok");
    expect((await runs(kernel(), "survivor.length")).result).toBe("2");
  });
});
