import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../../lib/backend/index.js";
import {
  createModel,
  pretrained,
  PUBLISHED,
  publishedWeights,
  registry,
  outline,
  saveWeights,
} from "../../../lib/models/index.js";
import { writeSafetensors } from "../../../lib/safetensors/index.js";
import { knownNames } from "../../../lib/models/weights/plan.js";
import { serve, type FileServer } from "../../files/file-server.js";

const ROOT = new URL("../../..", import.meta.url).pathname;
const NAME = "timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k";
const FILE = "/weights/vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors";
const silent = { update() {}, note() {}, end() {} };
const folder = mkdtempSync(join(tmpdir(), "saccade-published-"));
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Files as large as the published ones: of our own first weights, under timm's names. */
let [first, second]: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
let servers: FileServer[] = [];
let cache: string;
let warned: string[];

beforeAll(ready);
beforeAll(async () => {
  for (const seed of [1, 2]) {
    const model = createModel("vit_ti16", { numClasses: 1000, seed });
    await saveWeights(model, join(folder, `${seed}.safetensors`), { names: "timm" });
    model.dispose();
  }
  [first, second] = [readFileSync(join(folder, "1.safetensors")), readFileSync(join(folder, "2.safetensors"))];
});
beforeEach(() => {
  cache = mkdtempSync(join(folder, "cache-"));
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((text: string) => void warned.push(text));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const server of servers) await server.close();
  servers = [];
  tf.disposeVariables();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Options that take a file from a server on this machine. */
async function from(bytes: Buffer, path = FILE) {
  const server = await serve({ [path]: bytes });
  servers.push(server);
  return { env: { SACCADE_CACHE: cache, SACCADE_MIRROR: server.url }, progress: silent, attempts: 1 };
}

describe("publishedWeights", () => {
  it("brings a file, records and shows a digest that nobody publishes, and holds the next to it", async () => {
    const found = await publishedWeights(NAME, await from(first));
    expect(found).toMatchObject({ sha256: sha256(first), heldTo: "first use" });
    expect(readFileSync(found.path).equals(first)).toBe(true);
    expect(warned).toEqual([expect.stringContaining(`its sha256 is ${sha256(first)}, recorded in `)]);
    // from the cache
    expect((await publishedWeights(NAME, { env: { SACCADE_CACHE: cache }, progress: silent })).heldTo).toBe("recorded");
    expect(warned).toHaveLength(1);
    rmSync(found.path);
    await expect(publishedWeights(NAME, await from(second))).rejects.toThrow(
      new RegExp(`sha256 must be ${sha256(first)}, got ${sha256(second)}`),
    );
    expect(existsSync(found.path)).toBe(false);
  });
  it("holds a file to the digest that is given, and leaves nothing of another", async () => {
    expect((await publishedWeights(NAME, { ...(await from(first)), sha256: sha256(first) })).heldTo).toBe("given");
    expect(warned).toEqual([]);
    await expect(publishedWeights(NAME, { ...(await from(first)), sha256: sha256(second) })).rejects.toThrow(
      `publishedWeights: ${NAME} must have the sha256 ${sha256(second)}, as given, got ${sha256(first)}`,
    );
  });
  it("holds torchvision's files to the digits in their names", async () => {
    const options = await from(first, "/weights/resnet18-f37072fd.pth");
    await expect(publishedWeights("torchvision/resnet18.IMAGENET1K_V1", options)).rejects.toThrow(
      /sha256 must begin with f37072fd, got/,
    );
  });
  it("asks the publisher's own address without a mirror", async () => {
    const asked: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
      asked.push(String(url));
      return new Response(null, { status: 404 });
    });
    await expect(
      publishedWeights(NAME, { env: { SACCADE_CACHE: cache }, progress: silent, attempts: 1 }),
    ).rejects.toThrow(/cannot be had/);
    expect(asked[0]).toBe(
      "https://huggingface.co/timm/vit_tiny_patch16_224.augreg_in21k_ft_in1k/resolve/main/model.safetensors",
    );
  });
  it.each([
    [
      "an unknown name",
      "timm/vit_huge",
      {},
      /^publishedWeights: name must be one of models.publishedWeights\(\), got "timm\/vit_huge"/,
    ],
    [
      "a network without the tag",
      "resnet18",
      {},
      /got "resnet18"; of resnet18 there are timm\/resnet18\.tv_in1k, timm\/resnet18\.a1_in1k/,
    ],
    ["a digest that is none", NAME, { sha256: "f37072fd" }, /^publishedWeights: sha256 must be 64 digits/],
    [
      "an unknown option",
      NAME,
      { sha: "" },
      /^publishedWeights: an option must be one of sha256, .*, got sha; did you mean sha256\?$/,
    ],
  ])("refuses %s", async (_, name, options, message) => {
    await expect(publishedWeights(name, options as object)).rejects.toThrow(message);
  });
});

