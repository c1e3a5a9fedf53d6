import { countMacs } from "../../analysis/index.js";
import { createModel } from "../../models/index.js";
import type { NetworkSpec } from "./training-cases.js";

/** FLOPs of one image's forward pass, two for each multiply-add; a training step takes about three times as many. */
export function flopsOf({ model, overrides }: Pick<NetworkSpec, "model" | "overrides">): number {
  const made = createModel(model, overrides);
  try {
    return 2 * countMacs(made).total;
  } finally {
    made.dispose();
  }
}
