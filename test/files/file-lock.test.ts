import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { withLock } from "../../lib/files/file-lock.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Has four work under the lock at once. @returns how many were inside together at most */
async function mostInside(): Promise<number> {
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 4 }, () =>
      withLock(path, {}, async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setImmediate(resolve));
        inside--;
      }),
    ),
  );
  return most;
}

describe("withLock", () => {
  test("lets one in at a time", async () => {
    expect(await mostInside()).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["of a process that has died", () => writeFileSync(path, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }))],
    [
      "not touched for long, on another machine",
      () => {
        writeFileSync(path, JSON.stringify({ pid: 1, host: "elsewhere" }));
        utimesSync(path, new Date(0), new Date(0));
      },
    ],
  ])("takes over a lock %s, one at a time", async (_name, leave) => {
    leave();
    expect(await mostInside()).toBe(1);
  });

  test("waits for a live holder until its signal aborts, and says once that it waits", async () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname() }));
    const controller = new AbortController();
    const onWait = vi.fn(() => controller.abort(new Error("enough")));
    await expect(withLock(path, { signal: controller.signal, onWait }, async () => {})).rejects.toThrow(/abort/i);
    expect(onWait).toHaveBeenCalledTimes(1);
  });

  test("gives the lock back when the work throws", async () => {
    await expect(withLock(path, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(path)).toBe(false);
  });
});
