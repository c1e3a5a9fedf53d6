import { tf } from "../backend/index.js";
import {
  Conv2d,
  createInitializer,
  INITIALIZER_NAMES,
  Linear,
  seedFor,
  type InitializerName,
} from "../layers/index.js";
import {
  checkConfig,
  checkOneOf,
  checkSizes,
  imageInput,
  torchStart,
  type LayerStart,
  type ModelConfig,
} from "./parts.js";
import { anObject, checkValue } from "../checks.js";

export interface PlainCnnConfig extends ModelConfig {
  /** Output channels of each convolution. */
  readonly filters: readonly number[];
  /** Side of the kernels in pixels: one for all, or one for each. */
  readonly kernelSize: number | readonly number[];
  /** "same" keeps a map's size, "valid" loses kernelSize − 1 pixels. */
  readonly padding: "same" | "valid";
  /** The convolutions (from 1) that a 2×2 max pool follows. */
  readonly poolAfter: readonly number[];
  /** Widths of the dense layers before the head, each with ReLU. */
  readonly hidden: readonly number[];
  /** What the kernels start from: "torch_default" with PyTorch's own biases, the others with biases of 0. */
  readonly initializer: InitializerName;
}

/**
 * Convolutions with ReLU, some followed by a max pool; then dense layers. Logits [B, K] from images [B, H, W, C].
 * Layers: conv1, pool1, conv2, … flatten, dense1, … head.
 *
 * @throws RangeError for sizes that do not fit
 * Source: studies 2 (MyNet, CNN7) and 6 (Fashion-MNIST).
 */
export function plainCnn(config: PlainCnnConfig): tf.LayersModel {
  checkValue("plainCnn", "config", config, anObject);
  check(config);
  const { filters, padding, poolAfter, hidden, numClasses } = config;
  const sides = sidesOf(config);
  const image = imageInput(config); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    const [name, kernelSize] = [`conv${index + 1}`, sides[index]!];
    x = new Conv2d({
      name,
      filters: width,
      kernelSize,
      padding,
      activation: "relu",
      ...starts(config, name, kernelSize ** 2 * x.shape[3]!),
    }).apply(x) as tf.SymbolicTensor; // [B, H', W', width]
    if (poolAfter.includes(index + 1)) {
      x = tf.layers
        .maxPooling2d({
          name: `pool${index + 1}`,
          poolSize: 2,
          strides: 2,
          padding: "valid",
          dataFormat: "channelsLast",
        })
        .apply(x) as tf.SymbolicTensor;
    }
  }
  x = tf.layers.flatten({ name: "flatten" }).apply(x) as tf.SymbolicTensor; // [B, H'·W'·C']
  for (const [index, units] of hidden.entries()) {
    const name = `dense${index + 1}`;
    x = new Linear({ name, units, ...starts(config, name, x.shape[1]!) }).apply(x) as tf.SymbolicTensor; // [B, units]
    x = tf.layers.reLU({ name: `relu${index + 1}` }).apply(x) as tf.SymbolicTensor;
  }
  const logits = new Linear({ name: "head", units: numClasses, ...starts(config, "head", x.shape[1]!) }).apply(
    x,
  ) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "plain_cnn", inputs: image, outputs: logits });
}

/** The side of each convolution's kernel. */
function sidesOf({ kernelSize, filters }: PlainCnnConfig): readonly number[] {
  return typeof kernelSize === "number" ? filters.map(() => kernelSize) : kernelSize;
}

function starts({ initializer, seed }: PlainCnnConfig, name: string, fanIn: number): LayerStart {
  if (initializer === "torch_default") return torchStart(fanIn, seed, name);
  return {
    kernelInitializer: createInitializer(initializer, seedFor(seed, `${name}/kernel`)),
    biasInitializer: tf.initializers.zeros(),
  };
}

function check(config: PlainCnnConfig): void {
  const { filters, padding, poolAfter, hidden, inputShape } = config;
  checkConfig("plainCnn", config, {});
  if (!Array.isArray(filters) || filters.length === 0)
    throw new RangeError(`plainCnn: filters must name at least one convolution, got ${JSON.stringify(filters)}`);
  checkSizes("plainCnn", "filters", filters);
  const sides = sidesOf(config);
  if (!Array.isArray(sides) || sides.length !== filters.length)
    throw new RangeError(
      `plainCnn: kernelSize must be one number or one for each of filters, got ${JSON.stringify(config.kernelSize)}`,
    );
  checkSizes("plainCnn", "kernelSize", sides);
  checkOneOf("plainCnn", "initializer", config.initializer, INITIALIZER_NAMES);
  checkSizes("plainCnn", "hidden", hidden);
  checkSizes("plainCnn", "poolAfter", poolAfter);
  if (padding !== "same" && padding !== "valid")
    throw new RangeError(`plainCnn: padding must be one of same, valid, got ${JSON.stringify(padding)}`);
  let [height, width] = inputShape as readonly number[] as [number, number];
  for (let layer = 1; layer <= filters.length; layer++) {
    const lost = padding === "same" ? 0 : sides[layer - 1]! - 1;
    const pool = poolAfter.includes(layer) ? 2 : 1;
    [height, width] = [Math.floor((height - lost) / pool), Math.floor((width - lost) / pool)];
    if (height < 1 || width < 1)
      throw new RangeError(
        `plainCnn: nothing is left of ${inputShape[0]}×${inputShape[1]} after conv${layer}; take a larger ` +
          "image or fewer layers",
      );
  }
}
