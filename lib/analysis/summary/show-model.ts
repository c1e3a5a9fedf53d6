import { tf } from "../../backend/index.js";
import { shownAs, type MimeBundle } from "../../shown.js";
import { summaryBundle } from "./show-summary.js";
import { summary } from "./model-summary.js";

/**
 * A notebook shows a model as the table of its layers from now on, in place of what tfjs keeps in it. Called where the
 * whole library is loaded.
 */
export function showModelsAsTables(): void {
  shownAs(tf.LayersModel.prototype, (model) => modelBundle(model as tf.LayersModel));
}

function modelBundle(model: tf.LayersModel): MimeBundle {
  const named = `${model.name}, a ${model.getClassName() === "Sequential" ? "sequential model" : "model"}`;
  if (model.layers.length === 0) return { "text/plain": `${named} without a layer` };
  try {
    return summaryBundle(summary(model), named);
  } catch (error) {
    const layers = model.layers.map((layer) => `  ${layer.name}: ${layer.getClassName()}`);
    return {
      "text/plain": [named, ...layers, `(${error instanceof Error ? error.message : String(error)})`].join("\n"),
    };
  }
}
