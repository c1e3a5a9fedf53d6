import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import { loadWeights } from "../../../lib/models/index.js";
import { readWeightFile } from "../../../lib/models/weights/read-weight-file.js";
import { readTorchFile } from "../../../lib/models/weights/torch-file/read-torch-file.js";
import { readSafetensors, writeSafetensors } from "../../../lib/safetensors/index.js";

// Files that PyTorch 2.13 wrote: test/fixtures/weights/make-torch.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "saccade-kinds-"));
const WEIGHTS = { "0.weight": [0, 1, 2, 3, 4, 5], "0.bias": [-1, 1] };
const AVERAGES = { "module.0.weight": [0, 10, 20, 30, 40, 50], "module.0.bias": [-10, 10] };
const numbers = async (name: string, entry?: string) => {
  const { tensors } = await readTorchFile(at(name), entry);
  return Object.fromEntries([...tensors].map(([key, { values }]) => [key, Array.from(values as Float32Array)]));
};
beforeAll(ready);
afterEach(() => tf.disposeVariables());
afterAll(() => rmSync(folder, { recursive: true }));

describe("a checkpoint that torch.load takes with weights_only", () => {
  it.each(["training-state.pth", "training-state-old.pth"])(
    "is read with all else that a training program keeps beside the weights: %s",
    async (name) => expect(await numbers(name)).toEqual(WEIGHTS),
  );
  it("is read with tensors of every type, with attributes, conjugated and negated", async () => {
    const { tensors, entry } = await readTorchFile(at("kinds.pth"));
    const wanted = new Map(
      [...(await readSafetensors(at("kinds.safetensors"))).tensors].filter(([name]) => !name.endsWith(".f32")),
    );
    expect(entry).toBeUndefined();
    expect(new Map([...tensors].sort())).toEqual(new Map([...wanted].sort()));
  });
  it("is refused by name where a weight is of a type that is not read", async () => {
    const path = at("quantized.pth");
    await expect(readTorchFile(path)).rejects.toThrow(
      `readTorchFile: a file must be a PyTorch state dict, got ${path} ` +
        'whose "0.weight" is a tensor quantized, which is not read',
    );
  });
});

describe("a checkpoint with its weights under a key", () => {
  it("has averaged weights taken, as timm does, and says so", async () => {
    expect(await numbers("averages.pth")).toEqual(AVERAGES);
    expect((await readTorchFile(at("averages.pth"))).entry).toBe("state_dict_ema");
  });
  it.each(["model_state_dict", "net"])("is read under %s", async (key) => {
    expect(await numbers(`${key}.pth`)).toEqual(WEIGHTS);
    expect((await readTorchFile(at(`${key}.pth`))).entry).toBe(key);
  });
  it("is read under any other key that is the only one; of several the caller says which", async () => {
    const bytes = readFileSync(at("averages.pth")).toString("latin1");
    const path = join(folder, "keys.pth");
    // state_dict_ema becomes student_dicts1, state_dict teacher_di: as long as before
    const several = bytes.replace("state_dict_ema", "student_dicts1").replace("state_dict", "teacher_di");
    writeFileSync(path, Buffer.from(several, "latin1"));
    await expect(readTorchFile(path)).rejects.toThrow(
      `readTorchFile: a file must be a PyTorch state dict, got ${path} ` +
        "that holds weights under teacher_di, student_dicts1: say which by the option entry",
    );
    expect((await readTorchFile(path, "teacher_di")).tensors.get("0.bias")!.values).toEqual(Float32Array.of(-1, 1));
    writeFileSync(
      path,
      Buffer.from(
        readFileSync(at("net.pth")).toString("latin1").replace("X\u0003\0\0\0net", "X\u0003\0\0\0abc"),
        "latin1",
      ),
    );
    expect((await readTorchFile(path)).entry).toBe("abc");
  });
  it("is refused with its keys where none holds weights", async () => {
    const path = at("no-weights.pth");
    await expect(readTorchFile(path)).rejects.toThrow(
      `got ${path} that holds no tensor by name, under epoch, optimizer`,
    );
    await expect(readTorchFile(at("net.pth"), "acc")).rejects.toThrow(
      'whose entry "acc" holds no tensors by name, unlike net',
    );
  });
  it("gives loadWeights the entry that it took, or the one that it is told", async () => {
    const model = () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: "0" })] });
    const { entry, loaded } = await loadWeights(model(), at("averages.pth"));
    expect([entry, loaded]).toEqual(["state_dict_ema", ["0/kernel", "0/bias"]]);
    expect((await loadWeights(model(), at("averages.pth"), { entry: "state_dict" })).entry).toBe("state_dict");
    await expect(loadWeights(model(), at("averages.pth"), { entry: "epoch" })).rejects.toThrow(
      /^loadWeights: .* whose entry "epoch" holds no tensors by name, unlike state_dict, state_dict_ema$/,
    );
    await expect(loadWeights(model(), at("kinds.safetensors"), { entry: "net" })).rejects.toThrow(
      /^loadWeights: entry must be left out for a file that is no checkpoint .*, got entry="net" for .*kinds/,
    );
  });
});

