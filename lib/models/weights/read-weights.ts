import { aText, calledAs, checkArguments, checkOptions, optional } from "../../checks.js";
import { readWeightFile, type WeightFile } from "./read-weight-file.js";

/** What {@link readWeights} takes besides. */
export interface ReadWeightsOptions {
  /** Of a checkpoint that PyTorch saved the key whose tensors to take. Default: as `loadWeights` has it. */
  readonly entry?: string;
}

/**
 * Reads the tensors of a file of weights by their names, for no model, as `torch.load` gives a dict: safetensors, a
 * state dict that PyTorch saved, or several of them by their index. Names, order of axes and types are the file's;
 * nothing of the file is run.
 *
 * @param path of a safetensors file, of one that `torch.save` wrote (.pth, .pt), or of an index of shards
 *   (model.safetensors.index.json)
 * @returns `tensors`, a Map from each name to its dtype ("F32"), shape ([] for one number) and values, row by row in a
 *   typed array: a linear map's "fc.weight" [out, in]; `metadata`, safetensors' free texts, none of PyTorch and shards;
 *   and `entry`, the key of PyTorch's checkpoint that the tensors were under
 * @throws SyntaxError for a file that is damaged, of another format, or of PyTorch's without tensors by name
 * @throws RangeError for a folder, for an `entry` of a file that is no checkpoint of PyTorch's, and for a file of
 *   PyTorch's above 2 GiB
 */
export async function readWeights(path: string, options: ReadWeightsOptions = {}): Promise<WeightFile> {
  checkArguments("readWeights", { path }, { path: aText });
  checkOptions("readWeights", options, { entry: optional(aText) });
  return calledAs("readWeights", () => readWeightFile(path, options.entry));
}
