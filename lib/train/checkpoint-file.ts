import { createHash } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

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

/**
 * Writes a safetensors file: under a temporary name, flushed to the disk, then renamed. Whoever reads it finds the old
 * file or the new one, whenever the process or the machine stops.
 */
export async function writeCheckpoint(path: string, { state, tensors }: CheckpointFile): Promise<void> {
  const header: Record<string, unknown> = {};
  const hash = createHash("sha256");
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [name, { shape, values }] of tensors) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    header[name] = { dtype: values instanceof Int32Array ? "I32" : "F32", shape, data_offsets: [at, (at += bytes.length)] };
    hash.update(bytes);
    parts.push(bytes);
  }
  header["__metadata__"] = { saccade: JSON.stringify(state), sha256: hash.digest("hex") };
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([json, Buffer.alloc(-json.length & 7, " ")]); // data begin at a multiple of 8
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));

  const temporary = `${path}.partial`;
  const file = await open(temporary, "w");
  try {
    for (const part of [size, padded, ...parts]) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Reads what {@link writeCheckpoint} wrote.
 *
 * @throws SyntaxError naming the file where it is no checkpoint, or is truncated or changed
 */
export async function readCheckpoint(path: string): Promise<CheckpointFile> {
  const bytes = await readFile(path);
  const refuse = (why: string): never => {
    throw new SyntaxError(`checkpoint: a file must be a whole checkpoint, got ${path} ${why}`);
  };
  if (bytes.length < 8) return refuse(`of ${bytes.length} bytes`);
  const headerSize = Number(bytes.readBigUInt64LE(0));
  if (headerSize > bytes.length - 8) return refuse("that ends within its header, or has another format");
  let header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  let state: unknown;
  let digest: unknown;
  try {
    const { __metadata__, ...entries } = JSON.parse(bytes.toString("utf8", 8, 8 + headerSize));
    [header, state, digest] = [entries, JSON.parse(__metadata__.saccade), __metadata__.sha256];
  } catch {
    return refuse("whose header is not a checkpoint's");
  }
  const data = bytes.subarray(8 + headerSize);
  if (createHash("sha256").update(data).digest("hex") !== digest) return refuse("whose data do not have the digest in its header");
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of Object.entries(header)) {
    const own = Uint8Array.from(data.subarray(start, end)).buffer;
    tensors.set(name, { shape, values: dtype === "I32" ? new Int32Array(own) : new Float32Array(own) });
  }
  return { state, tensors };
}
