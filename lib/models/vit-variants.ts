import { allOf, variantsOf } from "./entry.js";
import { vit, VIT_DEFAULTS } from "./vit.js";

/** Source: Touvron et al. 2021, table 1. */
const TINY = { embedDim: 192, depth: 12, numHeads: 3 } as const;
/** Source: Touvron et al. 2021, table 1. */
const SMALL = { embedDim: 384, depth: 12, numHeads: 6 } as const;
/** Source: Dosovitskiy et al. 2021, table 1. */
const BASE = { embedDim: 768, depth: 12, numHeads: 12 } as const;

const TIMM = { inputShape: [224, 224, 3], numClasses: 1000 } as const;
const TORCHVISION = { ...TIMM, weightInit: "torchvision" } as const;

/** The rows of the registry for vision transformers on 224×224 images. */
export const vitVariants = variantsOf("vit", vit, VIT_DEFAULTS, {
  vit_tiny_patch16_224: {
    config: { ...TIMM, ...TINY, patchSize: 16 },
    source: "timm's, after Touvron et al. 2021, table 1",
    published: allOf("5.7 M"),
  },
  vit_small_patch16_224: {
    config: { ...TIMM, ...SMALL, patchSize: 16 },
    source: "timm's, after Touvron et al. 2021, table 1",
    published: allOf("22.1 M"),
  },
  vit_base_patch16_224: {
    config: { ...TIMM, ...BASE, patchSize: 16 },
    source: "timm's, after Dosovitskiy et al. 2021, table 1",
    published: allOf("86.6 M"),
  },
  vit_small_patch32_224: {
    config: { ...TIMM, ...SMALL, patchSize: 32 },
    source: "timm's, after Touvron et al. 2021, table 1",
    published: allOf("22.9 M"),
  },
  vit_base_patch32_224: {
    config: { ...TIMM, ...BASE, patchSize: 32 },
    source: "timm's, after Dosovitskiy et al. 2021, table 1",
    published: allOf("88.2 M"),
  },
  vit_b_16: {
    config: { ...TORCHVISION, ...BASE, patchSize: 16 },
    source: "torchvision's, after Dosovitskiy et al. 2021, table 1",
    published: allOf("86,567,656"),
  },
  vit_b_32: {
    config: { ...TORCHVISION, ...BASE, patchSize: 32 },
    source: "torchvision's, after Dosovitskiy et al. 2021, table 1",
    published: allOf("88,224,232"),
  },
  vit_ti32: {
    config: { ...TIMM, ...TINY, patchSize: 32 },
    source: "ours: vit_tiny_patch16_224 at patch 32, which timm does not have",
  },
});
