import { byName, type PublishedCount, type Row } from "./entry.js";
import { vgg, type VggConfig } from "./vgg.js";

/** Configuration D. Source: Simonyan & Zisserman 2015, table 1. */
const VGG16 = [
  [64, 64],
  [128, 128],
  [256, 256, 256],
  [512, 512, 512],
  [512, 512, 512],
] as const;

const COMMON = {
  inputShape: [224, 224, 3],
  numClasses: 10,
  seed: 0,
  stages: VGG16,
  hidden: [4096, 4096],
  dropRate: 0.5,
} as const;
const STUDY_5 = { ...COMMON, batchNorm: false, pooledSize: null, dropout: "before", weightInit: "xavier" } as const;
const TORCHVISION = { ...COMMON, pooledSize: 7, dropout: "after", weightInit: "torchvision" } as const;
/** Study 2's on 32×32 images, where one pixel of 512 channels is left for the dense layers. */
const STUDY_2 = { ...STUDY_5, inputShape: [32, 32, 3], weightInit: "torch" } as const;

const ROWS = [
  row(
    "vgg16",
    STUDY_5,
    134_301_514,
    0,
    { figure: "134,301,514", convention: "as torchsummary counts", numClasses: 10 },
    "study 5, after Simonyan & Zisserman 2015, table 1 (D)",
  ),
  row(
    "vgg16_bn",
    { ...STUDY_5, batchNorm: true },
    134_309_962,
    8_448,
    null,
    "vgg16 with batch norm after each convolution: ours, after torchvision's vgg16_bn",
  ),
  row(
    "vgg16_torchvision",
    { ...TORCHVISION, batchNorm: false },
    134_301_514,
    0,
    { figure: "138,357,544", convention: "all of them", numClasses: 1000 },
    "torchvision's vgg16",
  ),
  row(
    "vgg16_bn_torchvision",
    { ...TORCHVISION, batchNorm: true },
    134_309_962,
    8_448,
    { figure: "138,365,992", convention: "all of them", numClasses: 1000 },
    "torchvision's vgg16_bn",
  ),
  row(
    "vgg1",
    { ...STUDY_2, stages: [[64], ...VGG16.slice(1)] },
    33_601_290,
    0,
    null,
    "study 2: VGG16 on 32×32 images, its first convolution removed",
  ),
  row(
    "vgg2",
    { ...STUDY_2, stages: [...VGG16.slice(0, 4), [512, 512]] },
    31_278_410,
    0,
    null,
    "ours, for study 2: VGG16 on 32×32 images, its last convolution removed",
  ),
  row(
    "vgg3",
    { ...STUDY_2, hidden: [4096] },
    16_856_906,
    0,
    null,
    "ours, for study 2: VGG16 on 32×32 images, its second dense layer removed",
  ),
] as const;

/** The rows of the registry for VGG16 and study 2's variants of it. */
export const vggVariants = byName(ROWS);

function row<N extends string>(
  name: N,
  config: VggConfig,
  params: number,
  buffers: number,
  published: PublishedCount | null,
  source: string,
): Row<N, VggConfig> {
  return {
    name,
    family: "vgg",
    build: vgg,
    config,
    source,
    params,
    buffers,
    paramsTorchsummary: params,
    published,
    inputShape: config.inputShape,
  };
}
