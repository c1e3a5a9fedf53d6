import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readWeights } from "../../../lib/models/index.js";
import { readSafetensors, writeSafetensors } from "../../../lib/safetensors/index.js";

// Files that PyTorch 2.13 wrote: test/fixtures/weights/make-own.py, make-torch.py.
const at = (name: string) => new URL(`../../fixtures/weights/${name}`, import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "saccade-read-weights-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("readWeights", () => {
  it("gives PyTorch's tensors by name, with dtype and shape, in the order of the file", async () => {
    const { tensors, metadata, entry } = await readWeights(at("own-plain.pth"));
    expect([...tensors].map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape.join(", ")}]`)).toEqual([
      "0.weight F32 [8, 3, 3, 3]",
      "0.bias F32 [8]",
      "1.weight F32 [8]",
      "1.bias F32 [8]",
      "1.running_mean F32 [8]",
      "1.running_var F32 [8]",
      "1.num_batches_tracked I64 []",
      "5.weight F32 [10, 8]",
      "5.bias F32 [10]",
    ]);
    expect(tensors.get("1.num_batches_tracked")!.values).toEqual(BigInt64Array.of(0n));
    expect([metadata, entry]).toEqual([{}, undefined]);
  });
  it("gives what readSafetensors gives of safetensors, metadata too", async () => {
    const { tensors } = await readSafetensors(at("own-kinds.safetensors"));
    const path = join(folder, "told.safetensors");
    await writeSafetensors(path, { metadata: { told: "so" }, tensors });
    expect(await readWeights(path)).toEqual(await readSafetensors(path));
  });
  it("gives the tensors of shards by their index", async () => {
    const { tensors } = await readSafetensors(at("own-kinds.safetensors"));
    const map: Record<string, string> = {};
    for (const [i, [name, tensor]] of [...tensors].entries()) {
      const shard = `model-${i}.safetensors`;
      map[name] = shard;
      await writeSafetensors(join(folder, shard), { metadata: {}, tensors: new Map([[name, tensor]]) });
    }
    const index = join(folder, "model.safetensors.index.json");
    writeFileSync(index, JSON.stringify({ weight_map: map }));
    expect((await readWeights(index)).tensors).toEqual(tensors);
  });
  it("takes of a checkpoint the averaged weights, or the entry that is asked for, and says which", async () => {
    const firsts = async (options?: object) => {
      const { tensors, entry } = await readWeights(at("averages.pth"), options);
      return [entry, ...tensors.keys()];
    };
    expect(await firsts()).toEqual(["state_dict_ema", "module.0.weight", "module.0.bias"]);
    expect(await firsts({ entry: "state_dict" })).toEqual(["state_dict", "0.weight", "0.bias"]);
  });
  it.each<[string, () => Promise<unknown>, RegExp | Error]>([
    [
      "text",
      async () => {
        writeFileSync(join(folder, "text.pth"), "no weights at all");
        return readWeights(join(folder, "text.pth"));
      },
      /^readWeights: a file must be safetensors, got .*text.pth/,
    ],
    [
      "a file without tensors by name",
      () => readWeights(at("no-weights.pth")),
      /^readWeights: a file must be a PyTorch/,
    ],
    [
      "a folder",
      () => readWeights(folder),
      new RangeError(`readWeights: path must be of a file, got the folder ${folder}`),
    ],
    [
      "an entry of safetensors",
      () => readWeights(at("own-kinds.safetensors"), { entry: "model" }),
      /^readWeights: entry must be left out for a file that is no checkpoint of PyTorch's, got entry="model"/,
    ],
    [
      "an option that is none",
      () => readWeights(at("own-plain.pth"), { entri: "model" } as object),
      new RangeError("readWeights: an option must be one of entry, got entri; did you mean entry?"),
    ],
    ["no path", () => readWeights(undefined as never), /^readWeights: path must be/],
  ])("refuses %s", async (_, run, message) => {
    await expect(run()).rejects.toThrow(message);
  });
});
