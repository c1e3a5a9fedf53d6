import { tf } from "../backend/index.js";
import { BatchNorm, Conv2d, seedFor } from "../layers/index.js";
import { checkConfig, dense, imageInput, type ModelConfig } from "./parts.js";

export interface ResnetConfig extends ModelConfig {
  /** Residual blocks of each stage; a stage halves the image, but the first. */
  readonly blocks: readonly number[];
  /** Channels of each stage, as many as there are stages. */
  readonly filters: readonly number[];
}

/**
 * A residual network of basic blocks (two 3×3 convolutions): 7×7 convolution of stride 2, batch norm, ReLU, 3×3 max
 * pool of stride 2, the stages, the mean over all pixels, a linear map. Logits [B, K] from images [B, H, W, C].
 *
 * Convolutions start as N(0, 2 / fanOut) with bias 0, the head as PyTorch's default.
 * Layers: stem/conv, stem/norm, stage1/block1/conv1, … stage2/block1/shortcut, … head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: He et al. 2015, table 1 and figure 3 (shortcut B); STUDIES.md §5.
 * Differs: every convolution has a bias, the 1×1 shortcuts too, as study 5's source counts them.
 */
export function resnet(config: ResnetConfig): tf.LayersModel {
  check(config);
  const { blocks, filters, numClasses, seed } = config;
  const image = imageInput(config); // [B, H, W, C]
  let x = normed(image, "stem/conv", "stem/norm", filters[0]!, 7, 2, seed); // [B, H / 2, W / 2, C]
  x = relu(x, "stem/relu");
  x = tf.layers.zeroPadding2d({ name: "stem/pad", padding: 1, dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor;
  x = tf.layers.maxPooling2d({ name: "stem/pool", poolSize: 3, strides: 2, padding: "valid", dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor;
  for (const [stage, count] of blocks.entries()) {
    for (let i = 1; i <= count; i++) {
      x = block(x, `stage${stage + 1}/block${i}`, filters[stage]!, stage > 0 && i === 1 ? 2 : 1, seed);
    }
  }
  x = tf.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor; // [B, C]
  const logits = dense("head", filters.at(-1)!, numClasses, seed).apply(x) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "resnet", inputs: image, outputs: logits });
}

/** relu(shortcut(x) + norm(conv(relu(norm(conv(x)))))), the shortcut a 1×1 convolution where sizes change. */
function block(x: tf.SymbolicTensor, name: string, filters: number, strides: number, seed: number): tf.SymbolicTensor {
  let y = normed(x, `${name}/conv1`, `${name}/norm1`, filters, 3, strides, seed);
  y = normed(relu(y, `${name}/relu1`), `${name}/conv2`, `${name}/norm2`, filters, 3, 1, seed);
  const same = strides === 1 && x.shape[3] === filters;
  const shortcut = same ? x : normed(x, `${name}/shortcut`, `${name}/shortcut_norm`, filters, 1, strides, seed);
  return relu(tf.layers.add({ name: `${name}/add` }).apply([shortcut, y]) as tf.SymbolicTensor, `${name}/relu2`);
}

function normed(x: tf.SymbolicTensor, convName: string, normName: string, filters: number, kernelSize: number, strides: number, seed: number): tf.SymbolicTensor {
  const stddev = Math.sqrt(2 / (kernelSize ** 2 * filters));
  const kernelInitializer = tf.initializers.randomNormal({ mean: 0, stddev, seed: seedFor(seed, `${convName}/kernel`) });
  const conv = new Conv2d({ name: convName, filters, kernelSize, strides, padding: (kernelSize - 1) / 2, kernelInitializer });
  return new BatchNorm({ name: normName }).apply(conv.apply(x) as tf.SymbolicTensor) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor;
}

function check(config: ResnetConfig): void {
  const { blocks, filters, inputShape } = config;
  if (!Array.isArray(blocks) || !Array.isArray(filters) || blocks.length === 0 || blocks.length !== filters.length) {
    throw new RangeError(`resnet: blocks and filters must be lists of one length, got ${JSON.stringify(blocks)}, ${JSON.stringify(filters)}`);
  }
  for (const [stage, count] of blocks.entries()) checkConfig("resnet", config, { blocks: count, filters: filters[stage]! });
  if (Math.min(inputShape[0], inputShape[1]) < 8) throw new RangeError(`resnet: the image must be at least 8×8, got ${inputShape[0]}×${inputShape[1]}`);
}
