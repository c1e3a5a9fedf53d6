import { byName, type Row } from "./entry.js";
import { vit, type VitConfig } from "./vit.js";

/**
 * The source gives blocks, heads, positions and activation; patch, width and MLP ratio are ours, the same for all (96 =
 * 8 · 12 = 6 · 16).
 */
const COMMON = {
  inputShape: [32, 32, 3],
  numClasses: 10,
  seed: 0,
  patchSize: 4,
  embedDim: 96,
  mlpRatio: 4,
  finalNorm: false,
  normEpsilon: 1e-5,
  weightInit: "torch",
  dropRate: 0,
  attnDropRate: 0,
  dropPathRate: 0,
  softmax: false,
} as const;

const SINE = { positionalEmbedding: "sine", depth: 6, numHeads: 8 } as const;
const LEARNABLE = { positionalEmbedding: "learnable", depth: 4, numHeads: 6 } as const;

const SOURCE = "study 1, after Dosovitskiy et al. 2021";

const ROWS = [
  row("myvit", { ...COMMON, ...SINE, activation: "relu" }, SOURCE),
  row("myvit_a", { ...COMMON, ...SINE, activation: "relu" }, SOURCE),
  row("myvit_b", { ...COMMON, ...LEARNABLE, activation: "relu" }, SOURCE),
  row("myvit_c", { ...COMMON, ...SINE, activation: "tanh" }, SOURCE),
  row("myvit_d", { ...COMMON, ...LEARNABLE, activation: "tanh" }, SOURCE),
  row("myvit_e", { ...COMMON, ...SINE, activation: "gelu" }, "ours: study 1's variant a with GELU"),
] as const;

/**
 * The rows of the registry for study 1's MyViT: `myvit` (the same as a) with every option, and the study's variants a
 * to d, and e with GELU.
 */
export const myvitVariants = byName(ROWS);

function row<N extends string>(name: N, config: VitConfig, source: string): Row<N, VitConfig> {
  const sine = config.positionalEmbedding === "sine";
  return {
    name,
    family: "myvit",
    build: vit,
    config,
    source,
    inputShape: config.inputShape,
    published: null,
    params: sine ? 676_810 : 459_370,
    buffers: sine ? 6_240 : 0,
    paramsTorchsummary: sine ? 676_714 : 453_034,
  };
}
