import { allOf, asTorchsummary, variantsOf } from "./entry.js";
import { resnet, RESNET_DEFAULTS } from "./resnet.js";
import { SOURCES } from "./sources.js";

/** Source: He et al. 2015, table 1. */
const SIZES = {
  18: { block: "basic", blocks: [2, 2, 2, 2] },
  34: { block: "basic", blocks: [3, 4, 6, 3] },
  50: { block: "bottleneck", blocks: [3, 4, 6, 3] },
} as const;

const TORCHVISION = { inputShape: [224, 224, 3], numClasses: 1000 } as const;
const WITH_BIAS = { inputShape: [224, 224, 3], numClasses: 10, useBias: true } as const;

const OURS = "ours: as resnet34_bias, at the sizes of He et al. 2015, table 1";

/** The rows of the registry for residual networks. */
export const resnetVariants = variantsOf("resnet", resnet, RESNET_DEFAULTS, {
  resnet18: {
    config: { ...TORCHVISION, ...SIZES[18] },
    source: "torchvision's resnet18, after He et al. 2015",
    published: allOf("11,689,512"),
  },
  resnet34: {
    config: { ...TORCHVISION, ...SIZES[34] },
    source: "torchvision's resnet34, after He et al. 2015",
    published: allOf("21,797,672"),
  },
  resnet50: {
    config: { ...TORCHVISION, ...SIZES[50] },
    source: "torchvision's resnet50, after He et al. 2015",
    published: allOf("25,557,032"),
  },
  resnet18_bias: { config: { ...WITH_BIAS, ...SIZES[18] }, source: OURS },
  resnet34_bias: {
    config: { ...WITH_BIAS, ...SIZES[34] },
    source: `${SOURCES.history}, after He et al. 2015: every convolution has a bias`,
    published: asTorchsummary("21,298,314"),
  },
  resnet50_bias: { config: { ...WITH_BIAS, ...SIZES[50] }, source: OURS },
});
