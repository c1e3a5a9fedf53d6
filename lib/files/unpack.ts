import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { withFileName } from "./disk-full.js";
import { ArchiveError, readArchive, type ReadArchiveOptions } from "./archive.js";
import { downloadProgress } from "./download-progress.js";
import { withLock } from "./file-lock.js";

/**
 * Unpacks an archive's files into a new folder, whole or not at all: it is made beside the target and renamed at the
 * end. A folder that is there is taken as it is; a second process waits for the first.
 * @param wanted which members are written, by their path in the archive; it must be the same file name on every
 *   system, as it is that of the file
 * @throws what readArchive() throws; nothing is left behind
 */
export async function unpackArchive(
  file: string,
  target: string,
  options: ReadArchiveOptions,
  wanted: RegExp,
): Promise<void> {
  if (existsSync(target)) return; // renamed when it was whole; it may lie where nothing can be written
  await mkdir(dirname(target), { recursive: true });
  const progress = downloadProgress();
  const onWait = (): void => progress.note(`${basename(file)}: another process is unpacking it; waiting`);
  await withLock(`${target}.lock`, { signal: options.signal, onWait }, async () => {
    if (existsSync(target)) return; // the process waited for has made it
    progress.note(`${basename(file)}: unpacking into ${target}`);
    const partial = `${target}.partial`;
    await rm(partial, { recursive: true, force: true }); // what a run that was killed left
    const open = new Set<number>();
    try {
      await readArchive(file, options, (path, sizeBytes) => {
        if (!wanted.test(path)) return undefined;
        const place = join(partial, path);
        if (existsSync(place))
          throw new ArchiveError(`unpackArchive: the archive must hold each file once, got ${path} twice`);
        mkdirSync(dirname(place), { recursive: true });
        const descriptor = openSync(place, "wx");
        open.add(descriptor);
        let left = sizeBytes;
        return (chunk) => {
          for (let at = 0; at < chunk.length;) at += writeSync(descriptor, chunk, at);
          left -= chunk.length;
          if (left > 0) return;
          closeSync(descriptor);
          open.delete(descriptor);
        };
      });
      for (const descriptor of open) closeSync(descriptor); // empty files, whose bytes never came
      open.clear();
      if (!existsSync(partial))
        throw new ArchiveError(`unpackArchive: the archive must hold files as ${wanted.source}, got none (${file})`);
      await rename(partial, target);
    } catch (error) {
      for (const descriptor of open) closeSync(descriptor);
      await rm(partial, { recursive: true, force: true });
      throw withFileName(error, target);
    }
  });
}
