/** Sizes on disk, for doctor and clean. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Bytes that a file or folder takes; links count as nothing, what vanishes meanwhile neither. */
export function diskBytes(path: string): number {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink()) return 0;
  if (!found.isDirectory()) return found.blocks * 512;
  return namesIn(path).reduce((sum, name) => sum + diskBytes(join(path, name)), 0);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
