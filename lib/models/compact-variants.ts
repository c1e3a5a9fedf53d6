import { compactTransformer, type CompactTransformerConfig } from "./compact-transformer.js";
import { byName, type PublishedCount, type Row } from "./entry.js";

/** Depth, heads, MLP ratio and width by the first number of a name. Source: Hassani et al. 2021, table 2. */
const SIZES = {
  2: { depth: 2, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  4: { depth: 4, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  6: { depth: 6, numHeads: 4, mlpRatio: 2, embedDim: 256 },
  7: { depth: 7, numHeads: 4, mlpRatio: 2, embedDim: 256 },
} as const;

/** The rates are those that the authors' program starts with. */
const COMMON = {
  inputShape: [32, 32, 3],
  numClasses: 10,
  seed: 0,
  convFilters: 64,
  positionalEmbedding: "learnable",
  dropRate: 0,
  attnDropRate: 0.1,
  dropPathRate: 0.1,
} as const;
const CCT = { ...COMMON, tokenizer: "convolutions", pooling: "sequence" } as const;
const CVT = { ...COMMON, tokenizer: "patches", pooling: "sequence", kernelSize: 4, convLayers: 1 } as const;
const VIT_LITE = { ...CVT, pooling: "class-token" } as const;

/**
 * name, config, parameters, as torchsummary counts them; millions on the authors' page (CIFAR-10), and where they left
 * out the positions.
 */
const ROWS = [
  row("vit_lite_2_4_32", { ...VIT_LITE, ...SIZES[2] }, 214_666, 206_218),
  row("vit_lite_4_4_32", { ...VIT_LITE, ...SIZES[4] }, 413_066, 404_618),
  row("vit_lite_6_4_32", { ...VIT_LITE, ...SIZES[6] }, 3_190_538, 3_173_642, "3.191"),
  row("vit_lite_7_4_32", { ...VIT_LITE, ...SIZES[7] }, 3_716_874, 3_699_978, "3.717"),
  row("cvt_2_4_32", { ...CVT, ...SIZES[2] }, 214_539, 206_347),
  row("cvt_4_4_32", { ...CVT, ...SIZES[4] }, 412_939, 404_747),
  row("cvt_6_4_32", { ...CVT, ...SIZES[6] }, 3_190_283, 3_173_899, "3.190"),
  row("cvt_7_4_32", { ...CVT, ...SIZES[7] }, 3_716_619, 3_700_235, "3.717"),
  row("cct_2_3x1_32", { ...CCT, ...SIZES[2], kernelSize: 3, convLayers: 1 }, 236_299, 203_531),
  row("cct_2_3x2_32", { ...CCT, ...SIZES[2], kernelSize: 3, convLayers: 2 }, 283_723, 275_531, "0.284"),
  row("cct_2_7x1_32", { ...CCT, ...SIZES[2], kernelSize: 7, convLayers: 1 }, 227_083, 218_891),
  row("cct_2_7x2_32", { ...CCT, ...SIZES[2], kernelSize: 7, convLayers: 2 }, 611_403, 610_891),
  row("cct_4_3x1_32", { ...CCT, ...SIZES[4], kernelSize: 3, convLayers: 1 }, 434_699, 401_931),
  row("cct_4_3x2_32", { ...CCT, ...SIZES[4], kernelSize: 3, convLayers: 2 }, 482_123, 473_931, "0.482"),
  row("cct_4_7x1_32", { ...CCT, ...SIZES[4], kernelSize: 7, convLayers: 1 }, 425_483, 417_291),
  row("cct_4_7x2_32", { ...CCT, ...SIZES[4], kernelSize: 7, convLayers: 2 }, 809_803, 809_291),
  row(
    "cct_6_3x1_32",
    { ...CCT, ...SIZES[6], kernelSize: 3, convLayers: 1 },
    3_233_803,
    3_168_267,
    "3.168",
    "as torchsummary counts",
  ),
  row("cct_6_3x2_32", { ...CCT, ...SIZES[6], kernelSize: 3, convLayers: 2 }, 3_326_923, 3_310_539, "3.327"),
  row("cct_6_7x1_32", { ...CCT, ...SIZES[6], kernelSize: 7, convLayers: 1 }, 3_215_371, 3_198_987),
  row("cct_6_7x2_32", { ...CCT, ...SIZES[6], kernelSize: 7, convLayers: 2 }, 3_974_603, 3_973_579),
  row("cct_7_3x1_32", { ...CCT, ...SIZES[7], kernelSize: 3, convLayers: 1 }, 3_760_139, 3_694_603, "3.760"),
  row("cct_7_3x2_32", { ...CCT, ...SIZES[7], kernelSize: 3, convLayers: 2 }, 3_853_259, 3_836_875, "3.853"),
  row("cct_7_7x1_32", { ...CCT, ...SIZES[7], kernelSize: 7, convLayers: 1 }, 3_741_707, 3_725_323),
  row("cct_7_7x2_32", { ...CCT, ...SIZES[7], kernelSize: 7, convLayers: 2 }, 4_500_939, 4_499_915),
] as const;

export type CompactName = (typeof ROWS)[number]["name"];

/** The rows of the registry for ViT-Lite, CVT and CCT on 32×32 images. */
export const compactVariants = byName(ROWS);

function row<N extends string>(
  name: N,
  config: CompactTransformerConfig,
  params: number,
  paramsTorchsummary: number,
  millions?: string,
  convention: PublishedCount["convention"] = "all of them",
): Row<N, CompactTransformerConfig> {
  const family = config.pooling === "class-token" ? "vit_lite" : config.tokenizer === "patches" ? "cvt" : "cct";
  return {
    name,
    family,
    build: compactTransformer,
    config,
    params,
    buffers: 0,
    paramsTorchsummary,
    inputShape: config.inputShape,
    published: millions === undefined ? null : { figure: `${millions} M`, convention, numClasses: 10 },
    source: "Hassani et al. 2021, §3 and the results of the authors' page",
  };
}