describe("readSafetensors", () => {
  it("reads floats of one byte as PyTorch does, each of 256, and whole numbers without sign", async () => {
    const { tensors } = await readSafetensors(at("kinds.safetensors"));
    for (const name of ["F8_E4M3", "F8_E5M2", "F8_E8M0"]) {
      expect([name, tensors.get(name)!.values]).toEqual([name, tensors.get(`${name}.f32`)!.values]);
    }
    expect(tensors.get("U16")!.values).toEqual(Uint16Array.of(1, 65535));
    expect(tensors.get("U32")).toEqual({ dtype: "U32", shape: [2, 1], values: Uint32Array.of(1, 4294967295) });
    expect(tensors.get("U64")!.values).toEqual(BigUint64Array.of(1n, 18446744073709551615n));
    // real and imaginary part in turn
    expect(tensors.get("C64")).toEqual({ dtype: "C64", shape: [1, 2], values: Float32Array.of(1, 2, 3, -4) });
  });
  it("writes back what it reads, but the types that it only reads", async () => {
    const path = join(folder, "again.safetensors");
    const { tensors } = await readSafetensors(at("kinds.safetensors"));
    const written = new Map([...tensors].filter(([, { dtype }]) => !dtype.startsWith("F8")));
    await writeSafetensors(path, { metadata: {}, tensors: written });
    expect(new Map([...(await readSafetensors(path)).tensors].sort())).toEqual(new Map([...written].sort()));
    await expect(
      writeSafetensors(path, { metadata: {}, tensors: new Map([["a", tensors.get("F8_E4M3")!]]) }),
    ).rejects.toThrow(/^writeSafetensors: dtype must be one of F64, F32, .*, got dtype='F8_E4M3'$/);
  });
  it.each([
    ["F4", [3, 2], 3],
    ["F6_E2M3", [4], 3],
    ["F6_E3M2", [4], 3],
    ["F8_E4M3FNUZ", [2], 2],
    ["F8_E5M2FNUZ", [2], 2],
  ])("reads a file with one tensor of %s: the others are not lost", async (dtype, shape, bytes) => {
    const path = join(folder, "one.safetensors");
    writeFileSync(
      path,
      fileOf({
        odd: { dtype, shape, bytes: Buffer.alloc(bytes, 0x80) },
        plain: { dtype: "F32", shape: [1], bytes: Buffer.from([0, 0, 128, 63]) },
      }),
    );
    const { tensors } = await readSafetensors(path);
    expect(tensors.get("plain")!.values).toEqual(Float32Array.of(1));
    // Parts of a byte stay bytes; 0x80 is NaN where there is no negative zero.
    expect(tensors.get("odd")!.values).toEqual(
      dtype.startsWith("F8") ? Float32Array.of(NaN, NaN) : new Uint8Array(bytes).fill(0x80),
    );
  });
  it("holds a type of parts of a byte to whole bytes", async () => {
    const path = join(folder, "half.safetensors");
    writeFileSync(path, fileOf({ odd: { dtype: "F4", shape: [3], bytes: Buffer.alloc(2) } }));
    await expect(readSafetensors(path)).rejects.toThrow('where "odd", F4 [3], should have 1.5 bytes and has 2');
  });
});

