import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run as runModels } from "../../lib/cli/models.js";
import { alignColumns } from "../../lib/cli/models/columns.js";
import { parseSettings } from "../../lib/cli/models/settings.js";
import { run as runSummary } from "../../lib/cli/summary.js";
import { registry } from "../../lib/models/index.js";
import type { Command } from "../../lib/setup/project.js";
import { projectAt, ROOT } from "./project.js";

let printed: string[] = [];
let errors: string[] = [];
beforeEach(() => {
  [printed, errors] = [[], []];
  vi.spyOn(console, "log").mockImplementation((text: string) => void printed.push(text));
  vi.spyOn(console, "error").mockImplementation((text: string) => void errors.push(text));
});
afterEach(() => vi.restoreAllMocks());
const call = async (run: Command, ...args: string[]) => ({
  code: await run(args, projectAt(ROOT)),
  text: printed.join("\n"),
  error: errors.join("\n"),
});

describe("npm run models", () => {
  it("prints a line for every model, with its counts and its multiply-adds twice as FLOPs", async () => {
    const { code, text } = await call(runModels);
    expect(code).toBe(0);
    for (const name of Object.keys(registry)) expect(text).toMatch(new RegExp(`^${name} `, "m"));
    expect(text).toMatch(
      /^vit_base_patch16_224 +224×224×3 +1,000 +86,567,656 +58,067,176 +86\.6 M +35\.128 +timm.* vit_b16$/m,
    );
    expect(text).toMatch(/^resnet34_bias .* 21,298,314\* /m);
    expect(text).toMatch(/^cnn2 .* – /m);
    expect(text).toMatch(/^vit_small_patch32_224 .* vit_s32$/m);
  });

  it("prints one family", async () => {
    const { text } = await call(runModels, "--family", "alexnet");
    expect(
      text
        .split("\n")
        .filter((line) => /^\w+ +\d+×/.test(line))
        .map((line) => line.split(" ")[0]),
    ).toEqual(["alexnet", "alexnet_lrn"]);
  });

  it("prints those that a pattern names", async () => {
    const { text } = await call(runModels, "alex*");
    expect(text.match(/^\w+(?= +\d+×)/gm)).toEqual(["alexnet", "alexnet_lrn"]);
  });

  it("prints JSON for programs", async () => {
    const { text } = await call(runModels, "--json", "--family", "cvt");
    expect(JSON.parse(text)[2]).toEqual({
      name: "cvt_6_4_32",
      aliases: [],
      family: "cvt",
      inputShape: [32, 32, 3],
      numClasses: 10,
      params: 3_190_283,
      paramsTorchsummary: 3_173_899,
      buffers: 0,
      published: { figure: "3.190 M", convention: "all of them" },
      macs: expect.any(Number),
      flops: expect.any(Number),
      source: expect.stringContaining("Hassani"),
      config: registry.cvt_6_4_32.config,
    });
    expect(JSON.parse(text)[2].flops).toBe(2 * JSON.parse(text)[2].macs);
  });

  it.each([
    [["--family", "gan"], /^models: --family must be one of airbench, .*vit_lite, got "gan"$/],
    [["gan*"], /^models: a pattern must name a model, got "gan\*"$/],
    [["alexnet", "vgg16"], /^models: one pattern at a time, .*, got alexnet, vgg16$/],
    [["--table"], /^models: .*--table.*; the options are --family FAMILY and --json$/],
  ])("refuses %o and exits with 2", async (args, message) => {
    const { code, error } = await call(runModels, ...args);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});

describe("npm run summary", () => {
  it("prints every layer, and torchsummary's figures beside the true ones", async () => {
    const { code, text } = await call(runSummary, "cct_6_3x1_32", "--set", "numClasses=100");
    expect(code).toBe(0);
    expect(text).toMatch(/^block3\/attention +MultiHeadSelfAttention +\[B, 256, 256\] +262,400 +1\.25 +100,663,296$/m);
    expect(text).toMatch(/^parameters +3,256,933 +3,191,397$/m);
    expect(text).toMatch(/^forward\/backward \(MB\) +\d+\.\d\d +69\.50$/m);
    expect(text).toMatch(/^parameters \(MB\) +12\.42 +12\.17$/m);
    expect(text).toMatch(/^total \(MB\) +\d+\.\d\d +81\.69$/m);
  });

  it("prints torchsummary's own table", async () => {
    const { text } = await call(runSummary, "vit_base_patch16_224", "--torchsummary", "--set", "numClasses=10");
    expect(text).toMatch(/^MultiheadAttention-4 +\[\[-1, 197, 768\], \[-1, 197, 197\]\] +0$/m);
    expect(text).toMatch(/^forward\/backward \(MB\) +242\.32 +537297\.50$/m);
    expect(text).toMatch(/two outputs added, not multiplied +285\.20$/m);
  });

  it("takes short names", async () => {
    const { text } = await call(runSummary, "vit_b16", "--json");
    expect(JSON.parse(text)).toMatchObject({ name: "vit_base_patch16_224", params: 86_567_656 });
  });

  it("prints JSON for programs", async () => {
    const { text } = await call(runSummary, "mynet", "--json");
    const { name, params, layers, totalMacs, torchsummary } = JSON.parse(text);
    expect({ name, params, totalMacs }).toEqual({ name: "mynet", params: 117_930, totalMacs: expect.any(Number) });
    expect(layers.map(({ name }: { name: string }) => name)).toEqual([
      "image",
      "conv1",
      "conv2",
      "pool2",
      "conv3",
      "pool3",
      "conv4",
      "pool4",
      "flatten",
      "head",
    ]);
    expect(torchsummary.params).toBe(117_930);
  });

  it.each([
    [[], /^summary: a model's name must be given; the known ones: cnn_self_attention, /],
    [
      ["vgg99"],
      /^summary: name must be one of models.listModels\(\), got name='vgg99'; did you mean vgg\w+\?; the families/,
    ],
    [["vgg16", "alexnet"], /^summary: one name at a time, got vgg16, alexnet$/],
    [["vgg16", "--set", "width=3"], /^summary: an option of vgg16 must be one of .*, got width$/],
    [
      ["vgg16", "--set", "numClasses=many"],
      /^summary: numClasses must be a whole number above 0, got numClasses='many'$/,
    ],
    [["vgg16", "--set", "numClasses"], /^--set: must be key=value, got "numClasses"$/],
    [
      ["vgg16", "--set", "inputShape=32,32,3"],
      /^--set: a list must stand in brackets, "inputShape=\[32,32,3\]", got "inputShape=32,32,3"$/,
    ],
    [["vgg16", "--rows"], /^summary: .*--rows.*; the options are --set key=value, --torchsummary and --json$/],
    [
      ["small_vit", "--torchsummary"],
      /^summary: --torchsummary is for families whose program's modules are known, got small_vit of small_vit$/,
    ],
  ])("refuses %o and exits with 2", async (args, message) => {
    const { code, error } = await call(runSummary, ...args);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});

describe("parseSettings()", () => {
  it("reads JSON where a value is JSON, and takes it as a text otherwise", () => {
    expect(parseSettings(["a=1", "b=[64,64,3]", "c=sine", "d=true", "e=x=y", "f="])).toEqual({
      a: 1,
      b: [64, 64, 3],
      c: "sine",
      d: true,
      e: "x=y",
      f: "",
    });
  });
});

describe("alignColumns()", () => {
  it("aligns by the widest cell and underlines the head", () => {
    expect(
      alignColumns(
        [
          ["a", "n"],
          ["long", "1"],
          ["b", "100"],
        ],
        ["left", "right"],
      ),
    ).toBe("a       n\n────  ───\nlong    1\nb     100");
  });
});
