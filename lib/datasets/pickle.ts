import { Global, unpickle, type Dialect } from "../files/unpickle.js";

/** An array of numpy's: its raw bytes, not copied, in C order. */
export class NdArray {
  constructor(
    readonly shape: readonly number[],
    /** numpy's code: "u1" is uint8. */
    readonly dtype: string,
    readonly bytes: Uint8Array,
  ) {}
}

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | NdArray
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>;

class DType {
  constructor(readonly code: string) {}
}
/** An array that has been named and not yet filled. */
class EmptyArray {}

const NUMPY: Dialect = {
  fn: "readPickle",
  rule: "hold plain data and numpy arrays",
  globals: ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"],
  call(name, args, fail) {
    if (name === "numpy.core.multiarray _reconstruct") return new EmptyArray();
    if (name === "numpy dtype" && typeof args[0] === "string") return new DType(args[0]);
    return fail("a call");
  },
  build(target, state, fail) {
    if (target instanceof DType) return target; // byte order and alignment: nothing to a type of one byte
    const [, shape, dtype, fortran, data] = Array.isArray(state) ? state : fail("no list where one is needed");
    if (!(target instanceof EmptyArray) || !(dtype instanceof DType) || !Array.isArray(shape))
      return fail("the state of an unknown object");
    const raw = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    const size = (shape as number[]).reduce((product, side) => product * side, 1);
    if (dtype.code !== "u1" || fortran !== false || !(raw instanceof Uint8Array) || raw.length !== size) {
      return fail(`an array other than uint8 in C order (${dtype.code})`);
    }
    return new NdArray(shape as number[], dtype.code, raw);
  },
};

/**
 * Reads a pickle that holds only dicts, lists, tuples, numbers, strings (as latin1) and numpy arrays of
 * bytes: what CIFAR's files hold. It is data to it, never code: a name other than numpy's own three, and
 * any instruction beyond these, is refused.
 * @throws SyntaxError when the bytes are no such pickle
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  const { value, end } = unpickle(bytes, NUMPY);
  if (value instanceof Global || value instanceof DType || value instanceof EmptyArray)
    throw new SyntaxError(`readPickle: must ${NUMPY.rule}, got a bare object at byte ${end - 1}`);
  return value as PickleValue;
}
