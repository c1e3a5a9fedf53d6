/**
 * Datasets: official archives, folders and arrays to uint8 images to batches of tensors.
 * @module
 */
export type { Dataset, FileSet, ImageSet, Provenance } from "./types.js";
export type { CifarLayoutName } from "./cifar.js";
export { cifar10, CIFAR10_CLASSES, type Cifar10Options } from "./cifar10.js";
export { cifar100, CIFAR100_CLASSES, CIFAR100_SUPERCLASSES, type Cifar100Options } from "./cifar100.js";
export { fashionMnist, mnist } from "./mnist.js";
export {
  imagenette,
  imagenetteFiles,
  IMAGENETTE_CLASSES,
  type FileDataset,
  type ImagenetteFilesOptions,
  type ImagenetteOptions,
} from "./imagenette.js";
export { imageFolder, type ImageFolderOptions } from "./image-folder.js";
export { fromArrays, type FromArraysOptions } from "./from-arrays.js";
export type { ImagesLike, NestedPixels, PixelArray } from "./from-pixels.js";
export type { LabelsLike } from "./from-labels.js";
export { choose } from "./choose.js";
export { imageAt, imageTensor, type ImageTensorOptions, type Picture } from "./image-at.js";
export { loadImages, type LoadImagesOptions } from "./load-images.js";
export { decodeImage, ImageError } from "./pipeline/decode.js";
export type { SourceOptions } from "./official.js";
export { generated, type GeneratedOptions } from "./generated.js";
export { ArchiveError } from "../files/archive.js";
export { DigestError } from "../files/digest.js";
export { UnavailableError } from "../files/download.js";
export { batches, type Batch } from "./batches.js";
export { batchCount, type BatchOptions } from "./batch-options.js";
export type { Augment } from "./augment.js";
export { applyPolicyOp, augmentImage, CIFAR10_POLICY } from "./augment/doors.js";
export type { PolicyOp, PolicyOpName, SubPolicy } from "./augment/auto-augment.js";
export type { Raster } from "./augment/raster.js";
export type { ColorJitter } from "./augment/jitter.js";
export type { Mix } from "./augment/mix.js";
export type { RandAugment } from "./augment/rand-augment.js";
export type { EraseFill, RandomErasing } from "./augment/erase.js";
export type { PaddingMode, RandomResizedCrop } from "./augment/crops.js";
export { pipeline, type Pipeline, type PipelineOptions } from "./pipeline/pipeline.js";
export { resize, type ResizeOptions } from "./resize-set.js";
export { split, subset, type SplitOptions, type SubsetOptions } from "./subset.js";
export { withClasses } from "./with-classes.js";
export { duplicates, type DuplicatePair } from "./duplicates.js";
export { channelStatistics, PUBLISHED_STATISTICS, type ChannelStatistics } from "./statistics.js";
export { createRandom, permutation, type Random } from "./random.js";
