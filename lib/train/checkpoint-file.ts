import { createHash } from "node:crypto";
import {
  readSafetensors,
  writeSafetensors,
  type Safetensors,
  type StoredTensor as AnyTensor,
} from "../safetensors/index.js";

/** Values with their shape. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** What a checkpoint file holds. */
export interface CheckpointFile {
  /** Anything that JSON can hold. */
  readonly state: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Writes a safetensors file whole or not at all, with the state and a digest of the data in its metadata. */
export async function writeCheckpoint(path: string, { state, tensors }: CheckpointFile): Promise<void> {
  const typed = new Map(
    [...tensors].map(([name, { shape, values }]): [string, AnyTensor] => [
      name,
      { dtype: values instanceof Int32Array ? "I32" : "F32", shape, values },
    ]),
  );
  await writeSafetensors(path, { metadata: { saccade: JSON.stringify(state), sha256: digest(typed) }, tensors: typed });
}

/**
 * Reads what {@link writeCheckpoint} wrote.
 *
 * @throws SyntaxError naming the file where it is no checkpoint, or is truncated or changed
 */
export async function readCheckpoint(path: string): Promise<CheckpointFile> {
  const refuse = (why: string): never => {
    throw new SyntaxError(`checkpoint: a file must be a whole checkpoint, got ${path} ${why}`);
  };
  let file: Safetensors;
  try {
    file = await readSafetensors(path);
  } catch (error) {
    if (error instanceof SyntaxError) refuse(error.message.split(`${path} `).at(-1)!);
    throw error;
  }
  const { metadata, tensors } = file;
  if (digest(tensors) !== metadata["sha256"]) refuse("whose data do not have the digest in its header");
  try {
    return { state: JSON.parse(metadata["saccade"]!), tensors: tensors as ReadonlyMap<string, StoredTensor> };
  } catch {
    return refuse("whose header is not a checkpoint's");
  }
}

/** Of all numbers in the order of their bytes, which is the order of writing: all take 4. */
function digest(tensors: ReadonlyMap<string, AnyTensor>): string {
  const hash = createHash("sha256");
  for (const { values } of tensors.values())
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest("hex");
}
