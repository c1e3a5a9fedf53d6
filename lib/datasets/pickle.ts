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
  | null | boolean | number | string | NdArray
  | readonly PickleValue[] | ReadonlyMap<PickleValue, PickleValue>;

/** The only names that a pickle may refer to; each stands for itself and nothing is ever called. */
const GLOBALS = ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"] as const;

class Global {
  constructor(readonly name: (typeof GLOBALS)[number]) {}
}
class DType {
  constructor(readonly code: string) {}
}
/** An array that has been named and not yet filled. */
class EmptyArray {}
const MARK = Symbol("mark");

/**
 * Reads a pickle that holds only dicts, lists, tuples, numbers, strings (as latin1) and numpy arrays of
 * bytes: what CIFAR's files hold. It is data to it, never code: a name other than numpy's own three, and
 * any instruction beyond these, is refused.
 * @throws SyntaxError when the bytes are no such pickle
 *
 * Source: Python's pickletools, protocols 0 to 2.
 */
export function readPickle(bytes: Uint8Array): PickleValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = 0;
  const fail = (what: string): never => {
    throw new SyntaxError(`readPickle: must hold plain data and numpy arrays, got ${what} at byte ${at - 1}`);
  };
  const take = (length: number): number => {
    const from = at;
    at += length;
    if (length < 0 || at > bytes.length) fail("a value cut off");
    return from;
  };
  const pop = (): unknown => (stack.length > 0 ? stack.pop() : fail("an empty stack"));
  const toMark = (): unknown[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) fail("no mark");
    const values = stack.splice(mark);
    values.shift();
    return values;
  };
  const text = (length: number): string | Uint8Array => {
    const from = take(length);
    const part = bytes.subarray(from, from + length);
    return length > MAX_TEXT ? part : Buffer.from(part.buffer, part.byteOffset, length).toString("latin1");
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) fail("a name cut off");
    const name = String(text(end - at));
    at++; // the line's end
    return name;
  };
  for (;;) {
    const op = String.fromCharCode(bytes[take(1)]!);
    switch (op) {
      case "\x80": if (view.getUint8(take(1)) > 2) fail("a protocol above 2"); break;
      case "}": stack.push(new Map()); break;
      case "]": stack.push([]); break;
      case ")": stack.push([]); break;
      case "(": stack.push(MARK); break;
      case "N": stack.push(null); break;
      case "\x88": stack.push(true); break;
      case "\x89": stack.push(false); break;
      case "K": stack.push(view.getUint8(take(1))); break;
      case "M": stack.push(view.getUint16(take(2), true)); break;
      case "J": stack.push(view.getInt32(take(4), true)); break;
      case "U": stack.push(text(view.getUint8(take(1)))); break;
      case "T": stack.push(text(view.getInt32(take(4), true))); break;
      case "q": memo.set(view.getUint8(take(1)), stack.at(-1)); break;
      case "r": memo.set(view.getUint32(take(4), true), stack.at(-1)); break;
      case "h": stack.push(recall(view.getUint8(take(1)))); break;
      case "j": stack.push(recall(view.getUint32(take(4), true))); break;
      case "t": stack.push(toMark()); break;
      case "\x85": stack.push([pop()]); break;
      case "\x86": stack.push(stack.splice(-2)); break;
      case "\x87": stack.push(stack.splice(-3)); break;
      case "a": { const value = pop(); listOf(stack.at(-1)).push(value); break; }
      case "e": { const values = toMark(); const list = listOf(stack.at(-1)); for (const value of values) list.push(value); break; }
      case "s": { const value = pop(); const key = pop(); mapOf(stack.at(-1)).set(key, value); break; }
      case "u": {
        const values = toMark();
        const map = mapOf(stack.at(-1));
        for (let i = 0; i < values.length; i += 2) map.set(values[i], values[i + 1]);
        break;
      }
      case "c": {
        const name = `${line()} ${line()}`;
        const known = GLOBALS.find((global) => global === name) ?? fail(`the name ${name}`);
        stack.push(new Global(known));
        break;
      }
      case "R": { const args = listOf(pop()); stack.push(reduce(pop(), args)); break; }
      case "b": { const state = pop(); stack.push(build(pop(), state)); break; }
      case ".": return plain(pop());
      default: fail(`the instruction ${JSON.stringify(op)}`);
    }
  }

  function recall(index: number): unknown {
    return memo.has(index) ? memo.get(index) : fail(`no memo ${index}`);
  }
  function listOf(value: unknown): unknown[] {
    return Array.isArray(value) ? value : fail("no list where one is needed");
  }
  function mapOf(value: unknown): Map<unknown, unknown> {
    return value instanceof Map ? value : fail("no dict where one is needed");
  }
  function reduce(callee: unknown, args: readonly unknown[]): unknown {
    const name = callee instanceof Global ? callee.name : undefined;
    if (name === "numpy.core.multiarray _reconstruct") return new EmptyArray();
    if (name === "numpy dtype" && typeof args[0] === "string") return new DType(args[0]);
    return fail("a call");
  }
  function build(target: unknown, state: unknown): unknown {
    if (target instanceof DType) return target; // byte order and alignment: nothing to a type of one byte
    const [, shape, dtype, fortran, data] = listOf(state);
    if (!(target instanceof EmptyArray) || !(dtype instanceof DType) || !Array.isArray(shape)) return fail("the state of an unknown object");
    const raw = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    const size = (shape as number[]).reduce((product, side) => product * side, 1);
    if (dtype.code !== "u1" || fortran !== false || !(raw instanceof Uint8Array) || raw.length !== size) {
      return fail(`an array other than uint8 in C order (${dtype.code})`);
    }
    return new NdArray(shape as number[], dtype.code, raw);
  }
  function plain(value: unknown): PickleValue {
    if (value instanceof Global || value instanceof DType || value instanceof EmptyArray) return fail("a bare object");
    return value as PickleValue;
  }
}

/** A longer string is array data and stays bytes. */
const MAX_TEXT = 65_536;
