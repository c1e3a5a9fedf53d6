import { Global, type Dialect, type Fail } from "../../../files/unpickle.js";
import { DTYPE_BYTES, type Dtype } from "../../../safetensors/index.js";

/** PyTorch's storages by the type of their numbers. */
const STORAGES: Readonly<Record<string, Dtype>> = {
  DoubleStorage: "F64",
  FloatStorage: "F32",
  HalfStorage: "F16",
  BFloat16Storage: "BF16",
  LongStorage: "I64",
  IntStorage: "I32",
  ShortStorage: "I16",
  CharStorage: "I8",
  ByteStorage: "U8",
  BoolStorage: "BOOL",
};

/** A storage can be repeated by strides of 0, up to so many numbers: a file of a few bytes must not fill the memory. */
const MOST_REPEATED = 1e6;

/** PyTorch's own limit. */
const MOST_AXES = 64;

/** Numbers that several tensors can share, kept outside the pickle. */
export class Storage {
  constructor(
    readonly key: string,
    readonly dtype: Dtype,
    readonly count: number,
  ) {}
}

/** A tensor's place in a storage, counted in numbers. */
export class Tensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/**
 * What PyTorch's files of tensors hold: ordered dicts, tensors and parameters, and nothing that runs.
 *
 * @param found called with each storage that a pickle names
 */
export function stateDict(found: (storage: Storage) => void = () => {}): Dialect {
  return {
    fn: "readTorchFile",
    rule: "hold tensors by name and plain data",
    globals: [
      "collections OrderedDict",
      "torch._utils _rebuild_tensor_v2",
      "torch._utils _rebuild_parameter",
      ...Object.keys(STORAGES).map((name) => `torch ${name}`),
    ],
    call(name, args, fail) {
      if (name === "collections OrderedDict") return orderedDict(args[0] ?? [], fail);
      if (name === "torch._utils _rebuild_parameter") return args[0];
      if (name === "torch._utils _rebuild_tensor_v2") return tensorOf(args, fail);
      return fail(`a call of ${name}`);
    },
    // a state dict's _metadata
    build: (target, _, fail) => (target instanceof Map ? target : fail("the state of an unknown object")),
    persistent(id, fail) {
      const [what, type, key, , count] = Array.isArray(id) ? (id as unknown[]) : [];
      const dtype = type instanceof Global ? STORAGES[type.name.replace(/^torch /, "")] : undefined;
      if (what !== "storage" || dtype === undefined || typeof key !== "string" || !isCount(count))
        return fail("an unknown kind of storage");
      const storage = new Storage(key, dtype, count);
      found(storage);
      return storage;
    },
  };
}

function orderedDict(pairs: unknown, fail: Fail): Map<unknown, unknown> {
  if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
    return fail("a dict of other things than pairs");
  return new Map(pairs as [unknown, unknown][]);
}

/** A tensor that lies within its storage. */
function tensorOf([storage, offset, shape, strides]: readonly unknown[], fail: Fail): Tensor {
  if (
    !(storage instanceof Storage) ||
    !isCount(offset) ||
    !isCounts(shape) ||
    !isCounts(strides) ||
    shape.length !== strides.length
  )
    return fail("a tensor without storage, shape or strides");
  const numbers = numbersIn(shape);
  const last = offset + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  if (!(numbers <= Math.max(storage.count, MOST_REPEATED)) || (numbers > 0 && last >= storage.count))
    fail(`a tensor [${shape.join(", ")}] beyond its storage of ${storage.count} numbers`);
  return new Tensor(storage, offset, shape, strides);
}

/** NaN where a size is 0 and the others are beyond all numbers. */
function numbersIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes of a tensor's numbers, each written out. */
export function bytesOf({ storage, shape }: Tensor): number {
  return numbersIn(shape) * DTYPE_BYTES[storage.dtype];
}

/** A tensor's numbers row by row, as bytes of a buffer of their own. @param bytes the storage's */
export function gather({ storage, offset, shape, strides }: Tensor, bytes: Uint8Array): ArrayBuffer {
  const width = DTYPE_BYTES[storage.dtype];
  const count = numbersIn(shape);
  const result = new Uint8Array(count * width);
  const dense =
    shape.reduceRight((step, size, axis) => (step === strides[axis] || size === 1 ? step * size : NaN), 1) === count;
  if (dense) result.set(bytes.subarray(offset * width, (offset + count) * width));
  else {
    for (let i = 0; i < count; i++) {
      let [rest, at] = [i, offset];
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        at += (rest % shape[axis]!) * strides[axis]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      result.set(bytes.subarray(at * width, (at + 1) * width), i * width);
    }
  }
  return result.buffer;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_AXES && value.every(isCount);
}
