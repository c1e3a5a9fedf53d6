import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArchiveError, readArchive, type ReadArchiveOptions } from "../../lib/files/archive.js";
import { DigestError } from "../../lib/files/digest.js";
import { makeArchive, sha256, type Member } from "./make-archive.js";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-archive-"))));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(bytes: Uint8Array, options: Partial<ReadArchiveOptions> = {}): Promise<Record<string, string>> {
  const file = join(folder, "a.tar.gz");
  writeFileSync(file, bytes);
  const found: Record<string, string> = {};
  await readArchive(file, { maxBytes: 1_000_000, ...options }, (path) => {
    if (path.endsWith("skipped")) return undefined;
    found[path] = "";
    return (chunk) => void (found[path] += Buffer.from(chunk).toString());
  });
  return found;
}

const text = (value: string): Uint8Array => Buffer.from(value);
const GOOD: readonly Member[] = [
  { path: "set/", type: "Directory" },
  { path: "set/one", bytes: text("first") },
  { path: "set/skipped", bytes: text("x".repeat(2000)) },
  { path: "./set/two", bytes: text("y".repeat(1500)) },
];

describe("readArchive", () => {
  test("gives each member's bytes, and passes over those not wanted", async () => {
    const bytes = makeArchive(GOOD);
    expect(await read(bytes, { digest: sha256(bytes) })).toEqual({ "set/one": "first", "set/two": "y".repeat(1500) });
  });

  test.each<[string, Member]>([
    ["a path that leaves the folder", { path: "set/../../etc/passwd", bytes: text("x") }],
    ["an absolute path", { path: "/etc/passwd", bytes: text("x") }],
    ["a path with a backslash", { path: "set\\..\\x", bytes: text("x") }],
    ["a symbolic link", { path: "set/link", type: "SymbolicLink", linkpath: "/etc/passwd" }],
    ["a hard link", { path: "set/link", type: "Link", linkpath: "/etc/passwd" }],
    ["a device", { path: "set/device", type: "CharacterDevice" }],
  ])("refuses %s", async (_name, member) => {
    const reading = read(makeArchive([...GOOD, member]));
    await expect(reading).rejects.toThrow(ArchiveError);
    await expect(reading).rejects.toThrow(
      member.type
        ? /must be a plain file or folder, got \w+ set\/(link|device)/
        : /path must stay in the archive's folder, got /,
    );
  });

  test("stops an archive that expands beyond maxBytes", async () => {
    const bomb = makeArchive([{ path: "set/zeros", bytes: new Uint8Array(5_000_000) }]);
    expect(bomb.length).toBeLessThan(10_000);
    await expect(read(bomb)).rejects.toThrow("must unpack to at most 1000000 bytes, got more");
  });

  test("stops an archive of endless members", async () => {
    const members = Array.from({ length: 30 }, (_, i) => ({ path: `set/${i}`, bytes: text("x") }));
    await expect(read(makeArchive(members), { maxMembers: 20 })).rejects.toThrow(
      "at most 20 members are read, got more",
    );
  });

  test("refuses other bytes than the digest's", async () => {
    await expect(read(makeArchive(GOOD), { digest: sha256(text("other")) })).rejects.toThrow(DigestError);
  });

  test("names the digest when damaged bytes make a sink fail first", async () => {
    const good = makeArchive(GOOD);
    const file = join(folder, "c.tar.gz");
    writeFileSync(file, makeArchive([{ path: "set/one", bytes: text("damaged") }]));
    const sink = (): never => {
      throw new RangeError("a label must be 0 to 9");
    };
    await expect(readArchive(file, { maxBytes: 1e6, digest: sha256(good) }, () => sink)).rejects.toThrow(DigestError);
  });

  test.each<[string, (whole: Buffer) => Uint8Array]>([
    ["cut off in its compressed bytes", (whole) => whole.subarray(0, whole.length - 40)],
    ["cut off in a member", (whole) => gzipSync(gunzipSync(whole).subarray(0, 1400))],
    ["no archive", () => text("<html>not found</html>")],
    ["compressed and no archive", () => gzipSync(Buffer.alloc(2000, "text "))],
  ])("refuses a file that is %s", async (_name, damage) => {
    await expect(read(damage(makeArchive(GOOD)))).rejects.toThrow(ArchiveError);
  });

  test("passes on what a sink throws", async () => {
    writeFileSync(join(folder, "b.tar.gz"), makeArchive(GOOD));
    const sink = (): never => {
      throw new RangeError("too many");
    };
    await expect(readArchive(join(folder, "b.tar.gz"), { maxBytes: 1e6 }, () => sink)).rejects.toThrow(
      new RangeError("too many"),
    );
  });

  test("stops when its signal aborts", async () => {
    await expect(read(makeArchive(GOOD), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
  });
});
