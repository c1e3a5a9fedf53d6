import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder } from "./cache-folder.js";
import type { ArchiveSpec, LocalArchive } from "./archive-spec.js";
import type { Digest } from "./digest.js";
import { download, UnavailableError, type DownloadOptions } from "./download.js";
import { downloadProgress } from "./download-progress.js";
import { mirrorDigest, mirrorOf, placeIn } from "./mirror.js";
import { writeWholeSync } from "./write-whole.js";

/** How an archive is looked for and fetched. */
export interface LocateOptions extends Pick<DownloadOptions, "attempts" | "backoffMs" | "progress" | "signal"> {
  /** Default: the process's own, for SACCADE_MIRROR and SACCADE_CACHE. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * An archive on this machine, brought here if need be. In this order: the mirror's folder, the
 * cache, the mirror's URL, the authors' URL; the latter two are kept in the cache.
 * @throws UnavailableError when no place has it or none can be reached, with the reason of each
 * @throws DigestError when a place gives other bytes than it should
 */
export async function locate(spec: ArchiveSpec, options: LocateOptions = {}): Promise<LocalArchive> {
  const { env = process.env, signal } = options;
  const mirror = mirrorOf(env.SACCADE_MIRROR);
  const reasons: string[] = [];
  if (mirror?.kind === "folder") {
    const path = placeIn(mirror, spec);
    if (existsSync(path)) return { path, digest: await mirrorDigest(mirror, spec), from: mirror.name, cached: false };
    reasons.push(`the mirror ${mirror.name} does not hold ${spec.dataset}/${spec.file}`);
  }
  const kept = await readCache(spec, env);
  if (kept) return kept;

  const progress = options.progress ?? downloadProgress();
  for (const reason of reasons) progress.note(reason);
  const target = cachePath(spec, env);
  const bring = async (url: string, digest: Digest, from: string): Promise<LocalArchive> => {
    progress.note(`${spec.file}: ${(spec.sizeBytes / 1e6).toFixed(0)} MB from ${from}`);
    await mkdir(dirname(target), { recursive: true });
    // first, so that the archive never lies there without it
    writeWholeSync(`${target}.json`, JSON.stringify({ digest, from }));
    // A mirror's copy may be packed anew: its size is near the published one, not equal.
    await download(url, target, { ...options, progress, digest, maxBytes: 2 * spec.sizeBytes });
    return { path: target, digest, from, cached: true };
  };
  if (mirror?.kind === "url") {
    try {
      return await bring(placeIn(mirror, spec), await mirrorDigest(mirror, spec, signal), mirror.name);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof UnavailableError || isFetchError(error))) throw error;
      reasons.push(`the mirror ${mirror.name}: ${(error as Error).message}`);
      progress.note(reasons.at(-1)!);
    }
  }
  try {
    return await bring(spec.url, spec.digest, spec.url);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    throw new UnavailableError([...reasons, error.message].join("; "), { cause: error });
  }
}

/**
 * Whether `locate` would find it on this machine, in the mirror's folder or in the cache, without asking the network.
 */
export function isHere(spec: ArchiveSpec, env: NodeJS.ProcessEnv = process.env): boolean {
  const mirror = mirrorOf(env.SACCADE_MIRROR);
  return (mirror?.kind === "folder" && existsSync(placeIn(mirror, spec))) || existsSync(cachePath(spec, env));
}

/** Removes an archive that turned out damaged from the cache, so that the next search brings it anew. */
export async function discard(archive: LocalArchive): Promise<void> {
  if (!archive.cached) return; // a mirror is not ours to change
  await rm(archive.path, { force: true });
  await rm(`${archive.path}.json`, { force: true });
}

/** Where the cache holds an archive, or would. */
export function cachePath(spec: ArchiveSpec, env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), "datasets", spec.dataset, spec.file);
}

/** What the cache holds; an archive put there by hand is expected to be the authors' own. */
async function readCache(spec: ArchiveSpec, env: NodeJS.ProcessEnv): Promise<LocalArchive | undefined> {
  const path = cachePath(spec, env);
  if (!existsSync(path)) return undefined;
  const note = existsSync(`${path}.json`)
    ? (JSON.parse(await readFile(`${path}.json`, "utf8")) as { digest: Digest; from: string })
    : undefined;
  return { path, digest: note?.digest ?? spec.digest, from: note?.from ?? spec.url, cached: true };
}

/** fetch reports an unreachable host as a TypeError with a cause, and its timeout by name. */
function isFetchError(error: unknown): boolean {
  return (error instanceof TypeError && error.cause !== undefined) || (error as Error).name === "TimeoutError";
}
