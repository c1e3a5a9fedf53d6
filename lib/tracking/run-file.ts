/** The file of a run's record: lines are appended whole, by one run at a time. */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { withFileName } from "../files/disk-full.js";
import { tryLock } from "../files/file-lock.js";

/** A file that one run writes. */
export interface RunFile {
  readonly path: string;
  /** Appends at once. @throws the system's error: a full disk, with the file's name */
  append(line: string): void;
  /** Flushes to the disk, and lets others write. */
  close(): Promise<void>;
}

/** Files that runs of this process write, each with its run. */
const open = new Map<string, { readonly id: string; close(): Promise<void> }>();

/** How many runs of one path may be under way at once. */
const MOST = 1000;

/**
 * Opens the file at a path, or, where another run writes that just now, one beside it: "log-2.jsonl". What a run of the
 * same id left open in this process is closed: that run goes on here.
 *
 * @throws the system's error for a folder that cannot be written
 */
export async function openRunFile(path: string, id: string): Promise<RunFile> {
  mkdirSync(dirname(path), { recursive: true });
  for (let n = 1; n <= MOST; n++) {
    const each = n === 1 ? path : path.replace(/(\.[^./\\]*)?$/, `-${n}$1`);
    if (open.get(each)?.id === id) await open.get(each)!.close();
    const release = await tryLock(lockOf(each));
    if (release) return begin(each, id, release);
  }
  throw new RangeError(`jsonLines: path must be free, got ${path}, which ${MOST} runs write`);
}

/** The file that says that a record is being written. */
export function lockOf(path: string): string {
  return `${path}.lock`;
}

async function begin(path: string, id: string, release: () => Promise<void>): Promise<RunFile> {
  let file: number;
  try {
    file = openSync(path, "a+");
  } catch (error) {
    await release();
    throw error;
  }
  let torn = endsTorn(file);
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    open.delete(path);
    try {
      fsyncSync(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EINVAL") throw withFileName(error, path); // a device has none
    } finally {
      closeSync(file);
      await release();
    }
  };
  open.set(path, { id, close });
  return {
    path,
    append(line) {
      if (closed) throw new Error(`${path}: another run of ${id} goes on with it`);
      try {
        writeFileSync(file, torn ? `\n${line}` : line);
        torn = false;
      } catch (error) {
        torn = true; // a part of the line may be there
        throw withFileName(error, path);
      }
    },
    close,
  };
}

/** Whether the last line has no end: its writer was killed. */
function endsTorn(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 0x0a;
}
