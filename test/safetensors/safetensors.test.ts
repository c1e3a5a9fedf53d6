import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRandom } from "../../lib/datasets/index.js";
import { readSafetensors, writeSafetensors, type StoredTensor } from "../../lib/safetensors/index.js";
import { readMetadata } from "../../lib/safetensors/read.js";

/** Written by the safetensors package: test/fixtures/weights/make.py. */
const FIXTURE = new URL("../fixtures/weights/dtypes.safetensors", import.meta.url).pathname;

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "saccade-safetensors-"))));
afterEach(() => rmSync(folder, { recursive: true }));

describe("readSafetensors", () => {
  it("reads every type that the format's own program wrote", async () => {
    const { metadata, tensors } = await readSafetensors(FIXTURE);
    const values = (name: string) => [...(tensors.get(name)!.values as Iterable<number | bigint>)];
    expect(metadata).toEqual({ format: "pt", größe: "Ω" });
    expect(await readMetadata(FIXTURE)).toEqual(metadata);
    expect(tensors.get("F64")).toEqual({ dtype: "F64", shape: [2, 2], values: Float64Array.of(1.5, -1e300, 0.1, 2) });
    expect(tensors.get("I64")).toEqual({ dtype: "I64", shape: [2], values: BigInt64Array.of(2n ** 53n + 1n, -5n) });
    expect(tensors.get("I32")).toEqual({ dtype: "I32", shape: [2, 1], values: Int32Array.of(7, -(2 ** 31)) });
    expect(["I16", "I8", "U8", "BOOL"].map(values)).toEqual([[-300], [-3, 4], [250], [1, 0, 1]]);
    expect(tensors.get("scalar")).toEqual({ dtype: "F32", shape: [], values: Float32Array.of(4) });
    expect(tensors.get("empty")!.shape).toEqual([0, 3]);
    for (const half of ["F16", "BF16"]) expect(values(half)).toEqual(values(`${half}.f32`));
  });
});

