import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import process from "node:process"; // a cell may replace the global one

/**
 * Writes a file whole or not at all: beside its place, then renamed. A file that was there keeps its permissions, and
 * stays where a link points.
 *
 * @throws the system's error; the old file is then as it was
 */
export function replaceFile(path: string, text: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  const target = mode === undefined ? path : realpathSync(path);
  const partial = `${target}.${process.pid}.partial`;
  try {
    writeFileSync(partial, text);
    if (mode !== undefined) chmodSync(partial, mode);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}
