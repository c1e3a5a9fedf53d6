import { readFile } from "node:fs/promises";
import { unpickle } from "../../../datasets/unpickle.js";
import { decode, DTYPE_BYTES, type StoredTensor } from "../../../safetensors/index.js";
import { gather, STATE_DICT, Storage, Tensor } from "./state-dict.js";
import { readZip } from "./zip.js";

/** What begins PyTorch's files from before 1.6: a number of ten bytes in a pickle of its own. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/**
 * Reads a state dict that PyTorch saved (.pth, .pt), in its zip archive or in the older form. Nothing of the file is
 * run: a pickle that holds anything but tensors, dicts and plain data is refused, as by `torch.load` with weights_only.
 *
 * @returns the tensors by name; of a checkpoint those under `state_dict` or `model`
 * @throws SyntaxError naming the file where it is none, damaged, or holds other things
 * Source: PyTorch 2.13, torch/serialization.py.
 */
export async function readTorchFile(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const refuse = (why: string): never => {
    throw new SyntaxError(`readTorchFile: a file must be a PyTorch state dict, got ${path} ${why}`);
  };
  const bytes = await readFile(path);
  try {
    const { value, storages } = bytes.readUInt32LE(0) === 0x04034b50 ? fromZip(bytes, refuse) : fromStream(bytes, refuse);
    return tensorsOf(value, storages, refuse);
  } catch (error) {
    if (error instanceof RangeError) refuse("that is cut off"); // what a buffer says of a number beyond its end
    if (error instanceof SyntaxError && error.message.startsWith("readTorchFile: must")) refuse(`with a pickle that must ${error.message.slice("readTorchFile: must ".length)}`);
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
  if (pickle === undefined) return refuse("whose archive has no data.pkl");
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = files.get(`${folder}byteorder`)?.toString() ?? "little";
  if (order !== "little") refuse(`with numbers in the byte order ${order}`);
  return {
    value: unpickle(files.get(pickle)!, STATE_DICT).value,
    storages: ({ key }) => files.get(`${folder}data/${key}`) ?? refuse(`without the storage ${key}`),
  };
}

function fromStream(bytes: Buffer, refuse: (why: string) => never): Parts {
  const magic = unpickle(bytes, STATE_DICT);
  if (magic.value !== MAGIC) refuse("that begins otherwise");
  const protocol = unpickle(bytes, STATE_DICT, magic.end);
  const system = unpickle(bytes, STATE_DICT, protocol.end);
  if ((system.value as Map<string, unknown>).get("little_endian") !== true) refuse("with numbers in the byte order big");
  const data = unpickle(bytes, STATE_DICT, system.end);
  const keys = unpickle(bytes, STATE_DICT, data.end);
  let at = keys.end;
  const places = new Map<string, number>();
  const sizes = new Map<string, number>();
  for (const storage of storagesIn(data.value)) sizes.set(storage.key, storage.count * DTYPE_BYTES[storage.dtype]);
  for (const key of keys.value as readonly string[]) {
    places.set(key, at + 8); // after the number of its numbers
    at += 8 + (sizes.get(key) ?? refuse(`with the unknown storage ${key}`));
  }
  if (at > bytes.length) refuse("that is cut off");
  return { value: data.value, storages: ({ key }) => bytes.subarray(places.get(key) ?? refuse(`without the storage ${key}`), places.get(key)! + sizes.get(key)!) };
}

/** Every storage that a value's tensors lie in. */
function storagesIn(value: unknown): Storage[] {
  if (value instanceof Tensor) return [value.storage];
  const items = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return items.flatMap(storagesIn);
}

function tensorsOf(value: unknown, storages: Parts["storages"], refuse: (why: string) => never): ReadonlyMap<string, StoredTensor> {
  const nested = value instanceof Map ? ["state_dict", "model"].map((key) => (value as Map<unknown, unknown>).get(key)).find((each) => each instanceof Map) : undefined;
  const named = (nested ?? value) as ReadonlyMap<unknown, unknown>;
  if (!(named instanceof Map)) return refuse("that holds no dict");
  const found = new Map<string, StoredTensor>();
  for (const [name, tensor] of named) {
    if (!(tensor instanceof Tensor)) continue; // an epoch, say
    const bytes = storages(tensor.storage);
    if (bytes.length < tensor.storage.count * DTYPE_BYTES[tensor.storage.dtype]) refuse(`whose storage ${tensor.storage.key} is too short`);
    found.set(String(name), { dtype: tensor.storage.dtype, shape: tensor.shape, values: decode(tensor.storage.dtype, gather(tensor, bytes)) });
  }
  return found.size > 0 ? found : refuse("that holds no tensor by name");
}
