import { byName, type Row } from "./entry.js";
import { vit, type VitConfig } from "./vit.js";

/**
 * Width, depth and heads. Source: Dosovitskiy et al. 2021, table 1 (Base); Touvron et al. 2021, table 1 (Tiny, Small).
 */
const SIZES = {
  ti: { embedDim: 192, depth: 12, numHeads: 3 },
  s: { embedDim: 384, depth: 12, numHeads: 6 },
  b: { embedDim: 768, depth: 12, numHeads: 12 },
} as const;

const COMMON = {
  inputShape: [224, 224, 3],
  numClasses: 10,
  seed: 0,
  mlpRatio: 4,
  positionalEmbedding: "learnable",
  activation: "gelu",
  finalNorm: true,
  normEpsilon: 1e-6,
  weightInit: "timm",
  dropRate: 0,
  attnDropRate: 0,
  dropPathRate: 0,
  softmax: false,
} as const;

const SOURCES = {
  ti: "Touvron et al. 2021, table 1",
  s: "Touvron et al. 2021, table 1",
  b: "Dosovitskiy et al. 2021, table 1",
} as const;

/**
 * name, size, patch, parameters at 10 classes, as torchsummary counts torchvision's modules, published: timm's page, at
 * 1,000 classes.
 */
const ROWS = [
  row("vit_ti16", "ti", 16, 5_526_346, 3_709_642, "5.7 M"),
  row("vit_s16", "s", 16, 21_669_514, 14_497_162, "22.1 M"),
  row("vit_b16", "b", 16, 85_806_346, 57_305_866, "86.6 M"),
  row("vit_ti32", "ti", 32, 5_940_490, 4_152_010, null),
  row("vit_s32", "s", 32, 22_497_802, 15_381_898, "22.9 M"),
  row("vit_b32", "b", 32, 87_462_922, 59_075_338, "88.2 M"),
] as const;

/** The rows of the registry for vision transformers on 224×224 images, as timm's `vit_*_patch*_224`. */
export const vitVariants = byName(ROWS);

function row<N extends string>(
  name: N,
  size: keyof typeof SIZES,
  patchSize: number,
  params: number,
  paramsTorchsummary: number,
  figure: string | null,
): Row<N, VitConfig> {
  const config: VitConfig = { ...COMMON, ...SIZES[size], patchSize };
  return {
    name,
    family: "vit",
    build: vit,
    config,
    params,
    buffers: 0,
    paramsTorchsummary,
    inputShape: config.inputShape,
    published: figure === null ? null : { figure, convention: "all of them", numClasses: 1000 },
    source: SOURCES[size] + (name === "vit_ti32" ? "; at patch 32 ours" : ""),
  };
}
