import { mkdirSync, renameSync, rmSync } from "node:fs";

/**
 * Puts a folder in place of what is there, whole or not at all: it is filled beside it and renamed at the end. What a
 * run that was killed left beside it goes.
 *
 * @param fill writes the files into the folder that it is given
 */
export function replaceFolder(folder: string, fill: (partial: string) => void): void {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  fill(partial);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}
