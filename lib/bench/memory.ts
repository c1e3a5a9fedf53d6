/** Memory of a whole process tree, from /proc (Linux). */
import { readdirSync, readFileSync } from "node:fs";

/** The ids of a process and of everything below it. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * The resident set sizes (RSS) of a process and everything below it, summed, MB (10^6 bytes): what `ps` shows, whoever
 * else shares pages.
 */
export function treeMemoryMb(root: number): number {
  let sizeKb = 0;
  for (const pid of processTree(root)) {
    try {
      sizeKb += Number(/^Rss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // ended between listing and reading
    }
  }
  return (sizeKb * 1024) / 1e6;
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // ended between listing and reading
  }
}
