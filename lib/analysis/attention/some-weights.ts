import { aList, withFields } from "../../checks.js";

/** What `attentionWeights` gives of a layer. */
export const someWeights = withFields("what attentionWeights gives of a layer", { shape: aList, values: aList });
