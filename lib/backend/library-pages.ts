import { readFileSync } from "node:fs";
import koffi from "koffi";

const MADV_DONTNEED = 4;

/** Address ranges of mapped files, as `madvise` takes them. */
type Ranges = readonly (readonly [from: bigint, bytes: bigint])[];

let ranges: Ranges = [];

/**
 * Looks up where the read-only pages of the files in a folder are mapped, for {@link releasePages}: code, constants,
 * and the tables of names and relocations, which only the loader reads. What was ever written to is left out. Only on
 * Linux; elsewhere nothing is found.
 */
export function findPages(folder: string): void {
  ranges = process.platform === "linux" ? rangesIn(readFileSync("/proc/self/smaps", "latin1"), folder) : [];
}

/**
 * Gives back the memory of the pages that {@link findPages} found. TensorFlow's library is 630 MB, of which loading
 * touches 250 MB and a training step 30 MB; what is touched again comes back from the system's cache of the file.
 */
export function releasePages(): void {
  if (ranges.length === 0) return;
  madvise ??= koffi.load(null).func("int madvise(uint64_t address, size_t bytes, int advice)");
  for (const [from, bytes] of ranges) madvise(from, bytes, MADV_DONTNEED);
}

let madvise: ((from: bigint, bytes: bigint, advice: number) => number) | undefined;

/** @param smaps of proc(5): a head line for each mapping, then its counters */
export function rangesIn(smaps: string, folder: string): Ranges {
  const heads = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)$/gm;
  const mappings = [...smaps.matchAll(heads)];
  return mappings.flatMap(([head, from, to, permissions, path], i) => {
    const counters = smaps.slice(mappings[i]!.index + head.length, mappings[i + 1]?.index);
    // Pages that were written to are copies of this process, and not to be had again.
    const isWritten = permissions!.includes("w") || !/^Anonymous: +0 kB$/m.test(counters);
    if (isWritten || !path!.startsWith(`${folder}/`)) return [];
    const start = BigInt(`0x${from}`);
    return [[start, BigInt(`0x${to}`) - start] as const];
  });
}
