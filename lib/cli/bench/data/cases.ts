/** Each study's data and the step that it feeds. */
import type { BatchOptions } from "../../../datasets/batch-options.js";

export interface DataCase {
  /** As `--only` and the report name it. */
  readonly name: string;
  /** The network of `bench training` whose step is measured. */
  readonly network: string;
  /** What the images are: of this shape in memory, or JPEG files of 213 × 160 that are cut to it. */
  readonly source: "memory" | "files";
  readonly imageShape: readonly [number, number, number];
  readonly options: BatchOptions;
}

const CCT = { mean: [0.5071, 0.4867, 0.4408], std: [0.2675, 0.2565, 0.2761] };
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/** With the augmentation and normalisation that each study states; the batch is that of `bench training`. */
export const DATA_CASES: readonly DataCase[] = [
  { name: "study-2", network: "mynet", source: "memory", imageShape: [32, 32, 3], options: { batchSize: 100, shuffle: true } },
  { name: "study-3", network: "vit_small", source: "memory", imageShape: [32, 32, 3], options: { batchSize: 100, shuffle: true } },
  { name: "study-4", network: "cct_2_3x2", source: "memory", imageShape: [32, 32, 3], options: { batchSize: 100, shuffle: true, augment: { horizontalFlip: true, autoAugment: "cifar10" }, ...CCT } },
  { name: "study-5", network: "resnet34_64", source: "files", imageShape: [64, 64, 3], options: { batchSize: 32, shuffle: true, augment: { randomResizedCrop: {}, horizontalFlip: true }, ...IMAGENET } },
  { name: "study-6", network: "fashion_cnn", source: "memory", imageShape: [28, 28, 1], options: { batchSize: 256, shuffle: true } },
];
