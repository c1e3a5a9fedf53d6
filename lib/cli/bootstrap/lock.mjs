/**
 * One set-up at a time. The lock is a file that names its process; a lock whose process is gone is taken over,
 * and what that process had left running (its children outlive a kill -9) is ended first.
 */
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {{ pid: number, started: string }} Process */
/** @typedef {Process & { since: string, children: Process[] }} Holder */

const POLL_MS = 200;
/** A takeover is a few system calls; one that has lasted this long was killed in the middle. */
const TAKEOVER_LIMIT_MS = 10_000;

/**
 * Runs `body` while holding the lock; waits for a living holder, and says so once.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} body
 * @param {(line: string) => void} [say]
 * @returns {Promise<T>}
 */
export async function withLock(file, body, say = (line) => console.error(line)) {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!tryAcquire(file)) {
    const holder = readHolder(file);
    if (holder === undefined) continue;
    if (isAlive(holder)) {
      if (!told) say(`Waiting: process ${holder.pid} has been setting up since ${holder.since} …`);
      told = true;
      await sleep(POLL_MS);
    } else {
      say(`Taking over from process ${holder.pid}, which ended in the middle of set-up.`);
      if (!takeOver(file, holder)) await sleep(POLL_MS);
    }
  }
  const release = () => rmSync(file, { force: true });
  process.once("exit", release); // also when a signal's handler exits
  try {
    return await body();
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * Records a child of the lock's holder, so that whoever takes over can end it.
 * @param {string} file
 * @param {number[]} pids
 */
export function recordChildren(file, pids) {
  const holder = readHolder(file);
  if (holder?.pid !== process.pid) return;
  const children = pids.map((pid) => ({ pid, started: startOf(pid) }));
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, JSON.stringify({ ...holder, children }));
  renameSync(partial, file); // replaces it in one step: the lock is never absent
}

/** @param {string} file */
function tryAcquire(file) {
  const partial = `${file}.${process.pid}.partial`;
  const since = new Date().toISOString().slice(0, 19).replace("T", " ");
  writeFileSync(
    partial,
    JSON.stringify({ pid: process.pid, started: startOf(process.pid), since: `${since} UTC`, children: [] }),
  );
  try {
    linkSync(partial, file); // fails where the file exists: the lock appears whole or not at all
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {Holder | undefined} undefined where there is no lock any more
 */
function readHolder(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return { children: [], since: "", ...JSON.parse(text) };
  } catch {
    return { pid: 0, started: "", since: "", children: [] }; // torn by a full disk: belongs to nobody
  }
}

/**
 * @param {string} file
 * @param {Holder} dead
 */
function takeOver(file, dead) {
  const guard = `${file}.takeover`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_LIMIT_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    const holder = readHolder(file);
    if (holder === undefined || holder.pid !== dead.pid || isAlive(holder)) return false;
    for (const child of holder.children) if (isAlive(child)) endGroup(child.pid);
    rmSync(file);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** @param {number} pid */
function endGroup(pid) {
  try {
    process.kill(-pid, "SIGKILL"); // children are started as leaders of their own group
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/** @param {Process} one */
function isAlive(one) {
  if (one.pid <= 0) return false;
  try {
    process.kill(one.pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
  return one.started === "" || startOf(one.pid) === one.started; // the number may have been given to another
}

/**
 * When a process started, in whatever form the system says it; "" where it cannot be told.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return fields[0] === "Z" ? "ended" : (fields[19] ?? "");
    }
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}
