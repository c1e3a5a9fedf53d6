import { allOf, asTorchsummary, variantsOf } from "./entry.js";
import { SOURCES } from "./sources.js";
import { vgg, VGG_DEFAULTS } from "./vgg.js";

/** Configuration D. Source: Simonyan & Zisserman 2015, table 1. */
const VGG16 = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

const TORCHVISION = { inputShape: [224, 224, 3], numClasses: 1000, stages: VGG16 } as const;
const DROPOUT_FIRST = {
  inputShape: [224, 224, 3],
  numClasses: 10,
  stages: VGG16,
  pooledSize: null,
  dropout: "before",
  weightInit: "xavier",
} as const;
/** On 32×32 images, where one pixel of 512 channels is left for the dense layers. */
const CIFAR = { ...DROPOUT_FIRST, inputShape: [32, 32, 3], weightInit: "torch" } as const;

/** The rows of the registry for VGG16 and what the sources make of it. */
export const vggVariants = variantsOf("vgg", vgg, VGG_DEFAULTS, {
  vgg16: {
    config: TORCHVISION,
    source: "torchvision's vgg16, after Simonyan & Zisserman 2015, table 1 (D)",
    published: allOf("138,357,544"),
  },
  vgg16_bn: {
    config: { ...TORCHVISION, batchNorm: true },
    source: "torchvision's vgg16_bn, after Simonyan & Zisserman 2015, table 1 (D)",
    published: allOf("138,365,992"),
  },
  vgg16_dropout_first: {
    config: DROPOUT_FIRST,
    source: `${SOURCES.history}, after Simonyan & Zisserman 2015, table 1 (D): dropout before the dense layers`,
    published: asTorchsummary("134,301,514"),
  },
  vgg16_bn_dropout_first: {
    config: { ...DROPOUT_FIRST, batchNorm: true },
    source: "ours: vgg16_dropout_first with batch norm after each convolution, as torchvision's vgg16_bn",
  },
  vgg16_cifar: {
    config: CIFAR,
    source: `${SOURCES.vitAndProfile}, "VGG Original": VGG16 on 32×32 images`,
  },
  vgg16_cifar_no_first_conv: {
    config: { ...CIFAR, stages: [[64], ...VGG16.slice(1)] },
    source: `${SOURCES.vitAndProfile}, "VGG1": VGG16 on 32×32 images, its first convolution removed`,
  },
  vgg16_cifar_no_last_conv: {
    config: { ...CIFAR, stages: [...VGG16.slice(0, 4), [512, 512]] },
    source: `ours, for "VGG2" of ${SOURCES.vitAndProfile}: VGG16 on 32×32 images, its last convolution removed`,
  },
  vgg16_cifar_one_hidden: {
    config: { ...CIFAR, hidden: [4096] },
    source: `ours, for "VGG3" of ${SOURCES.vitAndProfile}: VGG16 on 32×32 images, its second dense layer removed`,
  },
});
