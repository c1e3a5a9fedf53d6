import { tf } from "../backend/index.js";
import { Conv2d } from "../layers/index.js";
import { checkConfig, dense, imageInput, torchDefaults, type ModelConfig } from "./parts.js";

export interface PlainCnnConfig extends ModelConfig {
  /** Output channels of each convolution. */
  readonly filters: readonly number[];
  /** Side of the kernels in pixels. */
  readonly kernelSize: number;
  readonly padding: "same" | "valid";
  /** The convolutions (from 1) that a 2×2 max pool follows. */
  readonly poolAfter: readonly number[];
  /** Widths of the dense layers before the head, each with ReLU. */
  readonly hidden: readonly number[];
}

/**
 * Convolutions with ReLU, some followed by a max pool; then dense layers. Logits [B, K] from images [B, H, W, C].
 * Weights start as PyTorch's defaults. Layers: conv1, pool1, conv2, … flatten, dense1, … head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: STUDIES.md §2 (MyNet, CNN7) and §6 (Fashion-MNIST).
 */
export function plainCnn(config: PlainCnnConfig): tf.LayersModel {
  check(config);
  const { filters, kernelSize, padding, poolAfter, hidden, numClasses, seed } = config;
  const image = imageInput(config); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    const name = `conv${index + 1}`;
    const { kernel, bias } = torchDefaults(kernelSize ** 2 * x.shape[3]!, seed, name);
    x = new Conv2d({ name, filters: width, kernelSize, padding, activation: "relu", kernelInitializer: kernel, biasInitializer: bias }).apply(x) as tf.SymbolicTensor;
    if (poolAfter.includes(index + 1)) {
      x = tf.layers.maxPooling2d({ name: `pool${index + 1}`, poolSize: 2, strides: 2, padding: "valid", dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor;
    }
  }
  x = tf.layers.flatten({ name: "flatten" }).apply(x) as tf.SymbolicTensor; // [B, H'·W'·C']
  for (const [index, units] of hidden.entries()) {
    x = dense(`dense${index + 1}`, x.shape[1]!, units, seed).apply(x) as tf.SymbolicTensor;
    x = tf.layers.reLU({ name: `relu${index + 1}` }).apply(x) as tf.SymbolicTensor;
  }
  const logits = dense("head", x.shape[1]!, numClasses, seed).apply(x) as tf.SymbolicTensor;
  return tf.model({ name: "plain_cnn", inputs: image, outputs: logits });
}

function check(config: PlainCnnConfig): void {
  const { filters, kernelSize, padding, poolAfter, hidden, inputShape } = config;
  checkConfig("plainCnn", config, { kernelSize });
  if (!Array.isArray(filters) || filters.length === 0) throw new RangeError(`plainCnn: filters must name at least one convolution, got ${JSON.stringify(filters)}`);
  for (const width of filters) checkConfig("plainCnn", config, { filters: width });
  for (const units of hidden) checkConfig("plainCnn", config, { hidden: units });
  if (padding !== "same" && padding !== "valid") throw new RangeError(`plainCnn: padding must be one of same, valid, got ${JSON.stringify(padding)}`);
  let [height, width] = inputShape as readonly number[] as [number, number];
  for (let layer = 1; layer <= filters.length; layer++) {
    const lost = padding === "same" ? 0 : kernelSize - 1;
    const pool = poolAfter.includes(layer) ? 2 : 1;
    [height, width] = [Math.floor((height - lost) / pool), Math.floor((width - lost) / pool)];
    if (height < 1 || width < 1) throw new RangeError(`plainCnn: nothing is left of ${inputShape[0]}×${inputShape[1]} after conv${layer}; take a larger image or fewer layers`);
  }
}
