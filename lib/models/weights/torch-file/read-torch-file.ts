import { readFile, stat } from "node:fs/promises";
import { unpickle } from "../../../files/unpickle.js";
import { readZip } from "../../../files/zip.js";
import type { StoredTensor } from "../../../safetensors/index.js";
import { KERAS_MEMBER, notRead } from "../keras-file.js";
import { findEntry } from "./entries.js";
import { stateDict } from "./state-dict.js";
import { valuesOf, type Storage } from "./tensor.js";

/** What begins PyTorch's files from before 1.6: a number of ten bytes in a pickle of its own. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** What one buffer of Node's file system holds. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Tensors can share numbers (tied weights do), so that written out they are more than the file; no more than so many
 * times its size, and these bytes.
 */
const [MOST_SHARED, SPARE_BYTES] = [4, 2 ** 24];

/** What was read, and of a checkpoint the key that it was under. */
export interface TorchFile {
  readonly entry?: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * Reads a state dict that PyTorch saved (.pth, .pt), in its zip archive or in the older form. Nothing of the file is
 * run: a pickle that holds anything but tensors, dicts and plain data is refused, as by `torch.load` with weights_only.
 *
 * @param entry of a checkpoint the key to take. Default: as {@link findEntry} has it
 * @returns the tensors by name
 * @throws SyntaxError naming the file where it is none, damaged, or holds other things; RangeError for one above 2 GiB
 * Source: PyTorch 2.13, torch/serialization.py.
 */
export async function readTorchFile(path: string, entry?: string): Promise<TorchFile> {
  const refuse = (why: string): never => {
    throw new SyntaxError(`readTorchFile: a file must be a PyTorch state dict, got ${path} ${why}`);
  };
  const { size } = await stat(path);
  if (size > MAX_BYTES)
    throw new RangeError(`readTorchFile: a file must be at most ${MAX_BYTES} bytes, got ${path} of ${size}`);
  const bytes = await readFile(path);
  try {
    const { value, storages } =
      bytes.readUInt32LE(0) === 0x04034b50 ? fromZip(bytes, refuse) : fromStream(bytes, refuse);
    const found = findEntry(value, entry, refuse);
    const written = [...found.tensors.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    if (!(written <= MOST_SHARED * bytes.length + SPARE_BYTES))
      refuse(`of ${bytes.length} bytes whose tensors would fill ${written}`);
    const bytesOf = (storage: Storage): Uint8Array => {
      const own = storages(storage);
      return own.length < storage.sizeBytes ? refuse(`whose storage ${storage.key} is too short`) : own;
    };
    const tensors = [...found.tensors].map(
      ([name, tensor]) => [name, valuesOf(tensor, bytesOf(tensor.storage))] as const,
    );
    return { ...found, tensors: new Map(tensors) };
  } catch (error) {
    if (error instanceof RangeError) refuse("that is cut off"); // what a buffer says of a number beyond its end
    if (error instanceof SyntaxError && error.message.startsWith("readTorchFile: must"))
      refuse(`with a pickle that must ${error.message.slice("readTorchFile: must ".length)}`);
    throw error;
  }
}

interface Parts {
  readonly value: unknown;
  storages(storage: Storage): Uint8Array;
}

function fromZip(bytes: Buffer, refuse: (why: string) => never): Parts {
  const files = readZip(bytes, refuse);
  const pickle = [...files.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined)
    return refuse(files.has(KERAS_MEMBER) ? notRead("Keras' archive (.keras)") : "whose archive has no data.pkl");
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`)?.toString() ?? "little";
  if (order !== "little") refuse(`with numbers in the byte order ${order}`);
  return {
    value: unpickle(files.get(pickle)!, stateDict()).value,
    storages: ({ key }) => files.get(`${folder}data/${key}`) ?? refuse(`without the storage ${key}`),
  };
}

function fromStream(bytes: Buffer, refuse: (why: string) => never): Parts {
  const sizes = new Map<string, number>();
  const dialect = stateDict(({ key, sizeBytes }) => void sizes.set(key, sizeBytes));
  const magic = unpickle(bytes, dialect);
  if (magic.value !== MAGIC) refuse("that begins otherwise");
  const protocol = unpickle(bytes, dialect, magic.end);
  const system = unpickle(bytes, dialect, protocol.end);
  if (!(system.value instanceof Map) || system.value.get("little_endian") !== true)
    refuse("with numbers in the byte order big");
  const data = unpickle(bytes, dialect, system.end);
  const keys = unpickle(bytes, dialect, data.end);
  if (!Array.isArray(keys.value)) return refuse("without a list of its storages");
  let at = keys.end;
  const places = new Map<unknown, number>();
  for (const key of keys.value as readonly unknown[]) {
    places.set(key, at + 8); // after the number of its numbers
    at += 8 + (sizes.get(key as string) ?? refuse("with an unknown storage"));
  }
  if (at > bytes.length) refuse("that is cut off");
  return {
    value: data.value,
    storages: ({ key }) =>
      bytes.subarray(places.get(key) ?? refuse(`without the storage ${key}`), places.get(key)! + sizes.get(key)!),
  };
}
