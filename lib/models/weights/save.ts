import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, listOf, oneOf, optional } from "../../checks.js";
import { checkHeldWeights } from "../../layers/held-weights.js";
import { BEYOND_HALF, writeSafetensors, type Dtype, type StoredTensor } from "../../safetensors/index.js";
import { useOf } from "../model-use.js";
import { partShape, toTheirs } from "./layout.js";
import { originOf, writeMetadata } from "./metadata.js";
import type { WeightNames } from "./names.js";
import { isNumbered } from "./numbering.js";
import { planWeights } from "./plan.js";

/** Endings of other formats, under whose names no program would find what is written. */
const OTHERS = /\.(pth?|pt2|bin|ckpt|h5|hdf5|keras|npz|onnx|pkl|json)$/i;

/** What {@link saveWeights} takes besides. */
export interface SaveWeightsOptions {
  /**
   * Whose names and layouts the file gets. Default "saccade": ours. "torch" is for a network of one's own in PyTorch,
   * whose `load_state_dict` takes what `safetensors.torch.load_file` reads.
   */
  readonly names?: WeightNames;
  /** Type of the numbers; the halves round to the nearest. Default "F32". */
  readonly dtype?: "F32" | "F16" | "BF16";
  /** In the order of the logits; stored in the metadata. Default: those of the set that the model was trained on. */
  readonly classNames?: readonly string[];
}

/**
 * Writes a model's weights as safetensors, moving statistics and models within the model among them. Where two weights
 * would have one name, those of a model within have its name before theirs. Layers that tfjs numbered itself, over the
 * whole process, are counted within the model. The metadata hold Saccade's version, whose
 * names these are, the model's name and config where `createModel` made it, class names, mean and std.
 *
 * @param path of the safetensors file, "resnet.safetensors"; replaced whole, or left as it is; its folder is made
 * @throws RangeError for names that the model's family does not have, a type that is not written, a weight that is too
 *   large for it, or a wrong number of class names
 * @throws TypeError for a layer that holds weights in its fields without listing them, and under PyTorch's names for
 *   two weights of one name, or one whose order there cannot be known
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
  if (OTHERS.test(path)) {
    throw new RangeError(
      `saveWeights: path must end in .safetensors, whose format is written, got ${JSON.stringify(path)}; PyTorch's ` +
        "safetensors.torch.load_file reads it",
    );
  }
  checkHeldWeights("saveWeights", model);
  const { names = "saccade", dtype = "F32" } = options;
  const use = useOf("saveWeights", model, options.classNames);
  const plan = planWeights("saveWeights", model, names);
  const tensors = new Map<string, StoredTensor>();
  for (const { name: ours, variable, theirs, layout } of plan) {
    const values = toTheirs(variable.read(), layout);
    const numbers = (await values.data()) as Float32Array;
    values.dispose();
    if (dtype !== "F32") checkSize(ours, dtype, numbers);
    const length = numbers.length / theirs.length;
    const shape = partShape(layout, theirs.length);
    for (const [i, name] of theirs.entries()) {
      if (tensors.has(name))
        throw new TypeError(`saveWeights: each weight must have a name of its own, got ${name} twice`);
      const own = numbers.subarray(i * length, (i + 1) * length);
      tensors.set(name, { dtype: dtype satisfies Dtype, shape, values: own });
    }
  }
  const origin = originOf(model);
  const metadata = writeMetadata({
    names,
    ...(names === "saccade" && plan.some(({ theirs }) => theirs.some(isNumbered)) && { numbering: "place" }),
    ...(origin && { model: origin }),
    ...(Object.keys(use).length > 0 && { use }),
  });
  await mkdir(dirname(path), { recursive: true });
  await writeSafetensors(path, { metadata, tensors });
}

/** A finite weight must not be saved as an infinite one. */
function checkSize(name: string, dtype: keyof typeof BEYOND_HALF, numbers: Float32Array): void {
  const beyond = numbers.find((value) => Math.abs(value) >= BEYOND_HALF[dtype] && Number.isFinite(value));
  if (beyond !== undefined) {
    throw new RangeError(
      `saveWeights: a weight must be below ${BEYOND_HALF[dtype]} as ${dtype}, got ${beyond} in ${name}`,
    );
  }
}
