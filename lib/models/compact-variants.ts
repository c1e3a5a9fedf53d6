import { compactTransformer, type CompactTransformerConfig } from "./compact-transformer.js";
import { byName, type Family, type PublishedCount, type Row } from "./entry.js";

/** Depth, heads, MLP ratio and width by the first number of a name. Source: Hassani et al. 2021, table 2. */
const SIZES = {
  2: { depth: 2, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  4: { depth: 4, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  6: { depth: 6, numHeads: 4, mlpRatio: 2, embedDim: 256 },
  7: { depth: 7, numHeads: 4, mlpRatio: 2, embedDim: 256 },
} as const;

const COMMON = { inputShape: [32, 32, 3], numClasses: 10, seed: 0, convFilters: 64, positionalEmbedding: "learnable" } as const;
const CCT = { ...COMMON, tokenizer: "convolutions", pooling: "sequence" } as const;
const CVT = { ...COMMON, tokenizer: "patches", pooling: "sequence", kernelSize: 4, convLayers: 1 } as const;
const VIT_LITE = { ...CVT, pooling: "class-token" } as const;

const ALL = "all of them";
const TORCHSUMMARY = "as torchsummary counts";

/** name, config, parameters, as torchsummary counts them, published figure and its convention (the authors' page, CIFAR-10). */
const ROWS = [
  row("vit_lite_6_4_32", "vit_lite", { ...VIT_LITE, ...SIZES[6] }, 3_190_538, 3_173_642, ["3.191 M", ALL]),
  row("vit_lite_7_4_32", "vit_lite", { ...VIT_LITE, ...SIZES[7] }, 3_716_874, 3_699_978, ["3.717 M", ALL]),
  row("cvt_6_4_32", "cvt", { ...CVT, ...SIZES[6] }, 3_190_283, 3_173_899, ["3.190 M", ALL]),
  row("cvt_7_4_32", "cvt", { ...CVT, ...SIZES[7] }, 3_716_619, 3_700_235, ["3.717 M", ALL]),
  row("cct_2_3x2_32", "cct", { ...CCT, ...SIZES[2], kernelSize: 3, convLayers: 2 }, 283_723, 275_531, ["0.284 M", ALL]),
  row("cct_4_3x2_32", "cct", { ...CCT, ...SIZES[4], kernelSize: 3, convLayers: 2 }, 482_123, 473_931, ["0.482 M", ALL]),
  row("cct_6_3x1_32", "cct", { ...CCT, ...SIZES[6], kernelSize: 3, convLayers: 1 }, 3_233_803, 3_168_267, ["3.168 M", TORCHSUMMARY]),
  row("cct_6_3x2_32", "cct", { ...CCT, ...SIZES[6], kernelSize: 3, convLayers: 2 }, 3_326_923, 3_310_539, ["3.327 M", ALL]),
  row("cct_7_3x1_32", "cct", { ...CCT, ...SIZES[7], kernelSize: 3, convLayers: 1 }, 3_760_139, 3_694_603, ["3.760 M", ALL]),
  row("cct_7_3x2_32", "cct", { ...CCT, ...SIZES[7], kernelSize: 3, convLayers: 2 }, 3_853_259, 3_836_875, ["3.853 M", ALL]),
] as const;

export type CompactName = (typeof ROWS)[number]["name"];

/** The rows of the registry for ViT-Lite, CVT and CCT on 32×32 images. */
export const compactVariants = byName(ROWS);

function row<N extends string>(
  name: N, family: Family, config: CompactTransformerConfig, params: number, paramsTorchsummary: number,
  [figure, convention]: [string, PublishedCount["convention"]],
): Row<N, CompactTransformerConfig> {
  return {
    name, family, build: compactTransformer, config, params, buffers: 0, paramsTorchsummary, inputShape: config.inputShape,
    published: { figure, convention, numClasses: 10 }, source: "Hassani et al. 2021, §3 and the results of the authors' page",
  };
}
