import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, listOf, oneOf, optional } from "../../checks.js";
import { writeSafetensors, type Dtype, type StoredTensor } from "../../safetensors/index.js";
import { modelUse } from "../model-use.js";
import { toTheirs } from "./layout.js";
import { originOf, writeMetadata } from "./metadata.js";
import type { WeightNames } from "./names.js";
import { planWeights } from "./plan.js";

export interface SaveWeightsOptions {
  /** Whose names and layouts the file gets. Default "saccade": ours. */
  readonly names?: WeightNames;
  /** Type of the numbers; the halves round to the nearest. Default "F32". */
  readonly dtype?: "F32" | "F16" | "BF16";
  /** In the order of the logits; stored in the metadata. Default: those of the set that the model was trained on. */
  readonly classNames?: readonly string[];
}

/**
 * Writes a model's weights as safetensors, moving statistics among them. The metadata hold Saccade's version, whose
 * names these are, the model's name and config where `createModel` made it, class names, mean and std.
 *
 * @param path of the safetensors file; replaced whole, or left as it is
 * @throws RangeError for names that the model's family does not have, a type that is not written, or a wrong number of
 *   class names
 */
export async function saveWeights(
  model: tf.LayersModel,
  path: string,
  options: SaveWeightsOptions = {},
): Promise<void> {
  checkArguments("saveWeights", { model, path }, { model: aModel, path: aText });
  checkOptions("saveWeights", options, {
    names: optional(aText),
    dtype: optional(oneOf(["F32", "F16", "BF16"])),
    classNames: optional(listOf(aText)),
  });
  const { names = "saccade", dtype = "F32" } = options;
  const use = { ...modelUse(model), ...(options.classNames && { classNames: options.classNames }) };
  const classes = model.outputs[0]!.shape.at(-1);
  if (use.classNames && use.classNames.length !== classes)
    throw new RangeError(
      `saveWeights: classNames must name the model's ${classes} classes, got ${use.classNames.length}`,
    );
  const tensors = new Map<string, StoredTensor>();
  for (const { variable, theirs, layout } of planWeights("saveWeights", model, names)) {
    const values = toTheirs(variable.read(), layout);
    const numbers = (await values.data()) as Float32Array;
    values.dispose();
    const length = numbers.length / theirs.length;
    const shape = [layout.shape[0]! / theirs.length, ...layout.shape.slice(1)];
    theirs.forEach((name, i) =>
      tensors.set(name, {
        dtype: dtype satisfies Dtype,
        shape,
        values: numbers.subarray(i * length, (i + 1) * length),
      }),
    );
  }
  const origin = originOf(model);
  await writeSafetensors(path, {
    metadata: writeMetadata({ names, ...(origin && { model: origin }), ...(Object.keys(use).length > 0 && { use }) }),
    tensors,
  });
}
