import { compactTransformer, COMPACT_TRANSFORMER_DEFAULTS } from "./compact-transformer.js";
import { allOf, asTorchsummary, variantsOf } from "./entry.js";

/** Depth, heads, MLP ratio and width by the first number of a name. Source: Hassani et al. 2021, table 2. */
const SIZES = {
  2: { depth: 2, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  4: { depth: 4, numHeads: 2, mlpRatio: 1, embedDim: 128 },
  6: { depth: 6, numHeads: 4, mlpRatio: 2, embedDim: 256 },
  7: { depth: 7, numHeads: 4, mlpRatio: 2, embedDim: 256 },
} as const;

const CIFAR = { inputShape: [32, 32, 3], numClasses: 10 } as const;
const CVT = { ...CIFAR, tokenizer: "patches", kernelSize: 4 } as const;
const VIT_LITE = { ...CVT, pooling: "class-token" } as const;

const SOURCE = "Hassani et al. 2021, §3; figures: the authors' page, for CIFAR-10";

/** The rows of the registry for ViT-Lite, CVT and CCT on 32×32 images. */
export const compactVariants = {
  ...variantsOf("vit_lite", compactTransformer, COMPACT_TRANSFORMER_DEFAULTS, {
    vit_lite_2_4_32: { config: { ...VIT_LITE, ...SIZES[2] }, source: SOURCE },
    vit_lite_4_4_32: { config: { ...VIT_LITE, ...SIZES[4] }, source: SOURCE },
    vit_lite_6_4_32: { config: { ...VIT_LITE, ...SIZES[6] }, source: SOURCE, published: allOf("3.191 M") },
    vit_lite_7_4_32: { config: { ...VIT_LITE, ...SIZES[7] }, source: SOURCE, published: allOf("3.717 M") },
  }),
  ...variantsOf("cvt", compactTransformer, COMPACT_TRANSFORMER_DEFAULTS, {
    cvt_2_4_32: { config: { ...CVT, ...SIZES[2] }, source: SOURCE },
    cvt_4_4_32: { config: { ...CVT, ...SIZES[4] }, source: SOURCE },
    cvt_6_4_32: { config: { ...CVT, ...SIZES[6] }, source: SOURCE, published: allOf("3.190 M") },
    cvt_7_4_32: { config: { ...CVT, ...SIZES[7] }, source: SOURCE, published: allOf("3.717 M") },
  }),
  ...variantsOf("cct", compactTransformer, COMPACT_TRANSFORMER_DEFAULTS, {
    cct_2_3x1_32: { config: { ...CIFAR, ...SIZES[2] }, source: SOURCE },
    cct_2_3x2_32: {
      config: { ...CIFAR, ...SIZES[2], convLayers: 2 },
      source: SOURCE,
      published: allOf("0.284 M"),
    },
    cct_2_7x1_32: { config: { ...CIFAR, ...SIZES[2], kernelSize: 7 }, source: SOURCE },
    cct_2_7x2_32: { config: { ...CIFAR, ...SIZES[2], kernelSize: 7, convLayers: 2 }, source: SOURCE },
    cct_4_3x1_32: { config: { ...CIFAR, ...SIZES[4] }, source: SOURCE },
    cct_4_3x2_32: {
      config: { ...CIFAR, ...SIZES[4], convLayers: 2 },
      source: SOURCE,
      published: allOf("0.482 M"),
    },
    cct_4_7x1_32: { config: { ...CIFAR, ...SIZES[4], kernelSize: 7 }, source: SOURCE },
    cct_4_7x2_32: { config: { ...CIFAR, ...SIZES[4], kernelSize: 7, convLayers: 2 }, source: SOURCE },
    cct_6_3x1_32: {
      config: { ...CIFAR, ...SIZES[6] },
      source: SOURCE,
      published: asTorchsummary("3.168 M"),
    },
    cct_6_3x2_32: {
      config: { ...CIFAR, ...SIZES[6], convLayers: 2 },
      source: SOURCE,
      published: allOf("3.327 M"),
    },
    cct_6_7x1_32: { config: { ...CIFAR, ...SIZES[6], kernelSize: 7 }, source: SOURCE },
    cct_6_7x2_32: { config: { ...CIFAR, ...SIZES[6], kernelSize: 7, convLayers: 2 }, source: SOURCE },
    cct_7_3x1_32: {
      config: { ...CIFAR, ...SIZES[7] },
      source: SOURCE,
      published: allOf("3.760 M"),
    },
    cct_7_3x2_32: {
      config: { ...CIFAR, ...SIZES[7], convLayers: 2 },
      source: SOURCE,
      published: allOf("3.853 M"),
    },
    cct_7_7x1_32: { config: { ...CIFAR, ...SIZES[7], kernelSize: 7 }, source: SOURCE },
    cct_7_7x2_32: { config: { ...CIFAR, ...SIZES[7], kernelSize: 7, convLayers: 2 }, source: SOURCE },
  }),
} as const;