describe("a weight that is no number", () => {
  it("is refused by name where the model wants it, and is in nobody's way elsewhere", async () => {
    const path = join(folder, "complex.safetensors");
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], name: "head" })] });
    const stored = (dtype: "F32" | "C64", shape: number[], ...values: number[]) => ({
      dtype,
      shape,
      values: Float32Array.from(values),
    });
    const tensors = new Map([
      ["head/kernel", stored("F32", [1, 1], 2)],
      ["head/bias", stored("F32", [1], 3)],
      ["wave", stored("C64", [1], 1, 1)],
    ]);
    await writeSafetensors(path, { metadata: {}, tensors });
    expect((await loadWeights(model, path, { strict: false })).unexpected).toEqual(["wave"]);
    expect(model.getWeights().map((weight) => weight.dataSync()[0])).toEqual([2, 3]);
    await writeSafetensors(path, { metadata: {}, tensors: tensors.set("head/bias", stored("C64", [1], 1, 1)) });
    await expect(loadWeights(model, path, { strict: false })).rejects.toThrow(
      new TypeError("loadWeights: a weight must be of real numbers, got head/bias of the type C64"),
    );
  });
});

describe("a file in shards", () => {
  const network = () =>
    tf.sequential({
      layers: [1, 2].map((i) =>
        tf.layers.dense({ units: 2, inputShape: [2], name: `dense${i}`, kernelInitializer: "ones" }),
      ),
    });
  const shard = (i: number) => `model-0000${i}-of-00002.safetensors`;
  const path = join(folder, "model.safetensors.index.json");
  const names = (i: number) => [`dense${i}/kernel`, `dense${i}/bias`];
  const write = async (map: Readonly<Record<string, string>>) => {
    for (const i of [1, 2]) {
      const [kernel, bias] = names(i);
      const tensors = new Map([
        [kernel!, { dtype: "F32" as const, shape: [2, 2], values: new Float32Array(4).fill(i) }],
        [bias!, { dtype: "F32" as const, shape: [2], values: new Float32Array(2).fill(-i) }],
      ]);
      await writeSafetensors(join(folder, shard(i)), { metadata: { format: "pt" }, tensors });
    }
    writeFileSync(path, JSON.stringify({ metadata: { total_size: 48 }, weight_map: map }, undefined, 2));
  };
  const whole = Object.fromEntries([1, 2].flatMap((i) => names(i).map((name) => [name, shard(i)])));

  it("is read by its index", async () => {
    await write(whole);
    const model = network();
    const { loaded } = await loadWeights(model, path);
    expect(loaded).toEqual([...names(1), ...names(2)]);
    expect(model.getWeights().map((weight) => weight.dataSync()[0])).toEqual([1, -1, 2, -2]);
    expect([...(await readWeightFile(path)).tensors.keys()]).toEqual(Object.keys(whole));
  });
  it("is told of by one of its shards", async () => {
    await write(whole);
    await expect(loadWeights(network(), join(folder, shard(1)))).rejects.toThrow(
      `missing (2): dense2/kernel; dense2/bias\nthis is one shard of several: ${path} is their index`,
    );
  });
  it.each([
    ["a name that its shard lacks", { ...whole, other: shard(1) }, `whose ${shard(1)} has no "other"`],
    [
      "a shard outside of its folder",
      { ...whole, other: "../secret.safetensors" },
      'whose "other" lies in "../secret.safetensors", which is no file beside it',
    ],
    [
      "a shard that is missing",
      { ...whole, other: "model-00009-of-00009.safetensors" },
      "whose file model-00009-of-00009.safetensors is not beside it",
    ],
    ["no map", undefined, "that has no weight_map"],
  ])("is refused with %s", async (_, map, why) => {
    await write(map as never);
    await expect(loadWeights(network(), path)).rejects.toThrow(
      `loadWeights: a file must be an index of shards, got ${path} ${why}`,
    );
  });
});

/** A safetensors file written by hand. */
function fileOf(
  tensors: Readonly<
    Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly bytes: Buffer }>
  >,
): Buffer {
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => [
      name,
      { dtype, shape, data_offsets: [at, (at += bytes.length)] },
    ]),
  );
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...Object.values(tensors).map(({ bytes }) => bytes)]);
}
