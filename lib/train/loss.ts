import { ops } from "../backend/index.js";

/** Mean softmax cross-entropy of logits [B, K] and labels [B], a scalar in nats; see `backend.ops`. */
export const softmaxCrossEntropy: typeof ops.softmaxCrossEntropy = ops.softmaxCrossEntropy;
