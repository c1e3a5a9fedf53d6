import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withLock } from "../../lib/cli/bootstrap/lock.mjs";
import { ROOT, temporaryFolder } from "./project.js";

/** A process that takes the lock, starts a child that sleeps, says its number, and is killed by us. */
const HOLDER = `
import { openJobs } from "${ROOT}/lib/cli/bootstrap/jobs.mjs";
import { withLock } from "${ROOT}/lib/cli/bootstrap/lock.mjs";
const file = process.argv[1];
const child = ["-e", "console.log(process.pid); setTimeout(() => {}, 600_000)"];
const onOutput = (text) => console.log(text);
await withLock(file, () => openJobs(file).run(process.execPath, child, { onOutput }));`;

async function killedHolder(file: string): Promise<{ child: number; holder: number }> {
  const holder = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [text] = (await once(holder.stdout, "data")) as [Buffer];
  holder.kill("SIGKILL");
  await once(holder, "exit");
  return { child: Number(text.toString()), holder: holder.pid! };
}

function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe("withLock()", () => {
  it("lets the second wait, and says for whom", async () => {
    const file = join(temporaryFolder(), "lock");
    const order: string[] = [];
    const said: string[] = [];
    let release = (): void => undefined;
    const first = withLock(file, async () => {
      order.push("first begins");
      await new Promise<void>((resolve) => (release = resolve));
      order.push("first ends");
    });
    const second = withLock(
      file,
      async () => void order.push("second"),
      (line) => {
        said.push(line);
        release();
      },
    );
    await Promise.all([first, second]);
    expect(order).toEqual(["first begins", "first ends", "second"]);
    expect(said).toEqual([expect.stringContaining(`process ${process.pid} has been setting up`)]);
    expect(existsSync(file)).toBe(false);
  });

  it.runIf(process.platform === "linux")(
    "takes over from a killed process, and ends what that left running",
    async () => {
      const file = join(temporaryFolder(), "lock");
      const { child, holder } = await killedHolder(file);
      expect(existsSync(file)).toBe(true);
      expect(runs(child)).toBe(true);
      const said: string[] = [];
      expect(
        await withLock(
          file,
          async () => "mine",
          (line) => said.push(line),
        ),
      ).toBe("mine");
      expect(said).toEqual([`Taking over from process ${holder}, which ended in the middle of set-up.`]);
      await expect.poll(() => runs(child)).toBe(false);
    },
  );

  it("takes over a lock whose process number now belongs to another process", async () => {
    const file = join(temporaryFolder(), "lock");
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: "long ago", since: "then", children: [] }));
    expect(
      await withLock(
        file,
        async () => "mine",
        () => undefined,
      ),
    ).toBe("mine");
  });

  it("takes over a lock that a full disk has torn", async () => {
    const file = join(temporaryFolder(), "lock");
    writeFileSync(file, '{"pid":');
    expect(
      await withLock(
        file,
        async () => "mine",
        () => undefined,
      ),
    ).toBe("mine");
  });

  it("is free again after an error", async () => {
    const file = join(temporaryFolder(), "lock");
    await expect(withLock(file, () => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
    expect(await withLock(file, async () => "mine")).toBe("mine");
  });
});
