import type { tf } from "../backend/index.js";
import type { Normalized } from "./normalized.js";

const told = new WeakSet<tf.LayersModel>();

/**
 * Says once of a model that begins with a rescaling that it gets pixels which are normalized already, unless mean and
 * std leave them as they are in a file, 0 to 255.
 */
export function tellRescaling(fn: string, model: tf.LayersModel, { mean, std }: Normalized): void {
  const isRaw = [mean].flat().every((value) => value === 0) && [std].flat().every(isByteStep);
  if (isRaw || told.has(model)) return;
  const layer = firstLayers(model).find((each) => each.getClassName() === "Rescaling");
  if (!layer) return;
  told.add(model);
  console.warn(
    `saccade: ${fn}: the model begins with the rescaling ${layer.name}, and its images are normalized already ` +
      `(pixels of 0 to 1, minus mean ${listed(mean)}, by std ${listed(std)}): leave the rescaling out, or give ` +
      "mean: 0, std: 1 / 255 (pixels 0 to 255)",
  );
}

/** 1 / 255, as somebody may have written it: 0.0039. */
const isByteStep = (std: number): boolean => Math.abs(std * 255 - 1) < 0.02;

const listed = (value: number | readonly number[]): string => [value].flat().join(", ");

/** What takes the images: the first layer of a sequential model, all at an input of another, and those within. */
function firstLayers(model: tf.LayersModel): tf.layers.Layer[] {
  const [first] = model.layers.filter((layer) => !isInput(layer));
  const own = model.getClassName() === "Sequential" ? [first].filter((layer) => !!layer) : atInputs(model);
  return own.flatMap((layer) => ("layers" in layer ? firstLayers(layer as unknown as tf.LayersModel) : [layer]));
}

function atInputs(model: tf.LayersModel): tf.layers.Layer[] {
  const inputs = model.layers.filter(isInput);
  return model.layers.filter((layer) =>
    layer.inboundNodes.some(({ inboundLayers }) => inboundLayers.some((each) => inputs.includes(each))),
  );
}

function isInput(layer: tf.layers.Layer): boolean {
  return layer.getClassName() === "InputLayer";
}
