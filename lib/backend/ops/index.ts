/** Ops that TensorFlow has as one kernel and tfjs composes of many; on other backends, compositions of tfjs' ops. */
export { attention, type AttentionOptions } from "./attention-op.js";
export { batchNormTraining, type BatchNormTraining } from "./batch-norm-op.js";
export { biasAdd } from "./bias-add.js";
export { clipByGlobalNorm, globalNorm, type ClippedGradients } from "./clip.js";
export { softmaxCrossEntropy } from "./cross-entropy.js";
export { conv2d, dense } from "./dense.js";
export { dropout, dropPath } from "./drop.js";
export { gelu, type GeluForm } from "./gelu-op.js";
export { layerNorm } from "./layer-norm-op.js";
export { localResponseNorm, type LocalResponseNormOptions } from "./local-response-norm-op.js";
export { permutation } from "./permutation.js";
