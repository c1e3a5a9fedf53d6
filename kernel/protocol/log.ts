/** The kernel's own messages, for whoever started it: written at once to the stderr it was started with. */
import { writeSync } from "node:fs";

let descriptor = 2;

/** Later messages go to this descriptor. */
export function setLog(fd: number): void {
  descriptor = fd;
}

/** Writes a line to the process' own stderr, which a Jupyter server logs. */
export function log(text: string): void {
  try {
    writeSync(descriptor, `[kernel] ${text}\n`);
  } catch {
    // nobody reads it any more
  }
}
