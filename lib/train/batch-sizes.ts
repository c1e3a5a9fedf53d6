import type { tf } from "../backend/index.js";
import { partSizes } from "../datasets/share.js";
import type { FitConfig } from "./fit-config.js";
import { batchNorms } from "../layers/forward.js";

type Division = Pick<FitConfig, "batchSize" | "microBatchSize" | "parallelParts" | "dropRemainder">;

/**
 * Looks before a run for what would end it within its first epoch: no whole batch where only whole ones are taken, and
 * a batch norm on maps of one pixel, which a last batch of one image gives one value a channel.
 *
 * @param images in the set
 * @throws RangeError for a batchSize above the set's size, or one that a batch norm refuses, which it names
 */
export function checkBatchSizes(fn: string, model: tf.LayersModel, images: number, config: Division): void {
  const { batchSize, dropRemainder } = config;
  if (dropRemainder && batchSize > images) {
    throw new RangeError(
      `${fn}: batchSize must be at most the set's ${images} images with dropRemainder, got batchSize=${batchSize}`,
    );
  }
  const batches = batchSizes(images, config);
  const divided = batches.find((size) => atOnce(size, config).includes(1));
  if (divided === undefined) return;
  const norm = batchNorms(model).find(({ layer, frozen }) => !frozen && hasOneValue(layer))?.layer;
  if (!norm) return;
  const shape = inputShapes(norm)[0]!.slice(1).join(", ");
  const parts = divided === 1 ? "" : `, taken ${atOnce(divided, config).join(" and ")} at once`;
  throw new RangeError(
    `${fn}: each step must give the batch norm ${norm.name} more than one value a channel, got batches of ` +
      `${batches.join(" and ")} images${parts} of [${shape}]; dropRemainder leaves a last batch out, and another ` +
      "batchSize or microBatchSize leaves none of one image",
  );
}

/** The sizes of an epoch's batches, each once. */
function batchSizes(images: number, { batchSize, dropRemainder }: Division): number[] {
  const rest = images % batchSize;
  const whole = images >= batchSize ? [batchSize] : [];
  return rest === 0 || dropRemainder ? whole : [...whole, rest];
}

/** The numbers of images of a batch that are computed at once, each once. */
function atOnce(size: number, { microBatchSize, parallelParts }: Division): number[] {
  const micro = Math.min(microBatchSize ?? size, size);
  const parts = size % micro === 0 ? [micro] : [micro, size % micro];
  return [...new Set(parts.flatMap((images) => partSizes(images, Math.min(parallelParts ?? 1, images))))];
}

/** Whether one image gives a batch norm one number a channel. */
function hasOneValue(norm: tf.layers.Layer): boolean {
  const { axis = -1 } = norm as unknown as { readonly axis?: number }; // ours has none
  return inputShapes(norm).some((shape) => {
    const channels = axis < 0 ? shape.length + axis : axis;
    return shape.every((size, i) => i === 0 || i === channels || size === 1);
  });
}

function inputShapes({ inboundNodes }: tf.layers.Layer): tf.Shape[] {
  return inboundNodes.map(
    ({ inputShapes: [first], inputShapes }) => (Array.isArray(first) ? first : inputShapes) as tf.Shape,
  );
}
