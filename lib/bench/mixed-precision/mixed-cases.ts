/** The networks of the bench of bfloat16, who takes part, and what a step in bfloat16 may take. */
import { NETWORK_CASES, type NetworkCase } from "../training/training-cases.js";

export const FLOAT32 = "ours, float32";
export const BFLOAT16 = "ours, bfloat16";
export const AUTOCAST = "PyTorch, autocast";
export const AUTOCAST_LAST = "PyTorch, autocast and channels_last";
/** Whichever of PyTorch's is the faster in a case, by its median. */
export const AUTOCAST_BEST = "PyTorch's autocast at its best";

/** As they are started. */
export const MIXED_CONTENDERS = [BFLOAT16, FLOAT32, AUTOCAST, AUTOCAST_LAST] as const;
/** One of them. */
export type MixedContender = (typeof MIXED_CONTENDERS)[number];
export const MIXED_SIDES = {
  ours: [BFLOAT16],
  peers: [FLOAT32, AUTOCAST_BEST, AUTOCAST, AUTOCAST_LAST],
} as const;

export const MIXED_STEP = "training step";
export const MIXED_PRODUCTS = "matrix products and convolutions in a step";
export const MIXED_SHARE = "their share of the ops' time";
export const MIXED_CASTS = "casts in a step";
export const MIXED_CAST_SHARE = "the casts' share of the ops' time";

/** The networks of `bench training`, and study 7's at its batch. */
export const MIXED_CASES: readonly NetworkCase[] = [
  ...NETWORK_CASES,
  {
    name: "airbench94",
    title: "airbench94",
    family: "cnn",
    model: "airbench94",
    overrides: {},
    network: "airbench",
    batch: 500,
    fullBatch: 1000,
    stepsPerTurn: 1,
  },
];

/** What the products may take in bfloat16, over float32's. */
export const GOAL_PRODUCTS = 0.55;
/** A step over PyTorch's under autocast at its best. */
export const GOAL_AUTOCAST = 1;

/** What a step may take in bfloat16 over float32's. @param products their share of float32's ops' time, 0 to 1 */
export function goalOfStep(products: number): number {
  return 1 - (1 - GOAL_PRODUCTS) * products;
}
