import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ArchiveSpec } from "./archive-spec.js";
import type { Digest } from "./digest.js";

/** The folder or base URL that SACCADE_MIRROR names. */
export type Mirror =
  | { readonly kind: "folder"; readonly path: string; readonly name: string }
  | { readonly kind: "url"; readonly base: string; readonly name: string };

/** The mirror that SACCADE_MIRROR's value names; undefined where it names none. */
export function mirrorOf(value: string | undefined): Mirror | undefined {
  if (!value) return undefined;
  if (/^https?:\/\//i.test(value)) return { kind: "url", base: value.replace(/\/+$/, ""), name: value };
  const path = resolve(value.startsWith("file:") ? fileURLToPath(value) : value);
  return { kind: "folder", path, name: path };
}

/** Where the mirror would hold an archive. */
export function placeIn(mirror: Mirror, spec: ArchiveSpec): string {
  return mirror.kind === "folder"
    ? join(mirror.path, spec.dataset, spec.file)
    : `${mirror.base}/${spec.dataset}/${spec.file}`;
}

/**
 * The digest to expect of a mirror's copy: what its SHA256SUMS says, else the published one.
 * @throws TypeError when a URL's SHA256SUMS cannot be fetched at all (fetch's own error)
 */
export async function mirrorDigest(mirror: Mirror, spec: ArchiveSpec, signal?: AbortSignal): Promise<Digest> {
  const sums = await readSums(mirror, signal);
  for (const line of sums.split("\n")) {
    const [, hex, file] = /^([0-9a-fA-F]{64}) [ *](?:\.\/)?(.+?)\r?$/.exec(line) ?? [];
    if (file === `${spec.dataset}/${spec.file}`) return { algorithm: "sha256", hex: hex!.toLowerCase() };
  }
  return spec.digest;
}

async function readSums(mirror: Mirror, signal: AbortSignal | undefined): Promise<string> {
  if (mirror.kind === "folder") {
    const path = join(mirror.path, "SHA256SUMS");
    return existsSync(path) ? readFile(path, "utf8") : "";
  }
  const limit = AbortSignal.timeout(30_000);
  const response = await fetch(`${mirror.base}/SHA256SUMS`, {
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  return response.ok ? response.text() : "";
}
