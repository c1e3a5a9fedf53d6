import { tf } from "../backend/index.js";
import {
  BatchNorm,
  Conv2d,
  createInitializer,
  INITIALIZER_NAMES,
  Linear,
  seedFor,
  type InitializerName,
} from "../layers/index.js";
import { aCount, aFlag, either, listOf, oneOf } from "../checks.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, imageInput, torchStart, type LayerStart } from "./parts.js";

/** Config of {@link plainCnn}. */
export interface PlainCnnConfig extends ModelConfig {
  /** Output channels of each convolution. */
  readonly filters: readonly number[];
  /** Side of the kernels in pixels: one for all, or one for each. Default 3. */
  readonly kernelSize?: number | readonly number[];
  /** "same" keeps a map's size, "valid" loses kernelSize − 1 pixels. Default "same". */
  readonly padding?: "same" | "valid";
  /** Whether batch norm stands between each convolution and its ReLU. Default false. */
  readonly batchNorm?: boolean;
  /** The convolutions (from 1) that a 2×2 max pool follows. Default []. */
  readonly poolAfter?: readonly number[];
  /** Widths of the dense layers before the head, each with ReLU. Default []. */
  readonly hidden?: readonly number[];
  /**
   * What the kernels start from: "torch_default" with PyTorch's own biases, the others with biases of 0. Default
   * "torch_default".
   */
  readonly initializer?: InitializerName;
}

export const PLAIN_CNN_DEFAULTS = {
  kernelSize: 3,
  padding: "same",
  batchNorm: false,
  poolAfter: [],
  hidden: [],
  initializer: "torch_default",
} as const satisfies Partial<PlainCnnConfig>;

/**
 * Convolutions with ReLU, some followed by a max pool; then dense layers. Logits [B, K] from images [B, H, W, C].
 * Layers: conv1, norm1 and conv1/relu (with batch norm), pool1, conv2, … flatten, dense1, … head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: the reports "DLOps Assignment 3: Transformers and Optimization" (MyNet, CNN7) and "Assignment 3: Getting into
 * the Flow of Deep Learning" (Fashion-MNIST).
 */
export function plainCnn(config: PlainCnnConfig): tf.LayersModel {
  const whole = checked(config);
  const { filters, padding, batchNorm, poolAfter, hidden, numClasses } = whole;
  const sides = sidesOf(whole);
  const image = imageInput(whole); // [B, H, W, C]
  let x = image;
  for (const [index, width] of filters.entries()) {
    const [name, kernelSize] = [`conv${index + 1}`, sides[index]!];
    x = new Conv2d({
      name,
      filters: width,
      kernelSize,
      padding,
      activation: batchNorm ? "linear" : "relu",
      ...starts(whole, name, kernelSize ** 2 * x.shape[3]!),
    }).apply(x) as tf.SymbolicTensor; // [B, H', W', width]
    if (batchNorm) x = chain(x, new BatchNorm({ name: `norm${index + 1}` }), tf.layers.reLU({ name: `${name}/relu` }));
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
    x = new Linear({ name, units, ...starts(whole, name, x.shape[1]!) }).apply(x) as tf.SymbolicTensor; // [B, units]
    x = tf.layers.reLU({ name: `relu${index + 1}` }).apply(x) as tf.SymbolicTensor;
  }
  const logits = new Linear({ name: "head", units: numClasses, ...starts(whole, "head", x.shape[1]!) }).apply(
    x,
  ) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "plain_cnn", inputs: image, outputs: logits });
}

/** The side of each convolution's kernel. */
function sidesOf({ kernelSize, filters }: Pick<Whole<PlainCnnConfig>, "kernelSize" | "filters">): readonly number[] {
  return typeof kernelSize === "number" ? filters.map(() => kernelSize) : kernelSize;
}

function starts({ initializer, seed }: Whole<PlainCnnConfig>, name: string, fanIn: number): LayerStart {
  if (initializer === "torch_default") return torchStart(fanIn, seed, name);
  return {
    kernelInitializer: createInitializer(initializer, seedFor(seed, `${name}/kernel`)),
    biasInitializer: tf.initializers.zeros(),
  };
}

function checked(config: PlainCnnConfig): Whole<PlainCnnConfig> {
  const whole = wholeConfig("plainCnn", config, PLAIN_CNN_DEFAULTS, {
    filters: listOf(aCount),
    kernelSize: either(aCount, listOf(aCount)),
    padding: oneOf(["same", "valid"]),
    batchNorm: aFlag,
    poolAfter: listOf(aCount),
    hidden: listOf(aCount),
    initializer: oneOf(INITIALIZER_NAMES),
  });
  const { filters, kernelSize } = whole;
  if (filters.length === 0) throw new RangeError("plainCnn: filters must name at least one convolution, got []");
  if (typeof kernelSize !== "number" && kernelSize.length !== filters.length)
    throw new RangeError(
      `plainCnn: kernelSize must be one number or one for each of filters, got ${JSON.stringify(kernelSize)}`,
    );
  checkSides(whole);
  return whole;
}

/** @throws RangeError where nothing is left of the image */
function checkSides({ filters, padding, poolAfter, inputShape, ...config }: Whole<PlainCnnConfig>): void {
  const sides = sidesOf({ filters, ...config });
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
