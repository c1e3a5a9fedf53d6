import { existsSync } from "node:fs";
import { open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./is-alive.js";

const HEARTBEAT_MS = 5_000;
/** A lock not touched for this long was left by a process that is gone, on this machine or another. */
const STALE_MS = 30_000;
const POLL_MS = 100;

/** How a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  onWait?(): void;
}

/**
 * Runs `work` while no other process holds the lock file; waits for one that does. A lock left by a
 * process that has died is taken over.
 * @throws the signal's reason when it aborts while waiting
 */
export async function withLock<T>(path: string, { signal, onWait }: LockOptions, work: () => Promise<T>): Promise<T> {
  let release = await tryLock(path);
  if (release === undefined) onWait?.();
  while (release === undefined) {
    await sleep(POLL_MS, undefined, { signal });
    release = await tryLock(path);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

/**
 * Takes the lock file where no other process, and nothing else in this one, holds it; waits for none.
 *
 * @returns what gives it back, or undefined where it is held
 */
export async function tryLock(path: string): Promise<(() => Promise<void>) | undefined> {
  while (!(await take(path))) {
    if (!(await isStale(path))) return undefined;
    await removeStale(path);
  }
  return hold(path);
}

/** Whether a process that is still there holds the lock file. */
export async function isLocked(path: string): Promise<boolean> {
  return !(await isStale(path)) && existsSync(path);
}

/** Keeps a lock that was taken fresh. @returns what gives it back */
function hold(path: string): () => Promise<void> {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {}); // the lock may just have been given back
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return async () => {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  };
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Of several that wait, one removes it: a second could remove the lock that the first has taken since. */
async function removeStale(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await take(guard))) {
    if (await isStale(guard)) await rm(guard, { force: true });
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > STALE_MS) return true;
    const { pid, host } = JSON.parse(await readFile(path, "utf8")) as { pid: number; host: string };
    return host === hostname() && !isAlive(pid);
  } catch {
    return false; // just given back, or its holder is still writing it
  }
}
