import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createRandom } from "../../../lib/datasets/index.js";
import { unpickle } from "../../../lib/files/unpickle.js";
import { readTorchFile } from "../../../lib/models/weights/torch-file/read-torch-file.js";
import { stateDict } from "../../../lib/models/weights/torch-file/state-dict.js";
import { readWeightFile } from "../../../lib/models/weights/read-weight-file.js";
import { readSafetensors } from "../../../lib/safetensors/index.js";
import { zipped } from "../../fixtures/zipped.js";

// Files that PyTorch 2.13 wrote: test/fixtures/weights/make.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "saccade-torch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (bytes: Uint8Array) => {
  writeFileSync(join(folder, "bad.pth"), bytes);
  return join(folder, "bad.pth");
};

describe("readTorchFile", () => {
  it.each(["zip.pth", "old.pth"])(
    "reads every type, shared, turned and repeated storages of %s, as safetensors has them",
    async (name) => {
      const [torch, wanted] = [
        (await readTorchFile(at(name))).tensors,
        (await readSafetensors(at("torch-files.safetensors"))).tensors,
      ];
      expect(new Map([...torch].sort())).toEqual(new Map([...wanted].sort()));
      expect((await readWeightFile(at(name))).tensors).toEqual(torch);
    },
  );
  it("takes a checkpoint's state_dict and leaves its other entries", async () => {
    expect([...(await readTorchFile(at("checkpoint.pth"))).tensors.keys()]).toEqual([
      "0.weight",
      "0.bias",
      "1.weight",
      "1.bias",
      "1.running_mean",
      "1.running_var",
      "1.num_batches_tracked",
    ]);
  });
});

const old = readFileSync(at("old.pth"));

describe("what is no state dict", () => {
  const zip = readFileSync(at("zip.pth"));
  const replaced = (bytes: Buffer, from: string, to: string) =>
    Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
  it.each([
    [
      "a name that would run",
      replaced(zip, "ctorch._utils\n_rebuild_tensor_v2", "cos_______ute\n_____system_______"),
      "with a pickle that must hold tensors by name and plain data, got the name os_______ute " +
        "_____system_______ at byte",
    ],
    [
      "os.system in the older form",
      Buffer.concat([old.subarray(0, 15), Buffer.from("cos\nsystem\nU\x02ls\x85R.")]),
      "got the name os system at byte",
    ],
    ["an archive cut off", zip.subarray(0, zip.length - 100), "that is a zip archive without its end: cut off"],
    ["the older form cut off", old.subarray(0, old.length - 9), "that is cut off"],
    [
      "an archive with a packed file",
      (() => {
        const copy = Buffer.from(zip);
        const entry = copy.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
        copy.writeUInt16LE(8, entry + 10);
        return copy;
      })(),
      "is packed, which PyTorch never does",
    ],
    [
      "an archive of other files",
      replaced(replaced(zip, "zip/data.pkl", "zip/other.pk"), "zip/data.pkl", "zip/other.pk"),
      "whose archive has no data.pkl",
    ],
    ["numbers in another byte order", replaced(zip, "little", "bigbig"), "with numbers in the byte order bigbig"],
    ["text", Buffer.from("<html>Not found</html>"), "with a pickle that must"],
    ["nothing", Buffer.alloc(0), "that is cut off"],
  ])("%s is refused by a SyntaxError that names the file", async (_, bytes, why) => {
    const path = written(bytes);
    const error = await readTorchFile(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).toContain(`readTorchFile: a file must be a PyTorch state dict, got ${path} `);
    expect((error as Error).message).toContain(why);
  });
  it("a tensor beyond its storage is refused", async () => {
    const small = Buffer.from(old);
    const text = small.toString("latin1");
    // plain is [2, 3, 4] with strides 12, 4, 1: a first stride of 200 leaves its 24 numbers
    const place = text.indexOf("K\x02K\x03K\x04\x87");
    const stride = text.indexOf("K\x0cK\x04K\x01\x87", place);
    small[stride + 1] = 200;
    await expect(readTorchFile(written(small))).rejects.toThrow("a tensor [2, 3, 4] beyond its storage of 24 numbers");
    const repeated = text.indexOf("K\x02K\x03\x86q", text.indexOf("spread"));
    const huge = Buffer.concat([
      old.subarray(0, repeated),
      Buffer.from("J\xff\xff\xff\x7fK\x03\x86q", "latin1"),
      old.subarray(repeated + 6),
    ]);
    await expect(readTorchFile(written(huge))).rejects.toThrow(
      "a tensor [2147483647, 3] beyond its storage of 3 numbers",
    );
  });
});

