/** Datasets: official archives to uint8 arrays to batches of tensors. */
export type { Dataset, ImageSet, Provenance } from "./types.js";
export { cifar10, CIFAR10_CLASSES, type Cifar10Options } from "./cifar10.js";
export { cifar100, CIFAR100_CLASSES, CIFAR100_SUPERCLASSES, type Cifar100Options } from "./cifar100.js";
export { fashionMnist, mnist } from "./mnist.js";
export type { SourceOptions } from "./official.js";
export { generated, type GeneratedOptions } from "./generated.js";
export { ArchiveError } from "./archive.js";
export { DigestError } from "./digest.js";
export { UnavailableError } from "./download.js";
export { batchCount, batches, type Batch, type BatchOptions } from "./batches.js";
export type { Augment } from "./augment.js";
export { split, subset, type SplitOptions, type SubsetOptions } from "./subset.js";
export { channelStatistics, PUBLISHED_STATISTICS, type ChannelStatistics } from "./statistics.js";
export { createRandom, permutation, type Random } from "./random.js";
