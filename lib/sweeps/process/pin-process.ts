import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import koffi from "koffi";

/** The cores that this process may use, by their numbers; undefined where the system does not say. */
function allowedCores(): number[] | undefined {
  try {
    const [, list = ""] = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    const cores = list.split(",").flatMap((part) => {
      const [from, to = from] = part.split("-").map(Number);
      return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i);
    });
    return cores.length > 0 && cores.every(Number.isInteger) ? cores : undefined;
  } catch {
    return undefined; // no Linux
  }
}

/** The cores that each of several processes is given, and how many threads each computes with. */
export interface Shares {
  /** For each process; undefined where the system cannot pin. */
  readonly cores: readonly (readonly number[])[] | undefined;
  readonly threads: number;
}

/** Cores in equal shares; with more processes than cores, one core each, in turn. */
export function sharesOf(
  processes: number,
  threads = Math.max(1, Math.floor(availableParallelism() / processes)),
): Shares {
  const all = allowedCores();
  const at = (i: number): number[] =>
    Array.from({ length: Math.min(threads, all!.length) }, (_, k) => all![(i * threads + k) % all!.length]!);
  return { cores: all && Array.from({ length: processes }, (_, i) => at(i)), threads };
}

/** Size of glibc's cpu_set_t, in bytes: 1,024 cores. */
const SET_BYTES = 128;

/**
 * Keeps all threads of this process, and those that they start, on some cores.
 *
 * @returns whether the system did so
 */
export function pinProcess(cores: readonly number[]): boolean {
  if (process.platform !== "linux" || cores.some((core) => core >= 8 * SET_BYTES)) return false;
  try {
    const set = new Uint8Array(SET_BYTES);
    for (const core of cores) set[core >> 3]! |= 1 << (core & 7);
    const pin = koffi.load(null).func("int sched_setaffinity(int thread, size_t bytes, const void* set)");
    return readdirSync("/proc/self/task").every((thread) => pin(Number(thread), SET_BYTES, set) === 0);
  } catch {
    return false;
  }
}
