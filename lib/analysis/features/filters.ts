import type { tf } from "../../backend/index.js";
import { aModel, aNatural, aText, checkArguments, checkOptions, oneOf, optional } from "../../checks.js";
import { asPictures, type CaptionedImages } from "./channel-images.js";
import { kindOf } from "./layer-kinds.js";
import { layersNamed, placedLayers, type PlacedLayer } from "./watch.js";

/** What {@link filters} takes. */
export interface FiltersOptions {
  /**
   * The name of a convolution, or of the linear map of a transformer's patches. Default: the first of these in the
   * model.
   */
  readonly layer?: string;
  /**
   * Which input channel is drawn, from 0, in gray. Default: of 3 channels all as one picture in red, green and blue; of
   * another number each one by itself.
   */
  readonly channel?: number;
  /**
   * "layer": all filters by one scale, so that a strong one looks stronger; "filter": each one by its own. In both, 0
   * is mid-gray, and black and white lie at minus and plus the largest absolute weight. Default "layer".
   */
  readonly scale?: "layer" | "filter";
}

/** A kernel [h, w, in, out]. */
interface Kernel {
  readonly values: Float32Array;
  readonly shape: readonly [number, number, number, number];
}

/**
 * The filters of a model's first layer as pictures, for `plots.imageGrid`, which draws up to 1,024: in color where it
 * takes three channels, gray elsewhere. No weight is changed.
 *
 * @returns one picture for each filter, or for each filter and input channel: h × w pixels
 * @throws RangeError for a name that is no convolution's, or a channel that it does not take
 * @example plots.imageGrid({ title: "What the first convolution looks for", ...filters(model) })
 */
export function filters(model: tf.LayersModel, options: FiltersOptions = {}): CaptionedImages {
  checkArguments("filters", { model }, { model: aModel });
  checkOptions("filters", options, {
    layer: optional(aText),
    channel: optional(aNatural),
    scale: optional(oneOf(["layer", "filter"])),
  });
  const { channel, scale = "layer" } = options;
  const place = chosen(model, options.layer);
  const kernel = read(place.layer);
  const [height, width, inputs, outputs] = kernel.shape;
  if (channel !== undefined && channel >= inputs)
    throw new RangeError(`filters: channel must be 0 to ${inputs - 1} of ${place.path}, got ${channel}`);
  const isColor = inputs === 3 && channel === undefined;
  const parts = isColor ? [[0, 1, 2]] : (channel === undefined ? range(inputs) : [channel]).map((one) => [one]);
  const largest = scale === "layer" ? largestOf(kernel, range(outputs)) : null;
  const images = new Uint8Array(outputs * parts.length * height * width * parts[0]!.length);
  let at = 0;
  for (const filter of range(outputs)) {
    const most = largest ?? largestOf(kernel, [filter]);
    for (const part of parts) {
      for (let pixel = 0; pixel < height * width; pixel++) {
        for (const input of part)
          images[at++] = shade(kernel.values[(pixel * inputs + input) * outputs + filter]!, most);
      }
    }
  }
  const name = (filter: number, input: number) => (parts.length > 1 ? `${filter}, input ${input}` : String(filter));
  const of = scale === "layer" ? "the layer's" : "each filter's";
  return asPictures({
    images,
    imageShape: [height, width, isColor ? 3 : 1],
    captions: range(outputs).flatMap((filter) => parts.map(([input]) => name(filter, input!))),
    source: `${place.path}: mid-gray is 0, black and white are minus and plus ${of} largest absolute weight`,
  });
}

/** 0 in the middle. @throws RangeError for a weight that is not finite: it has no shade */
function shade(weight: number, largest: number): number {
  if (!Number.isFinite(weight)) throw new RangeError(`filters: weights must be finite, got ${weight}`);
  return largest === 0 ? 128 : Math.round(127.5 + (127.5 * weight) / largest);
}

function chosen(model: tf.LayersModel, name: string | undefined): PlacedLayer {
  const known = placedLayers(model).filter(({ layer }) => shapeOf(layer) !== undefined);
  if (name !== undefined) return layersNamed("filters", [name], known, "layer")[0]!;
  if (known.length === 0)
    throw new RangeError("filters: model must have a convolution or a linear map of patches, got none");
  return known[0]!;
}

/** The weight that holds a layer's kernel: among those of a layer it is the first of its rank. */
function kernelOf({ weights }: tf.layers.Layer, rank: number): tf.LayerVariable | undefined {
  return weights.find(({ shape }) => shape.length === rank);
}

/**
 * [h, w, in, out] of a convolution, or of a linear map of square patches; undefined of another layer. Of a depthwise
 * kernel [h, w, in, multiplier] each pair is a filter of one input.
 */
function shapeOf(layer: tf.layers.Layer): Kernel["shape"] | undefined {
  const name = layer.getClassName();
  if (kindOf(layer) === "convolution" && name !== "Conv2DTranspose") {
    const [height, width, inputs, outputs] = kernelOf(layer, 4)!.shape as [number, number, number, number];
    const isDepthwise = ["DepthwiseConv2D", "SeparableConv2D"].includes(name);
    return isDepthwise ? [height, width, 1, inputs * outputs] : [height, width, inputs, outputs];
  }
  const [before] = layer.inboundNodes[0]?.inboundLayers ?? [];
  if (kindOf(layer) !== "dense" || before?.getClassName() !== "Patches") return undefined;
  const side = Number(before.getConfig()["patchSize"]);
  const [inputs, outputs] = kernelOf(layer, 2)!.shape as [number, number];
  return [side, side, inputs / side ** 2, outputs];
}

function read(layer: tf.layers.Layer): Kernel {
  const kernel = kernelOf(layer, kindOf(layer) === "dense" ? 2 : 4)!;
  return { values: kernel.read().dataSync() as Float32Array, shape: shapeOf(layer)! };
}

function largestOf({ values, shape }: Kernel, chosen: readonly number[]): number {
  const outputs = shape[3];
  let most = 0;
  for (const filter of chosen) {
    for (let i = filter; i < values.length; i += outputs) most = Math.max(most, Math.abs(values[i]!));
  }
  return most;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