describe("a hostile file", () => {
  const folderOf = (data: string, storage = Buffer.alloc(4)) =>
    zipped({ "a/data.pkl": Buffer.from(data, "latin1"), "a/data/0": storage });
  const tensor = (shape: string, strides: string) =>
    "ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\n" +
    `U\x010U\x03cpuK\x01tQK\x00${shape}${strides}tR`;
  const million = "(J\x40\x42\x0f\x00t";
  it("that repeats one number in many tensors does not fill the memory", async () => {
    const many = Array.from(
      { length: 200 },
      (_, i) => `U\x03${String(i).padStart(3, "0")}${tensor(million, "(K\x00t")}s`,
    ).join("");
    const path = written(folderOf(`\x80\x02}${many}.`));
    await expect(readTorchFile(path)).rejects.toThrow(
      /^readTorchFile: a file must be a PyTorch state dict, got .* of \d+ bytes whose tensors would fill 800000000$/,
    );
    expect(
      (await readTorchFile(written(folderOf(`\x80\x02}U\x01a${tensor(million, "(K\x00t")}s.`)))).tensors.get("a")!
        .values,
    ).toHaveLength(1e6);
  });
  it("that nests lists in lists of themselves ends at once", async () => {
    const doubled = Array.from(
      { length: 60 },
      (_, i) => `(h${String.fromCharCode(i)}h${String.fromCharCode(i)}tq${String.fromCharCode(i + 1)}`,
    ).join("");
    const path = written(
      Buffer.concat([old.subarray(0, systemEnd()), Buffer.from(`\x80\x02]q\x00${doubled}.\x80\x02].`, "latin1")]),
    );
    await expect(readTorchFile(path)).rejects.toThrow("that holds no dict");
  });
  it.each([
    ["a dict of numbers", "\x80\x02ccollections\nOrderedDict\n(K\x05tR.", "got a dict of other things than pairs"],
    [
      "a dict of one long pair",
      "\x80\x02ccollections\nOrderedDict\n((K\x01K\x02K\x03ttR.",
      "got a dict of other things than pairs",
    ],
    [
      "a tensor of 65 axes",
      `\x80\x02}U\x01a${tensor(`(${"K\x01".repeat(65)}t`, `(${"K\x01".repeat(65)}t`)}s.`,
      "got a tensor without storage, shape or strides",
    ],
    [
      "sizes beyond all numbers and none",
      `\x80\x02}U\x01a${tensor(`(${"J\xff\xff\xff\x7f".repeat(40)}K\x00t`, `(${"K\x00".repeat(41)}t`)}s.`,
      "beyond its storage of 1 numbers",
    ],
    ["names that are no texts", `\x80\x02}(K\x01t${tensor("(K\x01t", "(K\x01t")}s.`, "that holds no tensor by name"],
  ])("with %s is refused", async (_, pickle, why) => {
    const error = await readTorchFile(written(folderOf(pickle))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SyntaxError);
    expect((error as Error).message).toMatch(/^readTorchFile: a file must be a PyTorch state dict, got .*bad\.pth /);
    expect((error as Error).message).toContain(why);
  });
  it.each([
    ["a system that is no dict", "\x80\x02K\x01."],
    ["no list of storages", "\x80\x02}U\rlittle_endian\x88s.\x80\x02}.\x80\x02K\x01."],
  ])("in the older form with %s is refused", async (_, rest) => {
    const path = written(Buffer.concat([old.subarray(0, protocolEnd()), Buffer.from(rest, "latin1")]));
    await expect(readTorchFile(path)).rejects.toThrow(SyntaxError);
  });
  it("cannot be had from another by changing or cutting bytes: it is read, or refused in one sentence", async () => {
    const random = createRandom(7);
    const kinds = new Set<string>();
    for (const whole of ["zip.pth", "old.pth", "checkpoint.pth", "kinds.pth", "training-state.pth"].map((name) =>
      readFileSync(at(name)),
    )) {
      for (let round = 0; round < 400; round++) {
        const bytes = Buffer.from(whole.subarray(0, round % 4 === 0 ? random.integer(whole.length) : whole.length));
        for (let change = random.integer(4); change >= 0 && bytes.length > 0; change--)
          bytes[random.integer(bytes.length)] = random.integer(256);
        const said = await readTorchFile(written(bytes)).then(
          () => "read",
          (error: Error) => `${error.name}: ${error.message}`,
        );
        if (said !== "read")
          expect(said).toMatch(/^SyntaxError: readTorchFile: a file must be a PyTorch state dict, got /);
        kinds.add(said === "read" ? "read" : "refused");
      }
    }
    expect([...kinds].sort()).toEqual(["read", "refused"]);
  });

  /** In the older form: behind the magic number and the protocol's, and behind what says the byte order. */
  function protocolEnd(): number {
    return unpickle(old, stateDict(), unpickle(old, stateDict()).end).end;
  }
  function systemEnd(): number {
    return unpickle(old, stateDict(), protocolEnd()).end;
  }
});
