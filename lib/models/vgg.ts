import { tf } from "../backend/index.js";
import { AdaptiveAveragePool, BatchNorm, Conv2d, createInitializer, seedFor } from "../layers/index.js";
import { aCount, aFlag, aRate, listOf, oneOf, orNull } from "../checks.js";
import { denseHead } from "./dense-head.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, imageInput, normal, torchStart, type LayerStart } from "./parts.js";

/** Config of {@link vgg}. Its defaults are torchvision's. */
export interface VggConfig extends ModelConfig {
  /** Output channels of each 3×3 convolution, stage by stage; a 2×2 max pool ends each stage. */
  readonly stages: readonly (readonly number[])[];
  /** Whether batch norm follows each convolution. Default false. */
  readonly batchNorm?: boolean;
  /** Side in pixels to which the last map is averaged, as torchvision does; null leaves it as it is. Default 7. */
  readonly pooledSize?: number | null;
  /** Widths of the dense layers before the last. Default [4096, 4096]. */
  readonly hidden?: readonly number[];
  /** Dropout: probability of dropping a number between the dense layers, 0 to below 1. Default 0.5. */
  readonly dropRate?: number;
  /** Whether dropout comes before each hidden layer or after it (torchvision). Default "after". */
  readonly dropout?: "before" | "after";
  /**
   * "xavier": uniform, for ReLU (√2). "torchvision": convolutions Kaiming normal by fan-out, dense N(0, 0.01²), biases
   * 0. "torch": PyTorch's defaults. Default "torchvision".
   */
  readonly weightInit?: "xavier" | "torchvision" | "torch";
}

export const VGG_DEFAULTS = {
  batchNorm: false,
  pooledSize: 7,
  hidden: [4096, 4096],
  dropRate: 0.5,
  dropout: "after",
  weightInit: "torchvision",
} as const satisfies Partial<VggConfig>;

/**
 * VGG: stages of 3×3 convolutions (padded to keep the size) with ReLU, each ended by a max pool; then dense layers.
 * Logits [B, K] from images [B, H, W, C].
 *
 * Layers: stage1/conv1, stage1/norm1 and stage1/relu1 (with batch norm), … stage1/pool, … flatten, dense1, … head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: Simonyan & Zisserman 2015, table 1; batch norm as in torchvision's `vgg16_bn`.
 */
export function vgg(config: VggConfig): tf.LayersModel {
  const whole = checked(config);
  const { stages, batchNorm, pooledSize, hidden, numClasses, dropRate, dropout } = whole;
  const image = imageInput(whole); // [B, H, W, C]
  let x = image;
  for (const [stage, widths] of stages.entries()) {
    for (const [index, filters] of widths.entries()) {
      const [name, number] = [`stage${stage + 1}`, index + 1];
      const start = starts(whole, `${name}/conv${number}`, 9 * x.shape[3]!, "convolution");
      const conv = new Conv2d({
        name: `${name}/conv${number}`,
        filters,
        kernelSize: 3,
        padding: 1,
        activation: batchNorm ? "linear" : "relu",
        ...start,
      });
      x = chain(
        x,
        conv,
        ...(batchNorm
          ? [new BatchNorm({ name: `${name}/norm${number}` }), tf.layers.reLU({ name: `${name}/relu${number}` })]
          : []),
      );
    }
    x = chain(
      x,
      tf.layers.maxPooling2d({
        name: `stage${stage + 1}/pool`,
        poolSize: 2,
        strides: 2,
        padding: "valid",
        dataFormat: "channelsLast",
      }),
    ); // [B, H / 2, W / 2, C]
  }
  if (pooledSize !== null) x = chain(x, new AdaptiveAveragePool({ name: "pool", size: pooledSize }));
  const logits = denseHead(x, {
    hidden,
    numClasses,
    dropRate,
    dropout,
    start: (name, fanIn) => starts(whole, name, fanIn, "dense"),
  });
  return tf.model({ name: "vgg", inputs: image, outputs: logits });
}

function starts(
  { weightInit, seed }: Whole<VggConfig>,
  name: string,
  fanIn: number,
  kind: "convolution" | "dense",
): LayerStart {
  const torch = torchStart(fanIn, seed, name);
  if (weightInit === "torch") return torch;
  const kernelSeed = seedFor(seed, `${name}/kernel`);
  if (weightInit === "xavier")
    return { ...torch, kernelInitializer: createInitializer("xavier_uniform", kernelSeed, { gain: Math.SQRT2 }) };
  const kernelInitializer =
    kind === "dense"
      ? normal(0.01, seed, `${name}/kernel`)
      : createInitializer("kaiming_normal", kernelSeed, { mode: "fan_out", nonlinearity: "relu" });
  return { kernelInitializer, biasInitializer: tf.initializers.zeros() };
}

function checked(config: VggConfig): Whole<VggConfig> {
  const whole = wholeConfig("vgg", config, VGG_DEFAULTS, {
    stages: listOf(listOf(aCount)),
    batchNorm: aFlag,
    pooledSize: orNull(aCount),
    hidden: listOf(aCount),
    dropRate: aRate,
    dropout: oneOf(["before", "after"]),
    weightInit: oneOf(["xavier", "torchvision", "torch"]),
  });
  const { stages, inputShape } = whole;
  if (stages.length === 0 || stages.some((widths) => widths.length === 0))
    throw new RangeError(`vgg: stages must be lists of at least one width, got ${JSON.stringify(stages)}`);
  const least = 2 ** stages.length;
  if (Math.min(inputShape[0], inputShape[1]) < least)
    throw new RangeError(
      `vgg: the image must be at least ${least}×${least} for ${stages.length} stages, got ` +
        `${inputShape[0]}×${inputShape[1]}`,
    );
  return whole;
}
