/** Values that look like a tensor of any library: `shape`, `dtype` and `dataSync()`. */
import { cut, isArray, messageOf, read } from "./safe.js";

/** Elements read at once; of larger tensors only the first rows are read. */
const MAX_READ = 1 << 24;

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  dataSync(): ArrayLike<unknown>;
}

/** Whether `value` has the three members by which a tensor is known. */
export function isTensorLike(value: object): value is TensorLike {
  return (
    typeof read(value, "dataSync") === "function" &&
    typeof read(value, "dtype") === "string" &&
    isShape(read(value, "shape"))
  );
}

function isShape(shape: unknown): shape is readonly number[] {
  if (!isArray(shape)) return false;
  for (let i = 0; i < shape.length; i++) if (!Number.isInteger(shape[i])) return false;
  return true;
}

/** `Tensor float32 [2, 3]` and an excerpt of its numbers; a disposed one says so. */
export function tensorText(tensor: TensorLike): string {
  const { shape, dtype } = tensor;
  const head = `${title(tensor)} ${dtype} [${list(shape)}]`;
  if (read(tensor, "isDisposed") === true) return `${head}, disposed`;
  try {
    const rows = readRows(tensor);
    return cut(`${head}\n${excerpt(rows.data, rows.shape, dtype === "complex64", shape)}`, 20_000);
  } catch (error) {
    return `${head}, not readable: ${cut(messageOf(error), 300)}`;
  }
}

function title(tensor: TensorLike): string {
  const name = read(read(tensor, "constructor"), "name");
  const own = read(tensor, "name");
  // minified names say nothing
  const kind = typeof name === "string" && name.length > 2 && name !== "Object" ? name : "Tensor";
  return kind === "Variable" && typeof own === "string" ? `Variable "${own}"` : kind;
}

/** All numbers, or those of the first rows of a very large tensor. */
function readRows(tensor: TensorLike): { data: ArrayLike<unknown>; shape: readonly number[] } {
  const { shape } = tensor;
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number;
  const slice = read(tensor, "slice");
  if (size <= MAX_READ || typeof slice !== "function") return { data: tensor.dataSync(), shape };
  const kept: number[] = [];
  const begin: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    begin[i] = 0;
    kept[i] = Math.min(shape[i] as number, 7);
  }
  const head = slice.call(tensor, begin, kept) as TensorLike & { dispose?(): void };
  try {
    return { data: head.dataSync(), shape: kept };
  } finally {
    head.dispose?.();
  }
}

/** Nested brackets; of a long axis the first and last entries. `full` is the whole tensor's shape. */
function excerpt(
  data: ArrayLike<unknown>,
  shape: readonly number[],
  complex: boolean,
  full: readonly number[],
): string {
  const edge = shape.length <= 2 ? 3 : shape.length === 3 ? 2 : 1;
  const integers = allIntegers(data);
  const walk = (axis: number, offset: number, indent: string): string => {
    if (axis === shape.length) return element(data, offset, complex, integers);
    const n = shape[axis] as number;
    let stride = 1;
    for (let i = axis + 1; i < shape.length; i++) stride *= shape[i] as number;
    const last = axis === shape.length - 1;
    const separator = last ? ", " : `,\n${indent} `;
    let text = "";
    for (let i = 0; i < n; i++) {
      const truncated = n < (full[axis] as number);
      if (n > 2 * edge && i === edge) {
        text += `${separator}…`;
        if (truncated) break; // the far end was not read
        i = n - edge;
      }
      text += (i === 0 ? "" : separator) + walk(axis + 1, offset + i * stride, `${indent} `);
    }
    return `[${text}]`;
  };
  return walk(0, 0, "");
}

function element(data: ArrayLike<unknown>, index: number, complex: boolean, integers: boolean): string {
  if (complex)
    return `${number(data[2 * index], false)}${sign(data[2 * index + 1])}${number(data[2 * index + 1], false)}i`;
  const value = data[index];
  return typeof value === "string" ? JSON.stringify(cut(value, 60)) : number(value, integers);
}

function sign(value: unknown): string {
  return typeof value === "number" && (value < 0 || Object.is(value, -0)) ? "" : "+";
}

/** Four significant digits, as much as a glance takes in. */
function number(value: unknown, integers: boolean): string {
  if (typeof value !== "number" || integers || !Number.isFinite(value)) return `${String(value)}`;
  const digits = value.toPrecision(4);
  return digits.includes("e") || !digits.includes(".") ? digits : digits.replace(/\.?0+$/, "");
}

function allIntegers(data: ArrayLike<unknown>): boolean {
  for (let i = 0; i < data.length && i < 10_000; i++)
    if (typeof data[i] === "number" && !Number.isInteger(data[i])) return false;
  return true;
}

function list(numbers: readonly number[]): string {
  let text = "";
  for (let i = 0; i < numbers.length; i++) text += (i ? ", " : "") + numbers[i];
  return text;
}