describe("writeSafetensors", () => {
  it("writes what it reads, the halves rounded as PyTorch rounds them", async () => {
    const { tensors } = await readSafetensors(FIXTURE);
    const source = tensors.get("source")!;
    const halves = (["F16", "BF16"] as const).map((dtype): [string, StoredTensor] => [dtype, { ...source, dtype }]);
    const written = new Map([...tensors, ...halves]);
    await writeSafetensors(join(folder, "a.safetensors"), { metadata: { who: "test" }, tensors: written });
    const again = await readSafetensors(join(folder, "a.safetensors"));
    expect(again.metadata).toEqual({ who: "test" });
    expect(new Map([...again.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(readdirSync(folder)).toEqual(["a.safetensors"]);
  });
  it("refuses values that do not fit, and leaves the old file as it was", async () => {
    const path = join(folder, "a.safetensors");
    writeFileSync(path, "old");
    const wrong = new Map<string, StoredTensor>([["w", { dtype: "F32", shape: [2, 2], values: Float32Array.of(1) }]]);
    await expect(writeSafetensors(path, { metadata: {}, tensors: wrong })).rejects.toThrow(
      new TypeError("writeSafetensors: w must hold 4 numbers for F32 [2, 2], got 1 in a Float32Array"),
    );
    const integers = new Map<string, StoredTensor>([["w", { dtype: "BF16", shape: [1], values: Int32Array.of(1) }]]);
    await expect(writeSafetensors(path, { metadata: {}, tensors: integers })).rejects.toThrow(/got 1 in a Int32Array/);
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["old", ["a.safetensors"]]);
  });
  it.skipIf(!existsSync("/dev/full"))(
    "names the file for which the disk has no room, and leaves the old one as it was",
    async () => {
      const path = join(folder, "x.safetensors");
      writeFileSync(path, "old");
      symlinkSync("/dev/full", `${path}.${process.pid}.partial`); // where it writes at first
      await expect(
        writeSafetensors(path, {
          metadata: {},
          tensors: new Map([["a", { dtype: "F32", shape: [1], values: Float32Array.of(1) }]]),
        }),
      ).rejects.toThrow(`${path}: there is no room on its disk for it (ENOSPC`);
      expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["old", ["x.safetensors"]]);
    },
  );

  it("leaves nothing behind where the folder is missing", async () => {
    await expect(
      writeSafetensors(join(folder, "none", "a.safetensors"), { metadata: {}, tensors: new Map() }),
    ).rejects.toThrow(/ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a file that is not as the format says", () => {
  const entry = (start: number, end: number, shape = [1], dtype = "F32") => ({
    dtype,
    shape,
    data_offsets: [start, end],
  });
  const file = (header: unknown, dataBytes: number, claimed?: bigint): Buffer => {
    const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(claimed ?? BigInt(json.length));
    return Buffer.concat([size, json, Buffer.alloc(dataBytes)]);
  };
  it.each([
    ["empty", Buffer.alloc(0), "of 0 bytes"],
    ["of another format", Buffer.from("PK\x03\x04 a zip archive, as PyTorch writes it"), "another format?"],
    ["with a header of 2⁶⁴ − 1 bytes", file("{}", 0, 2n ** 64n - 1n), "whose header claims 18446744073709551615 bytes"],
    ["that ends within its header", file({ a: entry(0, 4) }, 0, 90_000n), "whose header claims 90000: cut off"],
    ["with a list for a header", file([], 0), "whose header is not a JSON object"],
    ["with half an object for a header", file('{"a": ', 0), "whose header is not JSON"],
    [
      "with bytes that are no UTF-8",
      Buffer.concat([file("{}", 0).subarray(0, 8), Buffer.from([0x7b, 0xff])]),
      "whose header is not UTF-8",
    ],
    [
      "that is cut off",
      file({ a: entry(0, 4), b: entry(4, 8) }, 6),
      "that is cut off: 8 bytes of data should follow the header, 6 do",
    ],
    ["with more data than tensors", file({ a: entry(0, 4) }, 6), "with 2 bytes at its end that belong to no tensor"],
    ["with a gap", file({ a: entry(0, 4), b: entry(8, 12) }, 12), 'with 4 bytes before "b" that belong to no tensor'],
    ["with an overlap", file({ a: entry(0, 4), b: entry(2, 6) }, 6), 'where the bytes of "b" overlap another\'s'],
    [
      "with two tensors on the same bytes",
      file({ a: entry(0, 4), b: entry(0, 4) }, 4),
      'where the bytes of "b" overlap another\'s',
    ],
    [
      "with a name twice",
      file(`{"a": ${JSON.stringify(entry(0, 0, [0]))}, "\\u0061": ${JSON.stringify(entry(0, 0, [0]))}}`, 0),
      'with "a" twice',
    ],
    [
      "with sizes that are not the bytes",
      file({ a: entry(0, 8, [3]) }, 8),
      'where "a", F32 [3], should have 12 bytes and has 8',
    ],
    ["with sizes beyond all numbers", file({ a: entry(0, 8, [2 ** 40, 2 ** 40]) }, 8), "and has 8"],
    ["with a negative size", file({ a: entry(0, 4, [-1]) }, 4), 'whose entry "a" is not a tensor\'s'],
    ["with offsets the wrong way round", file({ a: entry(4, 0) }, 4), "and has -4"],
    ["with an unknown type", file({ a: entry(0, 1, [1], "F9") }, 1), 'where "a" has the type F9; read are F64'],
    ["with a type that every object has", file({ a: entry(0, 1, [1], "toString") }, 1), "has the type toString"],
    ["with null for a tensor", file({ a: null }, 0), 'whose entry "a" is not a tensor\'s'],
    [
      "with a name twice behind much space",
      file(`{"a"${" ".repeat(200)}: ${JSON.stringify(entry(0, 0, [0]))}, "a":${JSON.stringify(entry(0, 0, [0]))}}`, 0),
      'with "a" twice',
    ],
    [
      "with lists in lists without end",
      file(`{"a": ${"[".repeat(200_000)}${"]".repeat(200_000)}}`, 0),
      'whose entry "a" is not a tensor\'s: [ [ [Array] ] ]',
    ],
    [
      "with a size for each of a thousand axes",
      file({ a: entry(0, 4, Array<number>(1000).fill(1)) }, 4),
      'whose entry "a" is not a tensor\'s',
    ],
    [
      "with a size that no number is",
      file('{"a": {"dtype": "F32", "shape": [1e999], "data_offsets": [0, 4]}}', 4),
      'whose entry "a" is not a tensor\'s',
    ],
    [
      "with metadata that are no texts",
      file({ __metadata__: { a: 1 } }, 0),
      "whose __metadata__ does not map names to texts",
    ],
  ])("%s is refused by a SyntaxError that names it", async (_, bytes, why) => {
    const path = join(folder, "bad.safetensors");
    writeFileSync(path, bytes);
    const error = await readSafetensors(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).toContain(`readSafetensors: a file must be safetensors, got ${path} `);
    expect((error as Error).message).toContain(why);
  });
  it("is read or refused in one sentence, whatever bytes of it are changed", async () => {
    const [whole, random] = [readFileSync(FIXTURE), createRandom(3)];
    const path = join(folder, "changed.safetensors");
    const kinds = new Set<string>();
    for (let round = 0; round < 600; round++) {
      const bytes = Buffer.from(whole.subarray(0, round % 4 === 0 ? random.integer(whole.length) : whole.length));
      for (let change = random.integer(4); change >= 0 && bytes.length > 0; change--)
        bytes[random.integer(bytes.length)] = random.integer(256);
      writeFileSync(path, bytes);
      const said = await readSafetensors(path).then(
        () => "read",
        (error: Error) => `${error.name}: ${error.message}`,
      );
      if (said !== "read") expect(said).toMatch(/^SyntaxError: readSafetensors: a file must be safetensors, got /);
      kinds.add(said === "read" ? "read" : "refused");
    }
    expect([...kinds].sort()).toEqual(["read", "refused"]);
  });
  it("may hold a long text, and texts that look like names", async () => {
    const path = join(folder, "long.safetensors");
    const metadata = { long: '\\"{,'.repeat(4_000_000), same: '"same":', quoted: 'same"', slash: "\\" };
    await writeSafetensors(path, { metadata, tensors: new Map() });
    expect((await readSafetensors(path)).metadata).toEqual(metadata);
  });
  it("may call a tensor __proto__ or constructor", async () => {
    const path = join(folder, "odd.safetensors");
    const one = { dtype: "F32" as const, shape: [1], values: Float32Array.of(1) };
    await writeSafetensors(path, {
      metadata: {},
      tensors: new Map([
        ["__proto__", one],
        ["constructor", one],
      ]),
    });
    expect([...(await readSafetensors(path)).tensors.keys()]).toEqual(["__proto__", "constructor"]);
  });
});
