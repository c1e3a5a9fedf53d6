import { Global, type Fail } from "../../../files/unpickle.js";
import { decode, type StoredTensor } from "../../../safetensors/index.js";
import { numberType, type NumberType } from "./number-types.js";

/** A storage can be repeated by strides of 0, up to so many numbers: a file of a few bytes must not fill the memory. */
const MOST_REPEATED = 1e6;

/** PyTorch's own limit. */
const MOST_AXES = 64;

/** Numbers that several tensors can share, kept outside the pickle. */
export class Storage {
  constructor(
    readonly key: string,
    readonly type: NumberType,
    readonly count: number,
  ) {}

  get sizeBytes(): number {
    return this.count * this.type.bytes;
  }
}

/** A tensor's place in a storage, counted in numbers. */
export class Tensor {
  constructor(
    readonly storage: Storage,
    readonly type: NumberType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    /** What PyTorch does to the numbers only when it takes them. */
    readonly put: { readonly negated: boolean; readonly conjugated: boolean },
  ) {}

  /** Of its numbers, each written out. */
  get sizeBytes(): number {
    return numbersIn(this.shape) * this.type.bytes;
  }
}

/** A tensor whose numbers are not read. */
export class OtherTensor {
  /** @param what "sparse" */
  constructor(readonly what: string) {}
}

/**
 * A tensor that lies within its storage.
 *
 * @param parts storage, offset, shape and strides
 * @param type where the storage's own is of bytes
 */
export function tensorOf(
  parts: readonly unknown[],
  type: unknown,
  metadata: unknown,
  fail: Fail,
): Tensor | OtherTensor {
  const [storage, offset, shape, strides] = parts;
  const placed = storage instanceof Storage && isCount(offset) && isCounts(shape) && isCounts(strides);
  if (!placed || shape.length !== strides.length) return fail("a tensor without storage, shape or strides");
  const own = type === undefined ? storage.type : type instanceof Global && numberType(type.name);
  if (!own) return fail("a tensor of an unknown type");
  const count = Math.floor(storage.sizeBytes / own.bytes);
  const numbers = numbersIn(shape);
  const last = offset + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  if (!(numbers <= Math.max(count, MOST_REPEATED)) || (numbers > 0 && last >= count)) {
    fail(`a tensor [${shape.join(", ")}] beyond its storage of ${count} numbers`);
  }
  if (own.dtype === undefined) return new OtherTensor(`of the type ${own.called}`);
  const flag = (name: string): boolean => metadata instanceof Map && metadata.get(name) === true;
  return new Tensor(storage, own, offset, shape, strides, { negated: flag("neg"), conjugated: flag("conj") });
}

/** A tensor's numbers. @param bytes the storage's */
export function valuesOf(tensor: Tensor, bytes: Uint8Array): StoredTensor {
  const { shape, put } = tensor;
  const dtype = tensor.type.dtype!;
  const values = decode(dtype, gather(tensor, bytes)) as Float32Array; // only floats and complex numbers are put so
  if (put.negated) for (let i = 0; i < values.length; i++) values[i] = -values[i]!;
  if (put.conjugated) for (let i = 1; i < values.length; i += 2) values[i] = -values[i]!;
  return { dtype, shape, values };
}

/** Row by row, as bytes of a buffer of their own. */
function gather({ type, offset, shape, strides }: Tensor, bytes: Uint8Array): ArrayBuffer {
  const width = type.bytes;
  const count = numbersIn(shape);
  const result = new Uint8Array(count * width);
  const step = shape.reduceRight((own, size, axis) => (own === strides[axis] || size === 1 ? own * size : NaN), 1);
  if (step === count) result.set(bytes.subarray(offset * width, (offset + count) * width));
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

/** NaN where a size is 0 and the others are beyond all numbers. */
function numbersIn(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= MOST_AXES && value.every(isCount);
}
