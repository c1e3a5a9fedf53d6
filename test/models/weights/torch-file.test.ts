import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readTorchFile } from "../../../lib/models/weights/torch-file/read-torch-file.js";
import { readWeightFile } from "../../../lib/models/weights/read-weight-file.js";
import { readSafetensors } from "../../../lib/safetensors/index.js";

// Files that PyTorch 2.13 wrote: test/fixtures/weights/make.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "saccade-torch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (bytes: Uint8Array) => {
  writeFileSync(join(folder, "bad.pth"), bytes);
  return join(folder, "bad.pth");
};

describe("readTorchFile", () => {
  it.each(["zip.pth", "old.pth"])("reads every type, shared, turned and repeated storages of %s, as safetensors has them", async (name) => {
    const [torch, wanted] = [await readTorchFile(at(name)), (await readSafetensors(at("torch-files.safetensors"))).tensors];
    expect(new Map([...torch].sort())).toEqual(new Map([...wanted].sort()));
    expect((await readWeightFile(at(name))).tensors).toEqual(torch);
  });
  it("takes a checkpoint's state_dict and leaves its other entries", async () => {
    expect([...(await readTorchFile(at("checkpoint.pth"))).keys()]).toEqual(["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"]);
  });
});

describe("what is no state dict", () => {
  const zip = readFileSync(at("zip.pth"));
  const old = readFileSync(at("old.pth"));
  const replaced = (bytes: Buffer, from: string, to: string) => Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
  it.each([
    ["a name that would run", replaced(zip, "ctorch._utils\n_rebuild_tensor_v2", "cos_______ute\n_____system_______"), "with a pickle that must hold tensors by name and plain data, got the name os_______ute _____system_______ at byte"],
    ["os.system in the older form", Buffer.concat([old.subarray(0, 15), Buffer.from("cos\nsystem\nU\x02ls\x85R.")]), "got the name os system at byte"],
    ["an archive cut off", zip.subarray(0, zip.length - 100), "that is a zip archive without its end: cut off"],
    ["the older form cut off", old.subarray(0, old.length - 9), "that is cut off"],
    ["an archive with a packed file", (() => { const copy = Buffer.from(zip); const entry = copy.indexOf(Buffer.from([0x50, 0x4b, 1, 2])); copy.writeUInt16LE(8, entry + 10); return copy; })(), "is packed, which PyTorch never does"],
    ["an archive of other files", replaced(replaced(zip, "zip/data.pkl", "zip/other.pk"), "zip/data.pkl", "zip/other.pk"), "whose archive has no data.pkl"],
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
    const huge = Buffer.concat([old.subarray(0, repeated), Buffer.from("J\xff\xff\xff\x7fK\x03\x86q", "latin1"), old.subarray(repeated + 6)]);
    await expect(readTorchFile(written(huge))).rejects.toThrow("a tensor [2147483647, 3] beyond its storage of 3 numbers");
  });
});
