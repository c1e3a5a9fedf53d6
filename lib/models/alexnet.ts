import { tf } from "../backend/index.js";
import { AdaptiveAveragePool, Conv2d, LocalResponseNorm } from "../layers/index.js";
import { aCount, aFlag, aNatural, aRate, listOf, orNull } from "../checks.js";
import { denseHead } from "./dense-head.js";
import { wholeConfig, type ModelConfig, type Whole } from "./model-config.js";
import { chain, imageInput, torchStart } from "./parts.js";

/** Config of {@link alexnet}. Its defaults are torchvision's. */
export interface AlexnetConfig extends ModelConfig {
  /** Output channels of the five convolutions. Default [64, 192, 384, 256, 256]. */
  readonly filters?: readonly [number, number, number, number, number];
  /** Zeros around the image, in pixels: 0 for 227×227 images (the paper's), 2 for 224×224. Default 2. */
  readonly imagePadding?: number;
  /** Whether local response normalization follows the first two convolutions. Default false. */
  readonly localResponseNorm?: boolean;
  /** Side in pixels to which the last map is averaged, as torchvision does; null leaves it as it is. Default 6. */
  readonly pooledSize?: number | null;
  /** Widths of the dense layers before the last. Default [4096, 4096]. */
  readonly hidden?: readonly number[];
  /** Dropout: probability of dropping a number before each hidden dense layer, 0 to below 1. Default 0.5. */
  readonly dropRate?: number;
}

export const ALEXNET_DEFAULTS = {
  filters: [64, 192, 384, 256, 256],
  imagePadding: 2,
  localResponseNorm: false,
  pooledSize: 6,
  hidden: [4096, 4096],
  dropRate: 0.5,
} as const satisfies Partial<AlexnetConfig>;

/** Kernel, stride, padding (of the image for the first) and whether a 3×3 max pool of stride 2 follows. */
const CONVOLUTIONS = [
  { kernelSize: 11, strides: 4, pool: true },
  { kernelSize: 5, strides: 1, pool: true },
  { kernelSize: 3, strides: 1, pool: false },
  { kernelSize: 3, strides: 1, pool: false },
  { kernelSize: 3, strides: 1, pool: true },
] as const;

/**
 * AlexNet on one device: five convolutions with ReLU, three dense layers with dropout before the first two.
 * Logits [B, K] from images [B, H, W, C]. Weights start as PyTorch's defaults.
 *
 * Layers: conv1, norm1, pool1, conv2, … pool5, flatten, drop1, dense1, … head.
 *
 * @throws RangeError for sizes that do not fit, TypeError for an option that is missing or of another kind
 * Source: Krizhevsky et al. 2012, §3.5. Differs: no groups; Krizhevsky 2014 (torchvision's) has fewer channels and no
 * norm.
 */
export function alexnet(config: AlexnetConfig): tf.LayersModel {
  const whole = checked(config);
  const { filters, imagePadding, localResponseNorm, pooledSize, hidden, numClasses, dropRate, seed } = whole;
  const start = (name: string, fanIn: number) => torchStart(fanIn, seed, name);
  const image = imageInput(whole); // [B, H, W, C]
  let x = image;
  for (const [index, { kernelSize, strides, pool }] of CONVOLUTIONS.entries()) {
    const [number, name] = [index + 1, `conv${index + 1}`];
    const padding = index === 0 ? imagePadding : (kernelSize - 1) / 2;
    x = chain(
      x,
      new Conv2d({
        name,
        filters: filters[index]!,
        kernelSize,
        strides,
        padding,
        activation: "relu",
        ...start(name, kernelSize ** 2 * x.shape[3]!),
      }),
      ...(localResponseNorm && index < 2 ? [new LocalResponseNorm({ name: `norm${number}` })] : []),
      ...(pool
        ? [
            tf.layers.maxPooling2d({
              name: `pool${number}`,
              poolSize: 3,
              strides: 2,
              padding: "valid",
              dataFormat: "channelsLast",
            }),
          ]
        : []),
    );
  }
  if (pooledSize !== null) x = chain(x, new AdaptiveAveragePool({ name: "pool", size: pooledSize }));
  const logits = denseHead(x, { hidden, numClasses, dropRate, dropout: "before", start });
  return tf.model({ name: "alexnet", inputs: image, outputs: logits });
}

function checked(config: AlexnetConfig): Whole<AlexnetConfig> {
  const whole = wholeConfig("alexnet", config, ALEXNET_DEFAULTS, {
    filters: listOf(aCount, 5),
    imagePadding: aNatural,
    localResponseNorm: aFlag,
    pooledSize: orNull(aCount),
    hidden: listOf(aCount),
    dropRate: aRate,
  });
  const { imagePadding, inputShape } = whole;
  const least = 67 - 2 * imagePadding; // 15 after the first convolution, 7 and 3 after two pools, 1 after the third
  if (Math.min(inputShape[0], inputShape[1]) < least)
    throw new RangeError(
      `alexnet: the image must be at least ${least}×${least}, got ${inputShape[0]}×${inputShape[1]}`,
    );
  return whole;
}
