import { open, type FileHandle } from "node:fs/promises";
import { aText, checkValue } from "../checks.js";
import { decode, type Dtype, type TensorValues } from "./dtypes.js";
import { parseHeader, type Header } from "./header.js";

/** Numbers with their shape, row by row. */
export interface StoredTensor {
  /** The type of its numbers in the file. */
  readonly dtype: Dtype;
  /** [] for one number. */
  readonly shape: readonly number[];
  /** Row by row; what they are held as is told where {@link TensorValues} is. */
  readonly values: TensorValues;
}

/** What a safetensors file holds. */
export interface Safetensors {
  /** Free texts by name. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** As the format's own program has it. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a safetensors file. Nothing is allocated for a size that the file only claims.
 *
 * @throws SyntaxError naming the file where it is none: cut off, overlapping, a name twice, an unknown type, …
 * @throws what the file system says where it cannot be read
 * Source: https://github.com/huggingface/safetensors#format
 */
export async function readSafetensors(path: string): Promise<Safetensors> {
  checkValue("readSafetensors", "path", path, aText);
  const file = await open(path, "r");
  try {
    const { header, first } = await readHeader(file, path);
    const tensors = new Map<string, StoredTensor>();
    for (const { name, dtype, shape, start, end } of header.entries) {
      tensors.set(name, {
        dtype,
        shape,
        values: decode(dtype, (await readBytes(file, first + start, end - start)).buffer),
      });
    }
    return { metadata: header.metadata, tensors };
  } finally {
    await file.close();
  }
}

/**
 * A file's free texts by name: no tensor is read.
 *
 * @throws SyntaxError as {@link readSafetensors} does
 */
export async function readMetadata(path: string): Promise<Safetensors["metadata"]> {
  const file = await open(path, "r");
  try {
    return (await readHeader(file, path)).header.metadata;
  } finally {
    await file.close();
  }
}

/** @returns the header, and where the first tensor's bytes lie in the file */
async function readHeader(file: FileHandle, path: string): Promise<{ header: Header; first: number }> {
  const refuse = (why: string): never => {
    throw new SyntaxError(`readSafetensors: a file must be safetensors, got ${path} ${why}`);
  };
  const { size } = await file.stat();
  if (size < 8) return refuse(`of ${size} bytes`);
  const headerBytes = (await readBytes(file, 0, 8)).readBigUInt64LE(0);
  if (headerBytes > BigInt(MAX_HEADER_BYTES))
    return refuse(`whose header claims ${headerBytes} bytes (at most ${MAX_HEADER_BYTES} are read): another format?`);
  if (headerBytes > BigInt(size - 8))
    return refuse(`of ${size} bytes whose header claims ${headerBytes}: cut off, or another format`);
  const first = 8 + Number(headerBytes);
  const text = utf8(await readBytes(file, 8, first - 8), refuse);
  return { header: parseHeader(text, size - first, refuse), first };
}

/** In a buffer of their own. Read piece by piece: one call takes at most 2 GiB. */
async function readBytes(file: FileHandle, start: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, Math.min(length - at, 1 << 30), start + at);
    if (bytesRead === 0)
      throw new SyntaxError(`readSafetensors: a file must keep its size while it is read, got one that shrank`);
    at += bytesRead;
  }
  return bytes;
}

function utf8(bytes: Uint8Array, refuse: (why: string) => never): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse("whose header is not UTF-8");
  }
}
