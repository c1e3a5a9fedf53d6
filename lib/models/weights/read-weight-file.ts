import { statSync } from "node:fs";
import { open } from "node:fs/promises";
import { readSafetensors, type Safetensors } from "../../safetensors/index.js";
import { HDF5, notRead } from "./keras-file.js";
import { readShards } from "./shards.js";
import { readTorchFile } from "./torch-file/read-torch-file.js";

/** Named tensors, and of PyTorch's checkpoint the key that they were under. */
export interface WeightFile extends Safetensors {
  /** The key; left out where the file holds tensors alone. */
  readonly entry?: string;
}

/**
 * A file of named tensors: safetensors or PyTorch's own, told by how it begins, or several of them by their index, a
 * file that ends in .json.
 *
 * @param entry of PyTorch's checkpoint the key to take
 * @throws SyntaxError for a file that is damaged or of another format, RangeError for a folder, or an entry of
 *   safetensors
 */
export async function readWeightFile(path: string, entry?: string): Promise<WeightFile> {
  if (path.endsWith(".json")) return readShards(path, (shard) => readWeightFile(shard, entry));
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new RangeError(`readWeightFile: path must be of a file, got the folder ${path}`);
  }
  const start = await firstBytes(path);
  if (start.startsWith(HDF5)) {
    const what = `${path}, ${notRead("HDF5 (.h5)")}`;
    throw new SyntaxError(`readWeightFile: a file must be safetensors or PyTorch's, got ${what}`);
  }
  const torch = start.startsWith("PK\x03\x04") || start.startsWith("\x80\x02");
  if (torch && start[8] !== "{") return { metadata: {}, ...(await readTorchFile(path, entry)) };
  if (entry !== undefined) {
    const got = `entry=${JSON.stringify(entry)} for ${path}`;
    throw new RangeError(
      `readWeightFile: entry must be left out for a file that is no checkpoint of PyTorch's, got ${got}`,
    );
  }
  return readSafetensors(path);
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(9), 0, 9, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}
