import { createHash, randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DigestError, type Digest } from "../../lib/files/digest.js";
import { download, UnavailableError, type DownloadOptions } from "../../lib/files/download.js";
import { byRange, cutWhen, hang, serve, status, whole, wrong, type Answer, type FileServer } from "./file-server.js";

const BYTES = randomBytes(300_000);
const DIGEST: Digest = { algorithm: "sha256", hex: createHash("sha256").update(BYTES).digest("hex") };

let folder: string;
let target: string;
let server: FileServer | undefined;
let notes: string[];
let waiting: { readonly bytes: number; resolve(): void } | undefined;
const cut = cutWhen((bytes) => new Promise((resolve) => (waiting = { bytes, resolve })));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-download-"));
  target = join(folder, "deep", "file.bin");
  notes = [];
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

async function run(
  answers: readonly Answer[],
  options: Partial<DownloadOptions> = {},
  otherwise: Answer = byRange,
): Promise<void> {
  server ??= await serve({ "/file.bin": BYTES }, answers, otherwise);
  const update = ({ receivedBytes }: { receivedBytes: number }): void => {
    if (waiting && receivedBytes >= waiting.bytes) waiting.resolve();
  };
  const progress = { update, note: (text: string) => void notes.push(text), end() {} };
  await download(`${server.url}/file.bin`, target, {
    digest: DIGEST,
    maxBytes: 400_000,
    backoffMs: 1,
    progress,
    ...options,
  });
}

describe("download", () => {
  test("brings a file whole, and leaves nothing beside it", async () => {
    await run([]);
    expect(readFileSync(target).equals(BYTES)).toBe(true);
    expect(readdirSync(join(folder, "deep"))).toEqual(["file.bin"]);
  });

  test("resumes a cut connection where it ended, naming the version", async () => {
    await run([cut, cut]);
    expect(readFileSync(target).equals(BYTES)).toBe(true);
    expect(server!.requests.map(({ headers }) => [headers.range, headers["if-range"]])).toEqual([
      [undefined, undefined],
      ["bytes=150000-", '"version-1"'],
      ["bytes=225000-", '"version-1"'],
    ]);
    expect(notes.filter((note) => note.includes("trying again"))).toHaveLength(2);
  });

  test.skipIf(!existsSync("/dev/full"))(
    "names the file for which the disk has no room, and does not try again",
    async () => {
      mkdirSync(join(folder, "deep"));
      symlinkSync("/dev/full", `${target}.partial`);
      await expect(run([])).rejects.toThrow(`${target}: there is no room on its disk for it (ENOSPC`);
      expect([server!.requests.length, existsSync(target)]).toEqual([1, false]);
    },
  );

  test("resumes what an earlier run left", async () => {
    await expect(run([cut], { attempts: 1 })).rejects.toThrow(UnavailableError);
    await run([]);
    expect(server!.requests[1]!.headers.range).toBe("bytes=150000-");
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });

  test("takes the whole file from a server that ignores ranges", async () => {
    await run([cut], {}, whole);
    expect(server!.requests[1]!.headers.range).toBe("bytes=150000-");
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });

  test("starts anew when the rest is answered with another part", async () => {
    const shifted: Answer = (_request, response, bytes) => {
      response
        .writeHead(206, { "content-range": `bytes 5-${bytes.length - 1}/${bytes.length}` })
        .end(bytes.subarray(5));
    };
    await run([cut, shifted]);
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });

  test("removes wrong bytes and says so", async () => {
    const error: unknown = await run([wrong]).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DigestError);
    expect((error as Error).message).toMatch(/sha256 must be .*, got .*; the download was removed/);
    expect(readdirSync(join(folder, "deep"))).toEqual([]);
  });

  test("starts anew once when the part left by an earlier run was wrong", async () => {
    await expect(run([cut], { attempts: 1 })).rejects.toThrow(UnavailableError);
    writeFileSync(`${target}.partial`, Buffer.alloc(1000));
    await run([]);
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });

  test("does not ask again after 404", async () => {
    await expect(run([], {}, status(404))).rejects.toThrow(/cannot be had: HTTP 404/);
    expect(server!.requests).toHaveLength(1);
    expect(existsSync(target)).toBe(false);
  });

  test("waits out a 503, no longer than it is told to", async () => {
    await run([status(503, { "retry-after": "3600" }), status(503)], { maxWaitMs: 2 });
    expect(server!.requests).toHaveLength(3);
    expect(notes[0]).toContain("HTTP 503 Service Unavailable; trying again in 0.0 s");
  });

  test("gives up on a 503 that stays", async () => {
    await expect(run([], { attempts: 3 }, status(503))).rejects.toThrow(/cannot be had after 3 attempts: HTTP 503/);
    expect(server!.requests).toHaveLength(3);
  });

  test("leaves a connection that brings nothing more", async () => {
    await run([hang], { stallMs: 50 });
    expect(notes[0]).toContain("nothing came for 0.05 s");
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });

  test("takes no more than maxBytes, also from a server that states no length", async () => {
    const endless: Answer = (_request, response, bytes) => void response.writeHead(200).end(bytes);
    for (const answer of [whole, endless]) {
      await expect(run([], { maxBytes: 1000 }, answer)).rejects.toThrow(/must be at most 1000 bytes/);
      await server!.close();
      server = undefined;
    }
  });

  test("names the reason when nothing listens", async () => {
    const gone = await serve({});
    await gone.close();
    const options = { digest: DIGEST, maxBytes: 1, attempts: 2, backoffMs: 1 };
    await expect(download(`${gone.url}/file.bin`, target, options)).rejects.toThrow(/after 2 attempts: .*ECONNREFUSED/);
  });

  test("asks once when two want the file at the same time", async () => {
    server = await serve({ "/file.bin": BYTES });
    await Promise.all([run([]), run([])]);
    expect(server.requests).toHaveLength(1);
  });

  test("takes over the lock of a process that has died", async () => {
    await run([]);
    rmSync(target);
    writeFileSync(`${target}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: (await import("node:os")).hostname() }));
    await run([]);
    expect(existsSync(target)).toBe(true);
  });

  test("stops when its signal aborts, and keeps what came for the next run", async () => {
    const controller = new AbortController();
    const started: Answer = (request, response, bytes) => {
      hang(request, response, bytes);
      setImmediate(() => controller.abort(new Error("enough")));
    };
    await expect(run([started], { signal: controller.signal })).rejects.toThrow("enough");
    expect(readdirSync(join(folder, "deep")).filter((name) => name.endsWith(".lock"))).toEqual([]);
    await run([]);
    expect(readFileSync(target).equals(BYTES)).toBe(true);
  });
});
