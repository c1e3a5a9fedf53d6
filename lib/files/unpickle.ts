/** What a program's pickles may hold beside plain data. */
export interface Dialect {
  /** Whose name begins an error: "readPickle". */
  readonly fn: string;
  /** The end of "… must". */
  readonly rule: string;
  /**
   * The only names that a pickle may refer to, "module name"; each stands for itself and nothing of it is ever called.
   */
  readonly globals: readonly string[];
  /** What stands for a call of a name. */
  call(name: string, args: readonly unknown[], fail: Fail): unknown;
  /** What stands for an object with its state. */
  build(target: unknown, state: unknown, fail: Fail): unknown;
  /** What stands for something kept outside the pickle; where left out there is none. */
  persistent?(id: unknown, fail: Fail): unknown;
}

/** @throws SyntaxError saying what came, and where */
export type Fail = (what: string) => never;

/** A name that a pickle refers to. */
export class Global {
  constructor(readonly name: string) {}
}
const MARK = Symbol("mark");

/** A longer string is array data and stays bytes. */
const MAX_TEXT = 65_536;

/**
 * Reads one pickle of plain data: dicts as Map, lists and tuples as arrays, numbers (bigint where they are no safe
 * integers), texts, and what the dialect makes of its own names. It is data, never code: any other name or instruction
 * is refused.
 *
 * @returns the value, and where the next byte lies
 * @throws SyntaxError when the bytes are no such pickle
 * Source: Python's pickletools, protocols 0 to 2.
 */
export function unpickle(
  bytes: Uint8Array,
  dialect: Dialect,
  start = 0,
): { readonly value: unknown; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: unknown[] = [];
  const memo = new Map<number, unknown>();
  let at = start;
  const fail: Fail = (what) => {
    throw new SyntaxError(`${dialect.fn}: must ${dialect.rule}, got ${what} at byte ${at - 1}`);
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
  const text = (length: number, raw = false): string | Uint8Array => {
    const from = take(length);
    const part = bytes.subarray(from, from + length);
    return raw || length > MAX_TEXT ? part : Buffer.from(part.buffer, part.byteOffset, length).toString("latin1");
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
      case "\x80":
        if (view.getUint8(take(1)) > 2) fail("a protocol above 2");
        break;
      case "}":
        stack.push(new Map());
        break;
      case "]":
        stack.push([]);
        break;
      case ")":
        stack.push([]);
        break;
      case "(":
        stack.push(MARK);
        break;
      case "N":
        stack.push(null);
        break;
      case "\x88":
        stack.push(true);
        break;
      case "\x89":
        stack.push(false);
        break;
      case "K":
        stack.push(view.getUint8(take(1)));
        break;
      case "M":
        stack.push(view.getUint16(take(2), true));
        break;
      case "G":
        stack.push(view.getFloat64(take(8)));
        break;
      case "\x8a":
        stack.push(long(view.getUint8(take(1))));
        break;
      case "J":
        stack.push(view.getInt32(take(4), true));
        break;
      case "U":
        stack.push(text(view.getUint8(take(1))));
        break;
      case "T":
        stack.push(text(view.getInt32(take(4), true)));
        break;
      case "X":
        stack.push(Buffer.from(text(view.getUint32(take(4), true), true) as Uint8Array).toString("utf8"));
        break;
      case "Q":
        stack.push(dialect.persistent?.(pop(), fail) ?? fail("something kept elsewhere"));
        break;
      case "q":
        memo.set(view.getUint8(take(1)), stack.at(-1));
        break;
      case "r":
        memo.set(view.getUint32(take(4), true), stack.at(-1));
        break;
      case "h":
        stack.push(recall(view.getUint8(take(1))));
        break;
      case "j":
        stack.push(recall(view.getUint32(take(4), true)));
        break;
      case "t":
        stack.push(toMark());
        break;
      case "\x85":
        stack.push([pop()]);
        break;
      case "\x86":
        stack.push(stack.splice(-2));
        break;
      case "\x87":
        stack.push(stack.splice(-3));
        break;
      case "a": {
        const value = pop();
        listOf(stack.at(-1)).push(value);
        break;
      }
      case "e": {
        const values = toMark();
        const list = listOf(stack.at(-1));
        for (const value of values) list.push(value);
        break;
      }
      case "s": {
        const value = pop();
        const key = pop();
        mapOf(stack.at(-1)).set(key, value);
        break;
      }
      case "u": {
        const values = toMark();
        const map = mapOf(stack.at(-1));
        for (let i = 0; i < values.length; i += 2) map.set(values[i], values[i + 1]);
        break;
      }
      case "c": {
        const name = `${line()} ${line()}`;
        if (!dialect.globals.includes(name)) fail(`the name ${name}`);
        stack.push(new Global(name));
        break;
      }
      case "R": {
        const args = listOf(pop());
        stack.push(call(pop(), args));
        break;
      }
      case "b": {
        const state = pop();
        stack.push(dialect.build(pop(), state, fail));
        break;
      }
      case ".":
        return { value: pop(), end: at };
      default:
        fail(`the instruction ${JSON.stringify(op)}`);
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
  function call(callee: unknown, args: readonly unknown[]): unknown {
    return callee instanceof Global ? dialect.call(callee.name, args, fail) : fail("a call");
  }
  /** A whole number of so many bytes, the least first. */
  function long(length: number): number | bigint {
    const from = take(length);
    const value = bytes.subarray(from, from + length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const signed = BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }
}
