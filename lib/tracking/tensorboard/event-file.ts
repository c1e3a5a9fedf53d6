/** The event files of a run: one for each part of it, in the order of their names. */
import { closeSync, fsyncSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { withFileName } from "../../files/disk-full.js";
import { recordOf } from "./records.js";

/** A file of events that grows. */
export interface EventFile {
  readonly path: string;
  /** Appends at once, whole. @throws the system's error: a full disk, with the file's name */
  append(event: Uint8Array): void;
  /** Flushes to the disk. */
  close(): void;
}

/** Files that two processes begin in one second: each takes the next. */
const MOST = 1000;
/** As TensorBoard reads a name: seconds of ten digits, by which files are sorted. */
const NAMED = /tfevents\.(\d{10})\./;

/**
 * Begins the next file of a folder that is there: TensorBoard reads files by their names, and what a run wrote before
 * has to come first.
 *
 * @throws the system's error for a folder that cannot be written
 */
export function openEventFile(folder: string): EventFile {
  const there = readdirSync(folder).map((name) => Number(NAMED.exec(name)?.[1] ?? 0));
  const first = Math.max(Math.floor(Date.now() / 1000), ...there.map((seconds) => seconds + 1));
  for (let n = 0; n < MOST; n++) {
    const path = join(folder, `events.out.tfevents.${first + n}.${hostname()}.${process.pid}.0`);
    try {
      return fileAt(path, openSync(path, "ax"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new RangeError(`tensorboard: folder must take another file, got ${folder}`);
}

function fileAt(path: string, file: number): EventFile {
  let broken = false;
  return {
    path,
    append(event) {
      if (broken) throw new Error(`${path}: it ends in a part of a record, after which TensorBoard reads no more`);
      try {
        writeFileSync(file, recordOf(event));
      } catch (error) {
        broken = true;
        throw withFileName(error, path);
      }
    },
    close() {
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    },
  };
}
