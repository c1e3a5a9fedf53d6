import { alexnet, type AlexnetConfig } from "./alexnet.js";
import { byName, type PublishedCount, type Row } from "./entry.js";

const COMMON = { numClasses: 10, seed: 0, hidden: [4096, 4096], dropRate: 0.5 } as const;

const ROWS = [
  row(
    "alexnet",
    {
      ...COMMON,
      inputShape: [227, 227, 3],
      filters: [96, 256, 384, 384, 256],
      imagePadding: 0,
      localResponseNorm: true,
      pooledSize: null,
    },
    58_322_314,
    { figure: "58,322,314", convention: "as torchsummary counts", numClasses: 10 },
    "study 5, after Krizhevsky et al. 2012",
  ),
  row(
    "alexnet_torchvision",
    {
      ...COMMON,
      inputShape: [224, 224, 3],
      filters: [64, 192, 384, 256, 256],
      imagePadding: 2,
      localResponseNorm: false,
      pooledSize: 6,
    },
    57_044_810,
    { figure: "61,100,840", convention: "all of them", numClasses: 1000 },
    "torchvision's alexnet, after Krizhevsky 2014",
  ),
] as const;

/** The rows of the registry for AlexNet. */
export const alexnetVariants = byName(ROWS);

function row<N extends string>(
  name: N,
  config: AlexnetConfig,
  params: number,
  published: PublishedCount,
  source: string,
): Row<N, AlexnetConfig> {
  return {
    name,
    family: "alexnet",
    build: alexnet,
    config,
    source,
    params,
    buffers: 0,
    paramsTorchsummary: params,
    published,
    inputShape: config.inputShape,
  };
}
