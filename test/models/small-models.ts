/** A small network of each kind. */
import { tf } from "../../lib/backend/index.js";
import { allWeights, createModel, type ModelName } from "../../lib/models/index.js";

/** What makes them small, by a name of each kind. */
const SMALL: Partial<Record<ModelName, object>> = {
  cnn_self_attention: { inputShape: [8, 8, 3], filters: [8, 16] },
  small_vit: { inputShape: [8, 8, 3], embedDim: 8, depth: 2, numHeads: 2, hiddenDim: 16 },
  cct_6_3x2_32: { inputShape: [16, 16, 3], embedDim: 8, depth: 2, convFilters: 4 },
  cvt_6_4_32: { inputShape: [8, 8, 3], embedDim: 8, depth: 2, positionalEmbedding: "sine" },
  vit_lite_6_4_32: { inputShape: [8, 12, 3], embedDim: 8, depth: 2 },
  vit_tiny_patch16_224: {
    inputShape: [8, 8, 3],
    patchSize: 4,
    embedDim: 8,
    depth: 2,
    numHeads: 2,
    dropRate: 0.1,
    dropPathRate: 0.1,
  },
  resnet34_bias: { inputShape: [16, 16, 3], blocks: [1, 1], filters: [4, 8] },
  resnet50: { inputShape: [16, 16, 3], blocks: [1, 1], filters: [4, 8] },
  vgg16_bn: { inputShape: [20, 28, 3], stages: [[4, 4], [8]], hidden: [8], pooledSize: 3 },
  alexnet_lrn: { inputShape: [67, 67, 3], filters: [6, 8, 4, 4, 4], hidden: [8] },
  alexnet: { inputShape: [80, 67, 3], filters: [6, 8, 4, 4, 4], hidden: [8], pooledSize: 2 },
  mynet: { inputShape: [16, 16, 3], filters: [4, 8, 8, 8] },
};
export const smallNames = Object.keys(SMALL) as ModelName[];

/** A small model none of whose weights is 0 or 1 all over. */
export function smallModel(name: ModelName): tf.LayersModel {
  const model = createModel(name, { numClasses: 4, seed: 3, ...SMALL[name] } as object);
  for (const [i, weight] of allWeights(model).entries()) {
    if (weight.shape.length > 1 || weight.originalName.endsWith("moving_variance")) continue;
    tf.tidy(
      () =>
        void weight.write(
          tf.add(weight.read(), tf.randomUniform(weight.shape as number[], -0.3, 0.3, "float32", i + 1)),
        ),
    );
  }
  return model;
}
