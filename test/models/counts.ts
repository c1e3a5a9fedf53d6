import { tf } from "../../lib/backend/index.js";
import { outline, registry, type ModelName } from "../../lib/models/index.js";

/** Bare parameters, which belong to no module of their own in PyTorch. */
const BARE = ["ClassToken", "PositionalEmbedding", "SinusoidalEmbedding"];

const sizeOf = (weights: readonly tf.LayerVariable[]) =>
  weights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);

/** What a model learns, what it keeps, and what the program torchsummary would count. */
export function counts(name: ModelName, overrides: object = {}) {
  return outline(name, overrides, (model) => {
    const skipped = registry[name].family === "vit" ? [...BARE, "MultiHeadSelfAttention"] : BARE;
    const counted = model.layers.filter((layer) => !skipped.includes(layer.getClassName()));
    return {
      params: sizeOf(model.trainableWeights),
      buffers: sizeOf(model.nonTrainableWeights),
      paramsTorchsummary: sizeOf(counted.flatMap((layer) => layer.trainableWeights)),
    };
  });
}
