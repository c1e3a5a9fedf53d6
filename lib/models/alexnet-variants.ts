import { alexnet, ALEXNET_DEFAULTS } from "./alexnet.js";
import { allOf, asTorchsummary, variantsOf } from "./entry.js";
import { SOURCES } from "./sources.js";

/** The rows of the registry for AlexNet. */
export const alexnetVariants = variantsOf("alexnet", alexnet, ALEXNET_DEFAULTS, {
  alexnet: {
    config: { inputShape: [224, 224, 3], numClasses: 1000 },
    source: "torchvision's alexnet, after Krizhevsky 2014",
    published: allOf("61,100,840"),
  },
  alexnet_lrn: {
    config: {
      inputShape: [227, 227, 3],
      numClasses: 10,
      filters: [96, 256, 384, 384, 256],
      imagePadding: 0,
      localResponseNorm: true,
      pooledSize: null,
    },
    source: `${SOURCES.history}, after Krizhevsky et al. 2012: local response normalization, no groups`,
    published: asTorchsummary("58,322,314"),
  },
});
