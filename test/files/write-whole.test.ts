import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { writeWhole, writeWholeSync } from "../../lib/files/write-whole.js";

const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "write-whole-"));

describe.each([
  [
    "writeWhole",
    async (path: string, text: string) => writeWhole(path, [text.slice(0, 2), Buffer.from(text.slice(2))]),
  ],
  ["writeWholeSync", async (path: string, text: string) => writeWholeSync(path, text)],
])("%s()", (_name, write) => {
  let folder = "";
  beforeEach(() => void (folder = temporaryFolder()));

  it("writes all parts, and leaves nothing else", async () => {
    await write(join(folder, "a.txt"), "content");
    expect([readFileSync(join(folder, "a.txt"), "utf8"), readdirSync(folder)]).toEqual(["content", ["a.txt"]]);
  });

  it("keeps the permissions of a file that it replaces", async () => {
    const path = join(folder, "run.sh");
    writeFileSync(path, "old");
    chmodSync(path, 0o751);
    await write(path, "new text");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["new text", 0o751]);
  });

  it("writes where a link points, and leaves the link", async () => {
    writeFileSync(join(folder, "there"), "old");
    symlinkSync(join(folder, "there"), join(folder, "link"));
    await write(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "there"), "utf8")).toBe("new");
    expect(readdirSync(folder, { withFileTypes: true }).map((one) => [one.name, one.isSymbolicLink()])).toEqual([
      ["link", true],
      ["there", false],
    ]);
  });

  it("removes what a process that is gone left of this file; not another file's, nor a living process's", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const names = [`a.${gone}.partial`, `a.${gone}-2.partial`, `b.${gone}.partial`, `a.${process.ppid}.partial`];
    for (const name of names) writeFileSync(join(folder, name), "half");
    await write(join(folder, "a"), "whole");
    expect(readdirSync(folder).sort()).toEqual(["a", ...names.slice(2)].sort());
  });

  it("throws the system's error where the folder is missing", async () => {
    await expect(write(join(folder, "none", "a"), "text")).rejects.toThrow(/ENOENT/);
  });

  it.skipIf(!existsSync("/dev/full"))("names the file where the disk is full, and keeps the old one", async () => {
    const path = join(folder, "a");
    writeFileSync(path, "old");
    symlinkSync("/dev/full", `${path}.${process.pid}.partial`); // where it writes at first
    await expect(write(path, "new text")).rejects.toThrow(`${path}: there is no room on its disk for it (ENOSPC`);
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["old", ["a"]]);
  });
});

it("writeWhole() of one file twice at once leaves one of the two whole", async () => {
  const path = join(temporaryFolder(), "a");
  const texts = ["1", "2"].map((digit) => digit.repeat(1 << 20));
  await Promise.all(texts.map((text) => writeWhole(path, [text, text])));
  const written = readFileSync(path, "utf8");
  expect(texts.map((text) => text + text)).toContain(written);
});
