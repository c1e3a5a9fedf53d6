import type { tf } from "../../backend/index.js";
import type { Safetensors, StoredTensor } from "../../safetensors/index.js";
import type { WeightMetadata } from "./metadata.js";
import type { WeightNames } from "./names.js";
import { byPlace } from "./numbering.js";
import { knownNames, namesIn } from "./plan.js";

/** What PyTorch's modules call most weights. */
const TORCH = /\.(weight|bias|running_mean|running_var)$/;

/** Whose names the most of the file's tensors have; where none is known, PyTorch's are told by how they end. */
export function detectNames(model: tf.LayersModel, tensors: Safetensors["tensors"]): WeightNames {
  const known = knownNames(model);
  const scores = known.map((names) => {
    const file = underNames(tensors, names);
    const theirs = namesIn("loadWeights", model, names).flatMap((each) => each ?? []);
    return { names, score: theirs.filter((name) => file.has(name)).length };
  });
  const { names, score } = scores.reduce((best, each) => (each.score > best.score ? each : best));
  const looksTorch = [...tensors.keys()].some((name) => TORCH.test(name));
  return score === 0 && looksTorch && known.includes("torch") ? "torch" : names;
}

/** What a file calls a tensor, and the tensor. */
interface CalledTensor {
  readonly called: string;
  readonly stored: StoredTensor;
}

/**
 * A file's tensors by the names that a plan has. In a file of ours that says nothing of it, what tfjs numbered itself
 * lies in the order of the network.
 */
export function underNames(
  tensors: Safetensors["tensors"],
  names: WeightNames,
  metadata?: WeightMetadata,
): ReadonlyMap<string, CalledTensor> {
  const called = [...tensors.keys()];
  const order = metadata?.numbering === "place" ? "number" : "place";
  const known = names === "saccade" ? byPlace(called, order) : called;
  return new Map(called.map((name, i) => [known[i]!, { called: name, stored: tensors.get(name)! }]));
}
