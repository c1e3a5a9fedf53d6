/** TensorFlow's library without Python: its wheel from PyPI, checked and unpacked. */
import { createWriteStream, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";
import { download, UnavailableError } from "../files/download.js";
import { withLock } from "../files/file-lock.js";
import { listZip, type ZipEntry } from "../files/zip.js";
import type { Wheel } from "./wheels.js";

/** Of PyPI's interface for programs; an index that only has pages for readers is understood too. */
const LISTS = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
const INDEX = "https://pypi.org/simple";

/**
 * Brings a wheel's libraries into `<home>/<wheel.folder>`, unless they are there. What an earlier call left of the
 * download is resumed; a second process waits for the first.
 * @param home the cache's folder for TensorFlow
 * @param index pip's index; default: the one that PIP_INDEX_URL names, else PyPI's
 * @throws UnavailableError where the index cannot be reached or has no such file
 * @throws DigestError where what came is not what was published
 * @throws Error for a wheel that holds other libraries than expected
 */
export async function fetchLibrary(
  wheel: Wheel,
  home: string,
  index: string = process.env["PIP_INDEX_URL"] || INDEX,
): Promise<void> {
  mkdirSync(home, { recursive: true });
  await withLock(join(home, "fetch.lock"), {}, async () => {
    if (isUnpacked(home, wheel)) return;
    const url = await addressOf(wheel, index);
    const file = join(home, "download.partial", basename(new URL(url).pathname));
    await download(url, file, { digest: { algorithm: "sha256", hex: wheel.sha256 }, maxBytes: wheel.sizeBytes });
    await unpackLibraries(readFileSync(file), wheel, home);
    rmSync(join(home, "download.partial"), { recursive: true });
  });
}

/** Whether all of a wheel's libraries are there, of the sizes they have. */
export function isUnpacked(home: string, wheel: Wheel): boolean {
  return Object.entries(wheel.libraries).every(
    ([path, bytes]) => statSync(join(home, wheel.folder, basename(path)), { throwIfNoEntry: false })?.size === bytes,
  );
}

/** Where the index has the file of the wheel's digest. */
async function addressOf({ package: name, sha256, version }: Wheel, index: string): Promise<string> {
  const page = `${index.replace(/\/$/, "")}/${name}/`;
  let response: Response;
  try {
    response = await fetch(page, { headers: { accept: LISTS } });
  } catch (error) {
    const { message } = ((error as Error).cause as Error | undefined) ?? (error as Error);
    throw new UnavailableError(`${page} cannot be reached: ${message}`, { cause: error });
  }
  if (!response.ok) throw new UnavailableError(`${page} answers with HTTP ${response.status}`);
  const text = await response.text();
  const found = response.headers.get("content-type")?.includes("json")
    ? (JSON.parse(text) as { files: { url: string; hashes: { sha256?: string } }[] }).files.find(
        ({ hashes }) => hashes.sha256 === sha256,
      )?.url
    : new RegExp(`href="([^"#]+)#sha256=${sha256}"`).exec(text)?.[1];
  if (found === undefined) throw new UnavailableError(`${page} has no ${name} ${version} with sha256 ${sha256}`);
  return new URL(found, page).href;
}

async function unpackLibraries(bytes: Buffer, wheel: Wheel, home: string): Promise<void> {
  const files = listZip(bytes, (why) => {
    throw new Error(`fetchLibrary: ${wheel.package} ${wheel.version} is a wheel ${why}`);
  });
  const folder = join(home, wheel.folder);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  for (const [path, sizeBytes] of Object.entries(wheel.libraries)) {
    const entry = files.get(path);
    if (entry?.sizeBytes !== sizeBytes)
      throw new Error(
        `fetchLibrary: ${path} of ${wheel.package} ${wheel.version} must have ${sizeBytes} bytes, got ` +
          `${entry?.sizeBytes ?? "no such file"}`,
      );
    await unpack(entry, join(partial, basename(path)));
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

async function unpack({ method, packed }: ZipEntry, target: string): Promise<void> {
  const source = Readable.from([packed]);
  if (method === 0) await pipeline(source, createWriteStream(target));
  else await pipeline(source, createInflateRaw(), createWriteStream(target));
}
