import { aList, checkFields } from "../../checks.js";
import type { StepProfile } from "./step-profile.js";

/** What one layer's ops cost in a step. */
export interface LayerCost {
  /** The layer's name; "" for what belongs to none: the loss, the optimizer. */
  readonly layer: string;
  /** Sum over its ops, which may overlap on several threads; microseconds. */
  readonly forwardUs: number;
  /** The same of the ops that compute its gradients; microseconds. */
  readonly gradientUs: number;
  /** Size of its ops' outputs, forward and gradient. */
  readonly bytes: number;
  /** How many ops it has, forward and gradient. */
  readonly ops: number;
}

/** A step's ops by the layer that they came from, the most expensive first. */
export function layerCosts(profile: Pick<StepProfile, "ops">): LayerCost[] {
  checkFields("layerCosts", "profile", profile, { ops: aList });
  const costs = new Map<string, { layer: string; forwardUs: number; gradientUs: number; bytes: number; ops: number }>();
  for (const { layer, pass, durationUs, bytes } of profile.ops) {
    const cost = costs.get(layer) ?? { layer, forwardUs: 0, gradientUs: 0, bytes: 0, ops: 0 };
    costs.set(layer, cost);
    if (pass === "gradient") cost.gradientUs += durationUs;
    else cost.forwardUs += durationUs;
    cost.bytes += bytes;
    cost.ops++;
  }
  return [...costs.values()].sort((a, b) => b.forwardUs + b.gradientUs - a.forwardUs - a.gradientUs);
}
