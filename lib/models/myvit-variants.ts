import { variantsOf, type Variant } from "./entry.js";
import { SOURCES } from "./sources.js";
import { vit, VIT_DEFAULTS, type VitConfig } from "./vit.js";

/**
 * The source gives blocks, heads, positions and activation; patch, width and MLP ratio are ours, the same for all (96 =
 * 8 · 12 = 6 · 16).
 */
const COMMON = {
  inputShape: [32, 32, 3],
  numClasses: 10,
  patchSize: 4,
  embedDim: 96,
  finalNorm: false,
  normEpsilon: 1e-5,
  weightInit: "torch",
} as const;

const SINE = { ...COMMON, positionalEmbedding: "sine", depth: 6, numHeads: 8 } as const;
const LEARNABLE = { ...COMMON, positionalEmbedding: "learnable", depth: 4, numHeads: 6 } as const;

const A: Variant<VitConfig> = {
  config: { ...SINE, activation: "relu" },
  source: `${SOURCES.vitAndProfile}, question 1, after Dosovitskiy et al. 2021`,
};

/** The rows of the registry for MyViT: `myvit` (the same as a), the source's variants a to d, and e with GELU. */
export const myvitVariants = variantsOf("myvit", vit, VIT_DEFAULTS, {
  myvit: A,
  myvit_a: A,
  myvit_b: { ...A, config: { ...LEARNABLE, activation: "relu" } },
  myvit_c: { ...A, config: { ...SINE, activation: "tanh" } },
  myvit_d: { ...A, config: { ...LEARNABLE, activation: "tanh" } },
  myvit_e: { config: { ...SINE, activation: "gelu" }, source: "ours: myvit_a with GELU" },
});
