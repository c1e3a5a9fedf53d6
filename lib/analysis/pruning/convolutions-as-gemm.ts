import type { tf } from "../../backend/index.js";
import { aModel, checkValue } from "../../checks.js";
import { UnfoldConv2d, type UnfoldConv2dArgs } from "../../layers/index.js";
import { copyModel } from "./copy-model.js";
import { configOf } from "./layer-config.js";

/** Layers that are said as a matrix product. */
const CONVOLUTIONS = ["Conv2D", "Conv2d"];

/**
 * The same network with each convolution as unfold (im2col) and a matrix product, GEMM: layers `UnfoldConv2d` under the
 * same names with the same weights. Outputs are equal to float rounding; `compareCost` measures what each takes. Of
 * tf.layers' convolutions the regularizers and constraints are left out; depthwise and separable convolutions stay as
 * they are, and so do those inside of a model within the model.
 *
 * @param model changed in nothing
 * @returns a new model, which the caller disposes of
 * @throws RangeError for a model without a convolution, or one whose channels come first
 * @example await compareCost({ convolution: model, gemm: convolutionsAsGemm(model) }, images)
 */
export function convolutionsAsGemm(model: tf.LayersModel): tf.LayersModel {
  checkValue("convolutionsAsGemm", "model", model, aModel);
  const found = model.layers.filter((layer) => CONVOLUTIONS.includes(layer.getClassName()));
  if (found.length === 0)
    throw new RangeError(
      `convolutionsAsGemm: the model must have a convolution (${CONVOLUTIONS.join(", ")}), got none`,
    );
  const first = found.find((layer) => configOf(layer)["dataFormat"] === "channelsFirst");
  if (first !== undefined)
    throw new RangeError(`convolutionsAsGemm: images must be [B, H, W, C], got ${first.name} with channelsFirst`);
  return copyModel("convolutionsAsGemm", model, {
    layer: (layer) => (found.includes(layer) ? asGemm(layer) : undefined),
  });
}

function asGemm(layer: tf.layers.Layer): UnfoldConv2d {
  const config = configOf(layer);
  const names = ["name", "trainable", "batchInputShape", "dtype", "filters", "kernelSize", "strides", "padding"];
  const others = ["dilationRate", "activation", "useBias", "kernelInitializer", "biasInitializer"];
  const known = [...names, ...others].filter((name) => config[name] !== undefined && config[name] !== null);
  return new UnfoldConv2d(Object.fromEntries(known.map((name) => [name, config[name]])) as unknown as UnfoldConv2dArgs);
}
