/**
 * Child processes that cells start: noted with their cell, so that an interrupt ends them, and told to the worker,
 * which signals them. A detached one is its author's to end, but for a script of %%bash.
 */
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process"; // a cell may replace the global one
import { onSpawn } from "../both/spawned.js";
import { Slot, type Shared } from "../both/shared.js";
import type { Channel } from "./channel.js";
import { ownTask, type Task } from "./task.js";

type Call = (...args: unknown[]) => unknown;

/** Notes what cells start from now on. */
export function watchChildren(channel: Channel, shared: Shared): void {
  onSpawn((child, pid, kind) => {
    const group = kind === "group";
    const task = kind === "attached" ? ownTask() : undefined;
    task?.children.add(pid); // first: a termination may strike anywhere
    channel.post({ type: "child", pid, state: group ? "group" : "started" });
    child.once("exit", () => {
      task?.children.delete(pid);
      if (!group) channel.post({ type: "child", pid, state: "over" });
    });
    if (group) child.once("close", () => void (isEmpty(pid) && channel.post({ type: "child", pid, state: "over" })));
  }, noteStart);
  for (const name of ["spawnSync", "execSync", "execFileSync"] as const) {
    const original = childProcess[name] as Call;
    const replacement: Call = (...args) => {
      Atomics.store(shared, Slot.waitsForChild, 1);
      try {
        return original(...args);
      } finally {
        Atomics.store(shared, Slot.waitsForChild, 0);
      }
    };
    Object.defineProperties(replacement, Object.getOwnPropertyDescriptors(original)); // name and length
    (childProcess as unknown as Record<string, Call>)[name] = replacement;
  }
  syncBuiltinESMExports();
}

/** Has what an interrupted task started ended; also the child that it was starting when a termination struck. */
export function endChildren(task: Task | undefined, channel: Channel): void {
  if (task === undefined || (task.children.size === 0 && task.starting === 0)) return;
  channel.post({ type: "end_children", pids: [...task.children], unnoted: task.starting > 0 });
  task.children.clear();
  task.starting = 0;
}

function noteStart(): () => void {
  const task = ownTask();
  if (task === undefined) return () => undefined;
  task.starting++;
  return () => void task.starting--;
}

function isEmpty(group: number): boolean {
  try {
    return !process.kill(-group, 0);
  } catch {
    return true;
  }
}
