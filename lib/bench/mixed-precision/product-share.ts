/** What of a step's time its matrix products and convolutions take, and what the casts between two dtypes. */
import type { ProfiledOp } from "../../analysis/index.js";
import { costOf } from "../../analysis/profile/op-costs.js";

/** Of all ops of a step, whichever ran side by side: each counts its own time. */
export interface ProductShare {
  /** Of the ops' time, 0 to 1: matrix products, convolutions and their gradients. */
  readonly products: number;
  /** The same in milliseconds. */
  readonly productsMs: number;
  /** Ops that turn one dtype into another, and their share of the ops' time. */
  readonly casts: number;
  readonly castShare: number;
}

/** Adds the ops of a step up. */
export function productShare(ops: readonly ProfiledOp[]): ProductShare {
  const time = (some: readonly ProfiledOp[]): number => some.reduce((sum, { durationUs }) => sum + durationUs, 0);
  const all = time(ops);
  const products = ops.filter((op) => ["convolution", "matrix product"].includes(costOf(op).kind ?? ""));
  const casts = ops.filter(({ op }) => op === "Cast" || op === "_MklNativeCast");
  const share = (some: readonly ProfiledOp[]): number => (all > 0 ? time(some) / all : 0);
  return {
    products: share(products),
    productsMs: time(products) / 1000,
    casts: casts.length,
    castShare: share(casts),
  };
}