describe("pretrained", () => {
  it("makes the model with the weights, or with a new head for other classes", async () => {
    const options = await from(first);
    const source = createModel("vit_ti16", { numClasses: 1000, seed: 1 });
    const image = tf.randomNormal([1, 224, 224, 3], 0, 1, "float32", 4);
    const logits = (model: tf.LayersModel) => [...(model.predict(image) as tf.Tensor).dataSync()];
    expect(logits(await pretrained(NAME, { seed: 7 }, options))).toEqual(logits(source));
    const fine = await pretrained(NAME, { numClasses: 10, inputShape: [32, 32, 3], seed: 7 }, options);
    expect(fine.outputs[0]!.shape).toEqual([null, 10]);
    const weight = (model: tf.LayersModel, name: string) => [
      ...model.weights
        .find(({ originalName }) => originalName === name)!
        .read()
        .dataSync(),
    ];
    expect(weight(fine, "block12/dense2/kernel")).toEqual(weight(source, "block12/dense2/kernel"));
    expect(weight(fine, "position/embedding")).toHaveLength(5 * 192);
  });
});

describe("the rows", () => {
  it.each(PUBLISHED.map((row) => [row.name, row] as const))(
    "%s fits its model's names, and has the size of its weights",
    (_, { model, config, names, sizeBytes, sha256 }) => {
      outline(model, config as object, (made) => {
        expect(knownNames(made)).toContain(names);
        const numbers = made.trainableWeights.reduce(
          (sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]),
          0,
        );
        expect(sizeBytes).toBe(4 * numbers);
      });
      expect(registry[model]).toBeDefined();
      expect(sha256 === null || /^([0-9a-f]{8}|[0-9a-f]{64})$/.test(sha256)).toBe(true);
    },
  );
  it("have names of their own, and files of their own", () => {
    expect(new Set(PUBLISHED.map(({ name }) => name)).size).toBe(PUBLISHED.length);
    expect(new Set(PUBLISHED.map(({ url }) => url)).size).toBe(PUBLISHED.length);
  });
});

describe("npm run weights", () => {
  const weights = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, "lib/cli/bootstrap.mjs"), "weights", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, SACCADE_CACHE: cache },
    });
  it("lists every row, and shows what a file holds", () => {
    const { status, stdout } = weights();
    expect(status).toBe(0);
    for (const { name } of PUBLISHED) expect(stdout).toContain(name);
    const shown = weights("show", join(folder, "1.safetensors"));
    expect(shown.stdout).toContain("blocks.0.attn.qkv.weight  F32 [576, 192]");
    expect(shown.stdout).toContain("152 tensors, 5,717,416 numbers");
  });
  it("shows PyTorch's own files too, and no name as a terminal would obey it", async () => {
    const { stdout: shown } = weights("show", join(ROOT, "test/fixtures/weights/averages.pth"));
    expect(shown).toMatch(/^of the checkpoint's entry state_dict_ema\n.*\nmodule\.0\.weight  F32 \[2, 3\]$/m);
    const odd = join(folder, "odd.safetensors");
    await writeSafetensors(odd, {
      metadata: { "\u001b]0;title\u0007": "two\nlines" },
      tensors: new Map([["a\u001b[2J\u009b", { dtype: "I8", shape: [1], values: Int8Array.of(1) }]]),
    });
    const { status, stdout } = weights("show", odd);
    expect(status).toBe(0);
    expect(stdout).toContain(
      '"\\u001b]0;title\\u0007": "two\\nlines"\n"a\\u001b[2J\\u009b"  I8 [1]\n1 tensors, 1 numbers',
    );
  });
  it("says of a folder that it is one", () => {
    const stderr = expect.stringMatching(/^weights: path must be of a file, got the folder /m);
    expect(weights("show", folder)).toMatchObject({ status: 1, stderr });
  });
  it("says what is wrong in one line, and how it is used", () => {
    expect(weights("fetch", "nothing")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^weights: name must be one of/m),
    });
    const stderr = expect.stringMatching(/^weights: fetch: a name must follow, and nothing else$/m);
    expect(weights("fetch")).toMatchObject({ status: 2, stderr });
  });
});
