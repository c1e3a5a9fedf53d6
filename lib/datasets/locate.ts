import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../backend/cache.js";
import type { ArchiveSpec, LocalArchive } from "./archive-spec.js";
import type { Digest } from "./digest.js";

/** Finds an archive in the mirror folder or in the cache. */
export async function locate(spec: ArchiveSpec, env: NodeJS.ProcessEnv = process.env): Promise<LocalArchive> {
  const mirror = env.SACCADE_MIRROR;
  if (mirror) {
    const path = join(mirror, spec.dataset, spec.file);
    if (existsSync(path)) return { path, digest: mirrorDigest(mirror, spec) ?? spec.digest, from: `mirror ${mirror}` };
  }
  const path = join(cacheFolder(env), "datasets", spec.dataset, spec.file);
  if (existsSync(path)) return { path, digest: spec.digest, from: spec.url };
  throw new Error(`${spec.file}: neither in the mirror nor in the cache (${path})`);
}

function mirrorDigest(mirror: string, spec: ArchiveSpec): Digest | undefined {
  const sums = join(mirror, "SHA256SUMS");
  if (!existsSync(sums)) return undefined;
  const line = readFileSync(sums, "utf8").split("\n").find((line) => line.endsWith(`  ${spec.dataset}/${spec.file}`));
  return line ? { algorithm: "sha256", hex: line.slice(0, 64) } : undefined;
}
