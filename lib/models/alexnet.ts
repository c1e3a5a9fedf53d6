import { tf } from "../backend/index.js";
import { AdaptiveAveragePool, Conv2d, LocalResponseNorm } from "../layers/index.js";
import { anObject, checkValue } from "../checks.js";
import { denseHead } from "./dense-head.js";
import {
  chain,
  checkConfig,
  checkOneOf,
  checkRates,
  checkSizes,
  imageInput,
  torchStart,
  type ModelConfig,
} from "./parts.js";

export interface AlexnetConfig extends ModelConfig {
  /** Output channels of the five convolutions. */
  readonly filters: readonly [number, number, number, number, number];
  /** Zeros around the image, in pixels: 0 for 227×227 images (study 5's source), 2 for 224×224 (torchvision). */
  readonly imagePadding: number;
  /** Whether local response normalisation follows the first two convolutions. */
  readonly localResponseNorm: boolean;
  /** Side to which the last map is averaged, as torchvision does; null leaves it as it is. */
  readonly pooledSize: number | null;
  /** Widths of the dense layers before the last. */
  readonly hidden: readonly number[];
  /** Probability of dropping a number before each hidden dense layer, 0 to below 1. */
  readonly dropRate: number;
}

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
 * @throws RangeError for sizes that do not fit
 * Source: Krizhevsky et al. 2012, §3.5. Differs: no groups; Krizhevsky 2014 (torchvision's) has fewer channels and no
 * norm.
 */
export function alexnet(config: AlexnetConfig): tf.LayersModel {
  checkValue("alexnet", "config", config, anObject);
  check(config);
  const { filters, imagePadding, localResponseNorm, pooledSize, hidden, numClasses, dropRate, seed } = config;
  const start = (name: string, fanIn: number) => torchStart(fanIn, seed, name);
  const image = imageInput(config); // [B, H, W, C]
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

function check(config: AlexnetConfig): void {
  const { filters, imagePadding, pooledSize, hidden, dropRate, inputShape } = config;
  checkConfig("alexnet", config, pooledSize === null ? {} : { pooledSize });
  if (!Array.isArray(filters) || filters.length !== 5)
    throw new RangeError(`alexnet: filters must be five widths, got ${JSON.stringify(filters)}`);
  checkSizes("alexnet", "filters", filters);
  checkSizes("alexnet", "hidden", hidden);
  if (!Number.isInteger(imagePadding) || imagePadding < 0)
    throw new RangeError(`alexnet: imagePadding must be a whole number from 0 on, got imagePadding=${imagePadding}`);
  checkOneOf("alexnet", "localResponseNorm", config.localResponseNorm, [true, false]);
  checkRates("alexnet", { dropRate });
  const least = 67 - 2 * imagePadding; // 15 after the first convolution, 7 and 3 after two pools, 1 after the third
  if (Math.min(inputShape[0], inputShape[1]) < least)
    throw new RangeError(
      `alexnet: the image must be at least ${least}×${least}, got ${inputShape[0]}×${inputShape[1]}`,
    );
}
