/** A kernel that was ended while a cell ran: the next one under the same connection file says so, once. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { examined, kernelSpec, KernelClient, makeConnection, type Outcome } from "../client.js";

type Life = (client: KernelClient, kill: () => void) => Promise<unknown>;

/** Runs kernels one after the other under one connection file; each is killed at the end of its life. */
async function lives(...all: readonly Life[]): Promise<void> {
  const cache = mkdtempSync(join(tmpdir(), "kernel-cache-"));
  const { connection, file, remove } = await makeConnection("tcp", examined);
  const [command, ...rest] = kernelSpec(examined).argv.map((arg) => arg.replaceAll("{connection_file}", file));
  try {
    for (const life of all) {
      const child = spawn(command!, rest, {
        env: { ...process.env, SACCADE_CACHE: cache, JPY_PARENT_PID: String(process.pid) },
        stdio: "ignore",
      });
      const client = new KernelClient(connection);
      try {
        await client.ready();
        await life(client, () => child.kill("SIGKILL"));
      } finally {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        client.close();
      }
    }
  } finally {
    remove();
    rmSync(cache, { recursive: true, force: true });
  }
}

const told = /was ended while it ran the cell \[2\]: console\.log\("started"\); while \(true\) \{\}\n/;
const run = async (client: KernelClient, code: string): Promise<Outcome> => {
  const outcome = await client.execute(code);
  expect(outcome.status).toBe("ok");
  return outcome;
};

it.skipIf(examined === "ipykernel")(
  "is told by the next kernel's first cell, and by no other (ipykernel: tells nothing)",
  () =>
    lives(
      async (client, kill) => {
        await run(client, "1");
        const cell = client.start(`console.log("started"); while (true) {}`);
        await cell.printed("started");
        kill();
      },
      async (client) => {
        expect((await run(client, "1")).stderr).toMatch(told);
        expect((await run(client, "1")).stderr).toBe("");
      },
      async (client) => expect((await run(client, "1")).stderr).toBe(""),
    ),
);

it.skipIf(examined === "ipykernel")("is not told of a kernel that ran nothing when it was restarted by force", () =>
  lives(
    async (client) => run(client, "1"),
    async (client) => expect((await run(client, "1")).stderr).toBe(""),
  ),
);
