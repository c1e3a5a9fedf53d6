import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, optional } from "../../checks.js";
import { shownAs } from "../../shown.js";
import { activations } from "./feature-maps.js";
import { PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { kindOf } from "./layer-kinds.js";
import type { Matrix } from "./matrix.js";
import { layersNamed, placedLayers } from "./watch.js";

/** One row of features for each image. */
export interface Embedding extends Matrix {
  /** Whose features they are: "head's input", or the layer that was named. */
  readonly layer: string;
  /** Row after row, N · D numbers. */
  readonly values: Float32Array;
}

/** What {@link embed} takes. */
export interface EmbedOptions extends PassOptions {
  /**
   * The name of a layer, whose output it is, flattened to one row an image. Default: the input of the last dense layer,
   * which the classifier reads.
   */
  readonly layer?: string;
}

/**
 * Features (an embedding) of images: what a layer gives for them in evaluation mode, without dropout and with the
 * moving statistics of batch norms. `pca` and `umap` bring them to two numbers an image, `cka` compares two of them.
 *
 * @returns [N, D], in the images' order
 * @throws RangeError for a name that is no layer's, or a model without a dense layer where none is named; TypeError for
 *   images of another shape
 * @example pca(await embed(model, cifar.test)).scores
 */
export async function embed(model: tf.LayersModel, images: Images, options: EmbedOptions = {}): Promise<Embedding> {
  checkArguments("embed", { model, images }, { model: aModel, images: someImages });
  checkOptions("embed", options, { ...PASS_RULES, layer: optional(aText) });
  const known = placedLayers(model);
  const dense = known.filter(({ layer }) => kindOf(layer) === "dense");
  if (options.layer === undefined && dense.length === 0)
    throw new RangeError("embed: layer must be named for a model without a dense layer, got none");
  const isNamed = options.layer !== undefined;
  const places = isNamed ? layersNamed("embed", [options.layer], known, "layer") : dense;
  const which = { places, of: isNamed ? "output" : "input", lastOnly: true } as const;
  const last = (await activations("embed", model, images, { ...options, ...which }))[0]!;
  const width = last.values.length / last.shape[0]!;
  const layer = isNamed ? last.layer : `${last.layer}'s input`;
  const found: Embedding = { layer, shape: [last.shape[0]!, width], values: last.values };
  return shownAs(found, ({ shape }) => ({
    "text/plain": `${shape[0]} rows of ${shape[1]} numbers: ${layer}; pca(…).scores are points to draw`,
  }));
}
