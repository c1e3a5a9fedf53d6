/**
 * The cell that a kernel was running when it ended without closing, told by the next one. A server restarts a kernel
 * with the same connection file, so the note is kept under that file's name and place. A kernel that runs nothing has
 * no note: to be killed then is how a forced restart goes.
 */
import { mkdirSync, readFileSync, unlinkSync } from "node:fs";
import { createHash } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { replaceFile } from "../both/replace-file.js";

interface Note {
  readonly pid: number;
  readonly cell: number;
  readonly source: string;
}

/** Characters of the cell's first line that are told. */
const SHOWN = 80;

/** The note of the cell that runs, and what the kernel before this one left in its own. */
export class CrashNote {
  readonly #path: string;
  #writable = true;
  /** What to tell with the first cell's output, or "". */
  readonly story: string;

  constructor(folder: string, connectionFile: string) {
    // other folders have files of that name too
    const place = createHash("sha256").update(resolve(connectionFile)).digest("hex").slice(0, 12);
    this.#path = join(folder, `${basename(connectionFile, ".json")}-${place}.json`);
    this.story = storyOf(this.#path);
    try {
      mkdirSync(folder, { recursive: true });
    } catch {
      this.#writable = false; // the next kernel has nothing to tell
    }
  }

  /** Notes the cell that starts. */
  begin(cell: number, source: string): void {
    if (!this.#writable) return;
    const note: Note = { pid: process.pid, cell, source: source.slice(0, 1000) };
    try {
      replaceFile(this.#path, JSON.stringify(note));
    } catch {
      this.#writable = false;
    }
  }

  /** The story was told, the cell ended, or the kernel ends in order. */
  clear(): void {
    try {
      unlinkSync(this.#path);
    } catch {
      // none was written
    }
  }
}

function storyOf(path: string): string {
  let note: Note;
  try {
    note = JSON.parse(readFileSync(path, "utf8")) as Note;
  } catch {
    return ""; // the one before ended in order, or there was none
  }
  const line = String(note.source).trim().split("\n", 1)[0]!.slice(0, SHOWN);
  return (
    `The kernel before this one was ended while it ran the cell [${note.cell}]: ${line}\nThat was a ` +
    `forced restart, a crash in native code, or the system, perhaps for memory.\n`
  );
}
