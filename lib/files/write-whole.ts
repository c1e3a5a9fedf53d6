/**
 * Atomic writes: a file is written beside its place, flushed to the disk and renamed. Whoever reads it finds the old
 * file or the new one, whenever the process or the machine stops.
 */
import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withFileName } from "./disk-full.js";
import { isAlive } from "./is-alive.js";

/**
 * Writes a file whole or not at all, without holding up the thread; for large ones. A file that was there keeps its
 * permissions, and stays where a link points.
 *
 * @param path its folder must be there
 * @param parts the content: bytes or text, written one after the other
 * @throws the system's error, with the file's name where the disk is full; the old file is then as it was
 */
export async function writeWhole(path: string, parts: Iterable<string | Uint8Array>): Promise<void> {
  const writing = begin(path);
  try {
    const file = await open(writing.partial, "w");
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    commit(writing);
  } catch (error) {
    throw abandon(writing, error);
  } finally {
    inUse.delete(writing.partial);
  }
}

/**
 * {@link writeWhole} at once, for small files.
 *
 * @throws the system's error, with the file's name where the disk is full; the old file is then as it was
 */
export function writeWholeSync(path: string, content: string | Uint8Array): void {
  const writing = begin(path);
  try {
    const file = openSync(writing.partial, "w");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    commit(writing);
  } catch (error) {
    throw abandon(writing, error);
  } finally {
    inUse.delete(writing.partial);
  }
}

/** Removes what processes that were killed while they wrote this file left beside it; every write does so first. */
export function removeLeftovers(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const [, file, pid] = /^(.+)\.(\d+)(?:-\d+)?\.partial$/.exec(name) ?? [];
    if (file === basename(path) && !isAlive(Number(pid))) rmSync(join(dirname(path), name), { force: true });
  }
}

interface Writing {
  readonly path: string;
  /** Where it ends up: `path`, or what it links to. */
  readonly target: string;
  /** Where it is written at first. */
  readonly partial: string;
  /** The permissions of the file that is there. */
  readonly mode: number | undefined;
}

/** Files that this process is writing now: two writes of one file do not get into each other. */
const inUse = new Set<string>();

function begin(path: string): Writing {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  const target = mode === undefined ? path : realpathSync(path);
  removeLeftovers(target);
  let partial = `${target}.${process.pid}.partial`;
  for (let n = 2; inUse.has(partial); n++) partial = `${target}.${process.pid}-${n}.partial`;
  inUse.add(partial);
  return { path, target, partial, mode };
}

function commit({ target, partial, mode }: Writing): void {
  if (mode !== undefined) chmodSync(partial, mode);
  renameSync(partial, target);
  const folder = openSync(dirname(target), "r");
  try {
    fsyncSync(folder); // the rename too
  } finally {
    closeSync(folder);
  }
}

function abandon({ path, partial }: Writing, error: unknown): unknown {
  rmSync(partial, { force: true });
  return withFileName(error, path);
}
