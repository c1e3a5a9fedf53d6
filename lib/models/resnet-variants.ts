import { byName, type PublishedCount, type Row } from "./entry.js";
import { resnet, type ResnetConfig } from "./resnet.js";

/** Source: He et al. 2015, table 1. */
const SIZES = {
  18: { block: "basic", blocks: [2, 2, 2, 2] },
  34: { block: "basic", blocks: [3, 4, 6, 3] },
  50: { block: "bottleneck", blocks: [3, 4, 6, 3] },
} as const;

const COMMON = { inputShape: [224, 224, 3], numClasses: 10, seed: 0, filters: [64, 128, 256, 512] } as const;
const SOURCE = { ...COMMON, useBias: true } as const;
const TORCHVISION = { ...COMMON, useBias: false } as const;

const LIKE_34 = "ours: as study 5's resnet34, every convolution with bias, at the sizes of He et al. 2015, table 1";

const ROWS = [
  row("resnet18", { ...SOURCE, ...SIZES[18] }, 11_186_442, 9_600, null, LIKE_34),
  row(
    "resnet34",
    { ...SOURCE, ...SIZES[34] },
    21_298_314,
    17_024,
    { figure: "21,298,314", convention: "as torchsummary counts", numClasses: 10 },
    "study 5, after He et al. 2015, table 1",
  ),
  row("resnet50", { ...SOURCE, ...SIZES[50] }, 23_555_082, 53_120, null, LIKE_34),
  row(
    "resnet18_torchvision",
    { ...TORCHVISION, ...SIZES[18] },
    11_181_642,
    9_600,
    { figure: "11,689,512", convention: "all of them", numClasses: 1000 },
    "torchvision's resnet18",
  ),
  row(
    "resnet34_torchvision",
    { ...TORCHVISION, ...SIZES[34] },
    21_289_802,
    17_024,
    { figure: "21,797,672", convention: "all of them", numClasses: 1000 },
    "torchvision's resnet34",
  ),
  row(
    "resnet50_torchvision",
    { ...TORCHVISION, ...SIZES[50] },
    23_528_522,
    53_120,
    { figure: "25,557,032", convention: "all of them", numClasses: 1000 },
    "torchvision's resnet50",
  ),
] as const;

/** The rows of the registry for residual networks. */
export const resnetVariants = byName(ROWS);

function row<N extends string>(
  name: N,
  config: ResnetConfig,
  params: number,
  buffers: number,
  published: PublishedCount | null,
  source: string,
): Row<N, ResnetConfig> {
  return {
    name,
    family: "resnet",
    build: resnet,
    config,
    source,
    params,
    buffers,
    paramsTorchsummary: params,
    published,
    inputShape: config.inputShape,
  };
}
