/**
 * The path by which front ends and kernel know a cell's text: its hash within a folder that need not be there. A front
 * end computes the same from the cell's text and what debugInfo says, so that breakpoints outlive a reload of its page.
 */
import { Buffer } from "node:buffer";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import process from "node:process";

/** The hash's, as ipykernel has it; debugInfo says it. */
export const HASH_SEED = 0xc70f6907;

/** JupyterLab takes a path for a cell's, and names it by the cell's number, where "ipykernel_" stands in it. */
export const CELL_PREFIX = join(tmpdir(), `ipykernel_${process.pid}`) + sep;
export const CELL_SUFFIX = ".ts";

const MULTIPLIER = 0x5bd1e995;

/** The path that stands for a cell's text. */
export function cellPath(text: string): string {
  return `${CELL_PREFIX}${murmur2(text, HASH_SEED)}${CELL_SUFFIX}`;
}

export function isCell(path: string): boolean {
  return path.startsWith(CELL_PREFIX);
}

/** MurmurHash2 (32 bits) of the text's UTF-8 bytes. */
export function murmur2(text: string, seed: number): number {
  const bytes = Buffer.from(text, "utf8");
  const whole = bytes.length & ~3;
  let hash = (seed ^ bytes.length) | 0;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    word ^= word >>> 24;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  if (whole < bytes.length) {
    for (let at = whole; at < bytes.length; at++) hash ^= bytes[at]! << (8 * (at - whole));
    hash = Math.imul(hash, MULTIPLIER);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) >>> 0;
}
