/** The machine's processes, as far as their kinship goes. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** When it started: tells it from a later one of the same number. */
  readonly started: string;
}

/** All that run; one that has ended and is not yet collected does not. Empty where the system does not say. */
export function processTable(): Entry[] {
  try {
    return process.platform === "linux" ? ofProc() : ofPs();
  } catch {
    return [];
  }
}

/** The entries of these processes and of all below them. */
export function below(table: readonly Entry[], roots: readonly number[]): Entry[] {
  const found = new Set(roots);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { pid, parent } of table) if (found.has(parent)) found.add(pid);
  }
  return table.filter(({ pid }) => found.has(pid));
}

function ofProc(): Entry[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return numbers.flatMap((name) => {
    let text: string;
    try {
      text = readFileSync(`/proc/${name}/stat`, "utf8");
    } catch {
      return []; // it has ended meanwhile
    }
    // "pid (name) state ppid pgrp …", the start time 22nd; a name may hold anything
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return [];
    return [{ pid: Number(name), parent: Number(fields[1]), group: Number(fields[2]), started: fields[19] ?? "" }];
  });
}

function ofPs(): Entry[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8" });
  return text.split("\n").flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (state === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started: started.join(" ") }];
  });
}
