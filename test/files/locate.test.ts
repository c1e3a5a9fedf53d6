import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cacheFolder } from "../../lib/files/cache-folder.js";
import type { ArchiveSpec, LocalArchive } from "../../lib/files/archive-spec.js";
import { UnavailableError } from "../../lib/files/download.js";
import { locate } from "../../lib/files/locate.js";
import { serve, status, type FileServer } from "./file-server.js";
import { sha256 } from "./make-archive.js";

const OFFICIAL = Buffer.from("the authors' bytes");
const REBUILT = Buffer.from("a mirror's bytes");

let folder: string;
let env: Record<string, string>;
let notes: string[];
let servers: FileServer[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-locate-"));
  env = { SACCADE_CACHE: join(folder, "cache") };
  notes = [];
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  rmSync(folder, { recursive: true });
});

async function start(...args: Parameters<typeof serve>): Promise<FileServer> {
  const server = await serve(...args);
  servers.push(server);
  return server;
}

function spec(url: string): ArchiveSpec {
  return { dataset: "set", file: "a.tar.gz", url, sizeBytes: 100, digest: sha256(OFFICIAL) };
}

function find(url: string): Promise<LocalArchive> {
  const progress = { update() {}, note: (text: string) => void notes.push(text), end() {} };
  return locate(spec(url), { env, attempts: 1, backoffMs: 1, progress });
}

function mirrorFolder(sums?: string): string {
  const path = join(folder, "mirror");
  mkdirSync(join(path, "set"), { recursive: true });
  writeFileSync(join(path, "set", "a.tar.gz"), REBUILT);
  if (sums !== undefined) writeFileSync(join(path, "SHA256SUMS"), sums);
  return path;
}

describe("locate", () => {
  test("takes a mirror folder's copy in place, with the digest of its SHA256SUMS", async () => {
    env.SACCADE_MIRROR = mirrorFolder(`${"a".repeat(64)}  other/a.tar.gz\n${sha256(REBUILT).hex} *./set/a.tar.gz\r\n`);
    expect(await find("http://127.0.0.1:9/")).toEqual({
      path: join(env.SACCADE_MIRROR, "set", "a.tar.gz"),
      digest: sha256(REBUILT),
      from: env.SACCADE_MIRROR,
      cached: false,
    });
    env.SACCADE_MIRROR = pathToFileURL(env.SACCADE_MIRROR).href;
    expect((await find("http://127.0.0.1:9/")).digest).toEqual(sha256(REBUILT));
  });

  test("expects the published digest of a mirror without SHA256SUMS", async () => {
    env.SACCADE_MIRROR = mirrorFolder();
    expect((await find("http://127.0.0.1:9/")).digest).toEqual(sha256(OFFICIAL));
  });

  test("asks a mirror URL first, and remembers that the cached copy is from it", async () => {
    const official = await start({ "/a.tar.gz": OFFICIAL });
    const mirror = await start({
      "/set/a.tar.gz": REBUILT,
      "/SHA256SUMS": Buffer.from(`${sha256(REBUILT).hex}  set/a.tar.gz\n`),
    });
    env.SACCADE_MIRROR = mirror.url;
    const found = await find(`${official.url}/a.tar.gz`);
    expect(found).toMatchObject({ digest: sha256(REBUILT), from: mirror.url, cached: true });
    expect(readFileSync(found.path).equals(REBUILT)).toBe(true);
    expect(notes.join("\n")).toContain(`from ${mirror.url}`);
    delete env.SACCADE_MIRROR;
    expect(await find(`${official.url}/a.tar.gz`)).toEqual(found);
    expect(official.requests).toHaveLength(0);
  });

  test.each([
    ["does not hold it", async () => (await start({})).url, "HTTP 404"],
    ["answers 503", async () => (await start({ "/set/a.tar.gz": REBUILT }, [], status(503))).url, "HTTP 503"],
    [
      "cannot be reached",
      async () => {
        const gone = await serve({});
        await gone.close();
        return gone.url;
      },
      "fetch failed",
    ],
  ])("goes on to the authors' URL when the mirror %s, and says so", async (_case, mirror, reason) => {
    const official = await start({ "/a.tar.gz": OFFICIAL });
    env.SACCADE_MIRROR = await mirror();
    const found = await find(`${official.url}/a.tar.gz`);
    expect(found).toMatchObject({ digest: sha256(OFFICIAL), from: `${official.url}/a.tar.gz` });
    expect(notes.some((note) => note.includes(env.SACCADE_MIRROR!) && note.includes(reason))).toBe(true);
  });

  test("names every place's reason when none has it", async () => {
    const official = await start({});
    env.SACCADE_MIRROR = join(folder, "nowhere");
    const error: unknown = await find(`${official.url}/a.tar.gz`).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UnavailableError);
    expect((error as Error).message).toMatch(/nowhere does not hold set\/a\.tar\.gz; .*HTTP 404/);
    expect(notes[0]).toMatch(/nowhere does not hold set\/a\.tar\.gz$/);
  });

  test("expects an archive that was put into the cache by hand to be the authors' own", async () => {
    mkdirSync(join(folder, "cache", "datasets", "set"), { recursive: true });
    writeFileSync(join(folder, "cache", "datasets", "set", "a.tar.gz"), OFFICIAL);
    expect(await find("http://127.0.0.1:9/a")).toMatchObject({
      digest: sha256(OFFICIAL),
      from: "http://127.0.0.1:9/a",
    });
    expect(existsSync(join(folder, "cache", "datasets", "set", "a.tar.gz.json"))).toBe(false);
  });
});

describe("cacheFolder", () => {
  test("is SACCADE_CACHE, else saccade in an absolute XDG_CACHE_HOME, else ~/.cache/saccade", () => {
    expect(cacheFolder({ SACCADE_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/saccade");
    expect(cacheFolder({ XDG_CACHE_HOME: "b" })).toBe(join(homedir(), ".cache", "saccade"));
  });
});
