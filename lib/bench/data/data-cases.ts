/** Each study's data and the step that it feeds. */
import type { BatchOptions } from "../../datasets/batch-options.js";
import { PUBLISHED_STATISTICS } from "../../datasets/statistics.js";
import type { NetworkSpec } from "../training/training-cases.js";

/** A study's images, their augmentation and the network that they are for. */
export interface DataCase extends Pick<NetworkSpec, "model" | "overrides"> {
  /** As `--only` and the report name it: "study-4". */
  readonly name: string;
  /** The network whose step the data feed, as the tables name it. */
  readonly network: string;
  /** What the images are: of this shape in memory, or JPEG files of 213 × 160 that are cut to it. */
  readonly source: "memory" | "files";
  readonly imageShape: readonly [number, number, number];
  readonly options: BatchOptions;
}

const [CIFAR, GREY] = [
  [32, 32, 3],
  [28, 28, 1],
] as const;
const { "cifar-10": CIFAR10, "cifar-100": CIFAR100, imagenet } = PUBLISHED_STATISTICS;
const IMAGENET = {
  ...imagenet,
  augment: { randomResizedCrop: {}, horizontalFlip: true },
};

/**
 * With the augmentation and normalisation that each study states; of its networks the one with the fastest step, which
 * is the hardest to keep ahead of, and of that on photographs a small size too. Batches fit a machine of two
 * cores.
 */
export const DATA_CASES: readonly DataCase[] = [
  {
    name: "study-1",
    network: "MyViT b",
    model: "myvit_b",
    overrides: {},
    source: "memory",
    imageShape: CIFAR,
    options: { batchSize: 100, shuffle: true, ...CIFAR10 },
  },
  {
    name: "study-2",
    network: "MyNet",
    model: "mynet",
    overrides: {},
    source: "memory",
    imageShape: CIFAR,
    options: { batchSize: 100, shuffle: true, augment: { cropPadding: 4, horizontalFlip: true } },
  },
  {
    name: "study-3",
    network: "small ViT",
    model: "small_vit",
    overrides: {},
    source: "memory",
    imageShape: CIFAR,
    options: { batchSize: 100, shuffle: true },
  },
  {
    name: "study-4",
    network: "CCT-6/3x1",
    model: "cct_6_3x1_32",
    overrides: {},
    source: "memory",
    imageShape: CIFAR,
    options: { batchSize: 32, shuffle: true, augment: { horizontalFlip: true, autoAugment: "cifar10" }, ...CIFAR100 },
  },
  {
    name: "study-5",
    network: "AlexNet, 227 px",
    model: "alexnet_lrn",
    overrides: {},
    source: "files",
    imageShape: [227, 227, 3],
    options: { batchSize: 32, shuffle: true, ...IMAGENET },
  },
  {
    name: "study-5-small",
    network: "ResNet34, 64 px",
    model: "resnet34_bias",
    overrides: { inputShape: [64, 64, 3] },
    source: "files",
    imageShape: [64, 64, 3],
    options: { batchSize: 32, shuffle: true, ...IMAGENET },
  },
  {
    name: "study-6",
    network: "Fashion-MNIST CNN",
    model: "fashion_cnn",
    overrides: {},
    source: "memory",
    imageShape: GREY,
    options: { batchSize: 256, shuffle: true, mean: 0.286, std: 0.353 },
  },
];
