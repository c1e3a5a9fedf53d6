import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ArchiveError } from "../../lib/files/archive.js";
import { imageFolder } from "../../lib/datasets/image-folder.js";
import { loadImages } from "../../lib/datasets/load-images.js";
import { decodeFile, decodeImage, ImageError } from "../../lib/datasets/pipeline/decode.js";
import { unpackArchive } from "../../lib/files/unpack.js";
import { makeArchive, type Member } from "./make-archive.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-hostile-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true); // where unpacking says that it begins
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("an archive", () => {
  const good: Member = { path: "set/a.txt", bytes: Buffer.from("good") };
  const limits = { maxBytes: 20_000, maxMembers: 10 };
  const unpack = (bytes: Uint8Array): Promise<void> => {
    writeFileSync(join(folder, "a.tgz"), bytes);
    return unpackArchive(join(folder, "a.tgz"), join(folder, "into", "target"), limits, /^set\//);
  };

  test.each<[string, () => Uint8Array, string]>([
    [
      "with a path that leaves the folder",
      () => makeArchive([good, { path: "set/../../out.txt", bytes: Buffer.from("x") }]),
      "must stay in the archive's folder",
    ],
    [
      "with an absolute path",
      () => makeArchive([good, { path: "/tmp/out.txt", bytes: Buffer.from("x") }]),
      "must stay in the archive's folder",
    ],
    [
      "with a symbolic link",
      () =>
        makeArchive([good, { path: "set/link", type: "SymbolicLink", linkpath: "/etc" }, { path: "set/link/passwd" }]),
      "a plain file or folder, got SymbolicLink",
    ],
    [
      "with a hard link",
      () => makeArchive([good, { path: "set/link", type: "Link", linkpath: "/etc/passwd" }]),
      "a plain file or folder, got Link",
    ],
    [
      "with a device",
      () => makeArchive([good, { path: "set/device", type: "CharacterDevice" }]),
      "a plain file or folder, got CharacterDevice",
    ],
    [
      "that expands beyond its bound",
      () => makeArchive([good, { path: "set/zeros", bytes: Buffer.alloc(1_000_000) }]),
      "must unpack to at most 20000 bytes",
    ],
    [
      "of endless members",
      () => makeArchive(Array.from({ length: 11 }, (_, i) => ({ path: `set/${i}` }))),
      "at most 10 members are read",
    ],
    [
      "with a file where it has a folder",
      () => makeArchive([good, { path: "set/a.txt/b", bytes: Buffer.from("x") }]),
      "readArchive: must be",
    ],
    [
      "cut off",
      () => makeArchive([good, { path: "set/b", bytes: Buffer.alloc(9000, "random 1 ") }]).subarray(0, 120),
      "must be a whole .tar.gz",
    ],
    ["that is empty", () => new Uint8Array(0), "must be a whole .tar.gz"],
    ["that is a page of HTML", () => Buffer.from("<html>not found</html>"), "must be a whole .tar.gz"],
  ])("%s is refused, and leaves nothing", async (_kind, bytes, message) => {
    const unpacking = unpack(bytes());
    await expect(unpacking).rejects.toThrow(ArchiveError);
    await expect(unpacking).rejects.toThrow(message);
    expect([
      readdirSync(join(folder, "into")),
      existsSync(join(folder, "out.txt")),
      existsSync("/tmp/out.txt"),
    ]).toEqual([[], false, false]);
  });

  test("without harm is unpacked", async () => {
    await unpack(makeArchive([good]));
    expect(readdirSync(join(folder, "into", "target", "set"))).toEqual(["a.txt"]);
  });
});

describe("an image", () => {
  const red = { create: { width: 6, height: 4, channels: 3, background: { r: 200, g: 30, b: 20 } } } as const;
  const blue = { create: { ...red.create, background: { r: 20, g: 30, b: 200 } } } as const;

  test("that is an animated GIF renamed to .jpg gives its first picture", async () => {
    const frames = await Promise.all([red, blue].map((frame) => sharp(frame).png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    expect((await sharp(gif).metadata()).pages).toBe(2);
    writeFileSync(join(folder, "photo.jpg"), gif);
    const { height, width, data } = await decodeFile(join(folder, "photo.jpg"), 3);
    expect([height, width, Array.from(data.subarray(0, 3))]).toEqual([4, 6, [200, 30, 20]]);
  });

  test.each([
    [
      "SVG, which can name other files and grow without end",
      Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="6" height="4"><rect width="6" height="4" fill="red"/></svg>',
      ),
    ],
    ["zeros", Buffer.alloc(4096)],
    ["PNG's first bytes alone", Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])],
  ])("of %s is refused by name", async (_kind, bytes) => {
    const decoding = decodeImage(bytes, "photo.png", 3);
    await expect(decoding).rejects.toThrow(ImageError);
    await expect(decoding).rejects.toThrow(/^decodeImage: must be .*, got.*photo\.png\)$/);
  });

  test("whose bytes are flipped anywhere is read or refused by name, never a crash", async () => {
    const whole = await sharp({
      create: {
        width: 32,
        height: 32,
        channels: 3,
        background: "white",
        noise: { type: "gaussian", mean: 128, sigma: 40 },
      },
    })
      .jpeg()
      .toBuffer();
    let refused = 0;
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      const outcome = await decodeImage(bytes, "flipped.jpg", 3).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        refused++;
        expect(outcome).toBeInstanceOf(ImageError);
        expect(outcome.message).toMatch(/flipped\.jpg/);
      }
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("of a set that is damaged is named, and nothing of the set is given", async () => {
    for (const name of ["a", "b"]) {
      mkdirSync(join(folder, "set", name), { recursive: true });
      const bytes = await sharp(name === "a" ? red : blue)
        .jpeg()
        .toBuffer();
      writeFileSync(join(folder, "set", name, "1.jpg"), name === "b" ? bytes.subarray(0, bytes.length / 2) : bytes);
    }
    await expect(imageFolder(join(folder, "set"), { side: 4 }).then((set) => loadImages(set))).rejects.toThrow(
      /set\/b\/1\.jpg\)$/,
    );
  });
});
