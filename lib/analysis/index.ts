/** What a trained network does: its errors, what it looks at, what it costs. */
export { attentionLayers, attentionWeights, type AttentionWeights } from "./attention.js";
export { attentionMap, attentionSpread, type AttentionMap, type TokenPlaces } from "./attention-maps.js";
export { confusion, type Confusion } from "./confusion.js";
export { countMacs, multiplyAdds, type LayerMacs, type ModelMacs } from "./flops.js";
