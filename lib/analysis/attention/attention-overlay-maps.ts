import { checkArguments } from "../../checks.js";
import { shownAs } from "../../shown.js";
import type { OverlayMaps } from "../features/upsampled-maps.js";
import { mapFor, type AttentionMapOptions } from "./attention-maps.js";
import type { AttentionWeights } from "./attention-weights.js";
import { someWeights } from "./some-weights.js";

/**
 * `attentionMap` of every image of the batch, for a figure: `plots.attentionOverlay({ title, ...set,
 * ...attentionMaps(weights) })`. Of a rollout it is where the whole network looks.
 *
 * @param weights of one layer, as `attentionWeights` gives them, or of `attentionRollout`
 * @returns maps [B, rows, columns] flat, each of the sum 1
 * @throws RangeError and TypeError as `attentionMap`
 * @example attentionMaps(attentionRollout(await attentionWeights(vit, images)))
 */
export function attentionMaps(weights: AttentionWeights, options: AttentionMapOptions = {}): OverlayMaps {
  checkArguments("attentionMaps", { weights }, { weights: someWeights });
  const each = Array.from({ length: weights.shape[0] }, (_, image) => mapFor("attentionMaps", weights, image, options));
  const { rows, columns, layer } = each[0]!;
  const maps = new Float32Array(each.length * rows * columns);
  each.forEach(({ values }, i) => maps.set(values, i * rows * columns));
  const valueLabel = "attention, of each map's largest";
  const what = `${each.length} maps of ${rows} × ${columns}: plots.attentionOverlay({ title, ...set, ...maps })`;
  return shownAs({ maps, mapShape: [rows, columns], valueLabel }, () => ({ "text/plain": `${layer}: ${what}` }));
}
