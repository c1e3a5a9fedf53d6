import { tf } from "../backend/index.js";
import { BatchNorm, Conv2d, seedFor } from "../layers/index.js";
import { aCount, aFlag, listOf, oneOf } from "../checks.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { dense, imageInput } from "./parts.js";

/** Config of {@link resnet}. Its defaults are torchvision's. */
export interface ResnetConfig extends ModelConfig {
  /** Residual blocks of each stage; a stage halves the image, but the first. */
  readonly blocks: readonly number[];
  /** Channels of each stage, as many as there are stages. Default [64, 128, 256, 512]. */
  readonly filters?: readonly number[];
  /**
   * "basic": two 3×3 convolutions. "bottleneck": 1×1, 3×3 and 1×1, the last to four times the stage's channels. Default
   * "basic".
   */
  readonly block?: "basic" | "bottleneck";
  /** Whether the convolutions have a bias; torchvision's have none. Default false. */
  readonly useBias?: boolean;
  /**
   * Whether a block adds its input to what its convolutions give (skip connection, residual connection). Without, it is
   * the paper's plain network: the same convolutions, and no 1×1 shortcuts. Default true.
   */
  readonly skipConnections?: boolean;
}

export const RESNET_DEFAULTS = {
  filters: [64, 128, 256, 512],
  block: "basic",
  useBias: false,
  skipConnections: true,
} as const satisfies Partial<ResnetConfig>;

/** Channels of a bottleneck block's output as a multiple of its stage's. */
const EXPANSION = 4;

/**
 * A residual network: 7×7 convolution of stride 2, batch norm, ReLU, 3×3 max
 * pool of stride 2, the stages, the mean over all pixels, a linear map. Logits [B, K] from images [B, H, W, C].
 *
 * Convolutions start as N(0, 2 / fanOut) with bias 0, the head as PyTorch's default.
 * Layers: stem/conv, stem/norm, stage1/block1/conv1, … stage2/block1/shortcut, … head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: He et al. 2015, table 1 and figure 5 (shortcut B); §3.3 (plain networks).
 * Differs: a bottleneck block strides in its 3×3 convolution, as torchvision's does; with useBias every convolution has
 * a bias, the 1×1 shortcuts too, which the batch norm after it takes away again.
 */
export function resnet(config: ResnetConfig): tf.LayersModel {
  const whole = checked(config);
  const { blocks, filters, numClasses, seed } = whole;
  const image = imageInput(whole); // [B, H, W, C]
  let x = normed(image, "stem/conv", "stem/norm", filters[0]!, 7, 2, whole); // [B, H / 2, W / 2, C]
  x = relu(x, "stem/relu");
  x = tf.layers
    .zeroPadding2d({ name: "stem/pad", padding: 1, dataFormat: "channelsLast" })
    .apply(x) as tf.SymbolicTensor;
  x = tf.layers
    .maxPooling2d({ name: "stem/pool", poolSize: 3, strides: 2, padding: "valid", dataFormat: "channelsLast" })
    .apply(x) as tf.SymbolicTensor;
  for (const [stage, count] of blocks.entries()) {
    for (let i = 1; i <= count; i++) {
      x = block(x, `stage${stage + 1}/block${i}`, filters[stage]!, stage > 0 && i === 1 ? 2 : 1, whole);
    }
  }
  // [B, C]
  x = tf.layers.globalAveragePooling2d({ name: "pool", dataFormat: "channelsLast" }).apply(x) as tf.SymbolicTensor;
  const logits = dense("head", x.shape[1]!, numClasses, seed).apply(x) as tf.SymbolicTensor; // [B, K]
  return tf.model({ name: "resnet", inputs: image, outputs: logits });
}

/**
 * relu(shortcut(x) + branch(x)), the shortcut a 1×1 convolution where sizes change, or relu(branch(x)) without skip
 * connections; a norm follows every convolution.
 */
function block(
  x: tf.SymbolicTensor,
  name: string,
  filters: number,
  strides: number,
  config: Whole<ResnetConfig>,
): tf.SymbolicTensor {
  const convolutions =
    config.block === "basic"
      ? [
          { filters, kernelSize: 3, strides },
          { filters, kernelSize: 3, strides: 1 },
        ]
      : [
          { filters, kernelSize: 1, strides: 1 },
          { filters, kernelSize: 3, strides },
          { filters: EXPANSION * filters, kernelSize: 1, strides: 1 },
        ];
  let y = x;
  for (const [index, { filters, kernelSize, strides }] of convolutions.entries()) {
    if (index > 0) y = relu(y, `${name}/relu${index}`);
    y = normed(y, `${name}/conv${index + 1}`, `${name}/norm${index + 1}`, filters, kernelSize, strides, config);
  }
  const last = `${name}/relu${convolutions.length}`;
  if (!config.skipConnections) return relu(y, last);
  const width = y.shape[3]!;
  const same = strides === 1 && x.shape[3] === width;
  const shortcut = same ? x : normed(x, `${name}/shortcut`, `${name}/shortcut_norm`, width, 1, strides, config);
  return relu(tf.layers.add({ name: `${name}/add` }).apply([shortcut, y]) as tf.SymbolicTensor, last);
}

function normed(
  x: tf.SymbolicTensor,
  convName: string,
  normName: string,
  filters: number,
  kernelSize: number,
  strides: number,
  { seed, useBias }: Whole<ResnetConfig>,
): tf.SymbolicTensor {
  const stddev = Math.sqrt(2 / (kernelSize ** 2 * filters));
  const kernelInitializer = tf.initializers.randomNormal({
    mean: 0,
    stddev,
    seed: seedFor(seed, `${convName}/kernel`),
  });
  const conv = new Conv2d({
    name: convName,
    filters,
    kernelSize,
    strides,
    padding: (kernelSize - 1) / 2,
    useBias,
    kernelInitializer,
    biasInitializer: tf.initializers.zeros(),
  });
  return new BatchNorm({ name: normName }).apply(conv.apply(x) as tf.SymbolicTensor) as tf.SymbolicTensor;
}

function relu(x: tf.SymbolicTensor, name: string): tf.SymbolicTensor {
  return tf.layers.reLU({ name }).apply(x) as tf.SymbolicTensor;
}

function checked(config: ResnetConfig): Whole<ResnetConfig> {
  const whole = wholeConfig("resnet", config, RESNET_DEFAULTS, {
    blocks: listOf(aCount),
    filters: listOf(aCount),
    block: oneOf(["basic", "bottleneck"]),
    useBias: aFlag,
    skipConnections: aFlag,
  });
  const { blocks, filters, inputShape } = whole;
  if (blocks.length === 0 || blocks.length !== filters.length) {
    throw new RangeError(
      `resnet: blocks and filters must be lists of one length, got ${JSON.stringify(blocks)}, ` +
        `${JSON.stringify(filters)}`,
    );
  }
  if (Math.min(inputShape[0], inputShape[1]) < 8)
    throw new RangeError(`resnet: the image must be at least 8×8, got ${inputShape[0]}×${inputShape[1]}`);
  return whole;
}
