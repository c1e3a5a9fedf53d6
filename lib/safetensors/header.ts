import { shown } from "../checks.js";
import { DTYPE_BYTES, type Dtype } from "./dtypes.js";

/** More axes than any program makes. */
const MOST_AXES = 64;

/** One tensor of a file. */
interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Where its bytes begin and end, from the end of the header. */
  readonly start: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their bytes. */
  readonly entries: readonly TensorEntry[];
}

/**
 * Reads a header and holds it to the format: known types, sizes that fit the shapes, no name twice, and data without
 * overlap or gap from the first byte to the last.
 *
 * @param dataBytes bytes of the file behind the header
 * @param refuse called with what is wrong
 * Source: the format's page, https://github.com/huggingface/safetensors#format
 */
export function parseHeader(json: string, dataBytes: number, refuse: (why: string) => never): Header {
  if (!json.startsWith("{")) refuse("whose header is not a JSON object");
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(json) as Record<string, unknown>;
  } catch (error) {
    return refuse(`whose header is not JSON (${(error as Error).message})`);
  }
  const twice = repeatedName(json);
  if (twice !== undefined) refuse(`with ${JSON.stringify(twice)} twice`);
  const entries = Object.entries(parsed)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, value]) => entryOf(name, value, refuse));
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of entries) {
    if (start < at) refuse(`where the bytes of ${JSON.stringify(name)} overlap another's`);
    if (start > at) refuse(`with ${start - at} bytes before ${JSON.stringify(name)} that belong to no tensor`);
    at = end;
  }
  if (at > dataBytes) refuse(`that is cut off: ${at} bytes of data should follow the header, ${dataBytes} do`);
  if (at < dataBytes) refuse(`with ${dataBytes - at} bytes at its end that belong to no tensor`);
  return { metadata: metadataOf(parsed["__metadata__"], refuse), entries };
}

function entryOf(name: string, value: unknown, refuse: (why: string) => never): TensorEntry {
  const {
    dtype,
    shape,
    data_offsets: offsets,
  } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const called = JSON.stringify(name.slice(0, 200));
  if (
    !isCounts(shape) ||
    shape.length > MOST_AXES ||
    !isCounts(offsets) ||
    offsets.length !== 2 ||
    typeof dtype !== "string"
  )
    return refuse(`whose entry ${called} is not a tensor's: ${shown(value)}`);
  if (!Object.hasOwn(DTYPE_BYTES, dtype))
    refuse(`where ${called} has the type ${dtype.slice(0, 40)}; read are ${Object.keys(DTYPE_BYTES).join(", ")}`);
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce<number>((product, size) => product * size, DTYPE_BYTES[dtype as Dtype]);
  if (!Number.isSafeInteger(bytes) || end - start !== bytes)
    refuse(`where ${called}, ${dtype} [${shape.join(", ")}], should have ${bytes} bytes and has ${end - start}`);
  return { name, dtype: dtype as Dtype, shape, start, end };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}

function metadataOf(value: unknown, refuse: (why: string) => never): Record<string, string> {
  if (value === undefined) return {};
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    Object.values(value).some((text) => typeof text !== "string")
  )
    refuse("whose __metadata__ does not map names to texts");
  return { ...(value as Record<string, string>) };
}

/** A name that an object of the JSON text holds twice, which JSON.parse would not tell. The text is valid JSON. */
function repeatedName(json: string): string | undefined {
  const open: (Set<string> | null)[] = []; // null for a list
  let before = ""; // the last mark but a text's
  for (let at = 0; at < json.length; at++) {
    const mark = json[at]!;
    if (mark === '"') {
      const end = endOfText(json, at);
      const names = open.at(-1);
      if (names && before !== ":") {
        const name = JSON.parse(json.slice(at, end)) as string;
        if (names.has(name)) return name;
        names.add(name);
      }
      at = end - 1;
    } else if ("{[}],:".includes(mark)) {
      before = mark;
      if (mark === "{") open.push(new Set());
      else if (mark === "[") open.push(null);
      else if (mark === "}" || mark === "]") open.pop();
    }
  }
  return undefined;
}

/**
 * Behind the quote that ends the text which begins at `start`. By hand: a pattern's way back would not fit the stack
 * for a long text.
 */
function endOfText(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}
