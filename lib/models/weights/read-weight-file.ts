import { open } from "node:fs/promises";
import { readSafetensors, type Safetensors } from "../../safetensors/index.js";
import { readTorchFile } from "./torch-file/read-torch-file.js";

/**
 * A file of named tensors, safetensors or PyTorch's own, told by how it begins.
 *
 * @throws SyntaxError for a file that is damaged or of another format
 */
export async function readWeightFile(path: string): Promise<Safetensors> {
  const start = await firstBytes(path);
  const torch = start.startsWith("PK\x03\x04") || start.startsWith("\x80\x02");
  return torch && start[8] !== "{" ? { metadata: {}, tensors: await readTorchFile(path) } : readSafetensors(path);
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
