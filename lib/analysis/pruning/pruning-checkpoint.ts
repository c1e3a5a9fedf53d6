/** What stepwise pruning goes on from: the weights of the network as it stands, with the steps that made it. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { tf } from "../../backend/index.js";
import { readSafetensors, writeSafetensors, type Safetensors, type StoredTensor } from "../../safetensors/index.js";
import { weightsOf } from "./model-graph.js";
import { smaller } from "./prune.js";
import { goneIn, withNumbers, type PruningStep } from "./pruning-steps.js";

/** A pruning as far as it came. */
export interface KeptPruning {
  /** As it stands, which the caller disposes of. */
  readonly model: tf.LayersModel;
  readonly steps: readonly PruningStep[];
}

/** SHA-256 of a model's weights, in hexadecimal digits. */
export function weightsDigest(model: tf.LayersModel): string {
  const hash = createHash("sha256");
  for (const [name, { values }] of tensorsOf(model)) hash.update(name).update(values);
  return hash.digest("hex");
}

/** Writes the file whole, in place of the one before. @param from the digest of the model before any pruning */
export async function savePruning(file: string, from: string, { model, steps }: KeptPruning): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const metadata = { pruning: "stepwise", from, steps: JSON.stringify(steps) };
  await writeSafetensors(file, { metadata, tensors: tensorsOf(model) });
}

/**
 * @param model before any pruning
 * @param from its digest
 * @returns undefined where there is no file yet
 * @throws RangeError for a file of another model, or of something else
 */
export async function keptPruning(
  fn: string,
  file: string,
  from: string,
  model: tf.LayersModel,
): Promise<KeptPruning | undefined> {
  if (!existsSync(file)) return undefined;
  const { metadata, tensors } = await readSafetensors(file);
  if (metadata["pruning"] !== "stepwise" || metadata["from"] !== from)
    throw new RangeError(
      `${fn}: checkpoint must be a new file, or of a pruning that began with this model's weights, got ${file} of ` +
        (metadata["pruning"] === "stepwise" ? "another model's pruning" : "something else"),
    );
  const steps = (JSON.parse(metadata["steps"]!) as PruningStep[]).map(withNumbers);
  const pruned = smaller(fn, model, goneIn(steps));
  give(pruned, tensors);
  return { model: pruned, steps };
}

/** By layer and place: a layer keeps its name when it is made smaller, its weights need not. */
function tensorsOf(model: tf.LayersModel): Map<string, StoredTensor & { readonly values: Float32Array | Int32Array }> {
  const named = model.layers.flatMap((layer) =>
    weightsOf(layer).map((weight, i) => {
      const value = weight.read();
      const dtype = value.dtype === "int32" ? ("I32" as const) : ("F32" as const);
      const values = value.dataSync() as Float32Array | Int32Array;
      return [`${layer.name}/${i}`, { dtype, shape: value.shape, values }] as const;
    }),
  );
  return new Map(named);
}

function give(model: tf.LayersModel, tensors: Safetensors["tensors"]): void {
  tf.tidy(() => {
    for (const layer of model.layers) {
      for (const [i, weight] of weightsOf(layer).entries()) {
        const { dtype, shape, values } = tensors.get(`${layer.name}/${i}`)!;
        weight.write(tf.tensor(values as Float32Array, [...shape], dtype === "I32" ? "int32" : "float32"));
      }
    }
  });
}
