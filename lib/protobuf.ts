/** As much of protocol buffers' wire format as profiles, event files and ONNX need. Source: protobuf.dev. */

/** A message as it was read: for each field number its values, in order. */
export type Message = ReadonlyMap<number, readonly (bigint | Uint8Array)[]>;

/** @throws SyntaxError for bytes that are no message */
export function readMessage(bytes: Uint8Array): Message {
  const fields = new Map<number, (bigint | Uint8Array)[]>();
  let at = 0;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length)
      throw new SyntaxError(`protobuf: a field ends at byte ${at + count} of ${bytes.length}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new SyntaxError(`protobuf: a varint of more than ten bytes at byte ${at}`);
  };
  const fixed = (count: number): bigint => take(count).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  while (at < bytes.length) {
    const tag = Number(varint());
    const wireType = tag & 7;
    const field = Math.floor(tag / 8);
    const value =
      wireType === 0
        ? varint()
        : wireType === 1
          ? fixed(8)
          : wireType === 5
            ? fixed(4)
            : wireType === 2
              ? take(Number(varint()))
              : undefined;
    if (value === undefined) throw new SyntaxError(`protobuf: unknown wire type ${wireType} before byte ${at}`);
    const known = fields.get(field);
    if (known) known.push(value);
    else fields.set(field, [value]);
  }
  return fields;
}

/** The messages in a repeated field. */
export function messages(message: Message, field: number): Message[] {
  return (message.get(field) ?? []).map((value) => readMessage(value as Uint8Array));
}

/** The last value of an integer field, or 0. int64 is read as a signed number. */
export function integer(message: Message, field: number): number {
  const value = message.get(field)?.at(-1);
  return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
}

/** The integers of a repeated field, written one by one or packed. */
export function packed(message: Message, field: number): number[] {
  return (message.get(field) ?? []).flatMap((value) => {
    if (typeof value === "bigint") return [Number(BigInt.asIntN(64, value))];
    const numbers: number[] = [];
    let [number, shift] = [0n, 0n];
    for (const byte of value) {
      number |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
      if (byte >= 0x80) continue;
      numbers.push(Number(BigInt.asIntN(64, number)));
      [number, shift] = [0n, 0n];
    }
    return numbers;
  });
}

/** The last value of a string field, or "". */
export function string(message: Message, field: number): string {
  const value = message.get(field)?.at(-1);
  return value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : "";
}

/**
 * What a field can be written from: a whole number, text, a message's or bytes' encoding, or a number of 4 or 8 bytes.
 */
export type FieldValue =
  | number
  | bigint
  | string
  | Uint8Array
  | { readonly float: number }
  | { readonly double: number };

/** Encodes a message of [field number, value] pairs; integers as varints. */
export function writeMessage(fields: readonly (readonly [field: number, value: FieldValue])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [field, value] of fields) {
    if (typeof value === "number" || typeof value === "bigint") parts.push(writeVarint(field * 8), writeVarint(value));
    else if (typeof value === "object" && "float" in value) {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(value.float);
      parts.push(writeVarint(field * 8 + 5), bytes);
    } else if (typeof value === "object" && "double" in value) {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value.double);
      parts.push(writeVarint(field * 8 + 1), bytes);
    } else {
      const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
      parts.push(fieldHeader(field, bytes.length), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** What stands before a field of so many bytes: its number and its length. */
export function fieldHeader(field: number, length: number): Uint8Array {
  return Buffer.concat([writeVarint(field * 8 + 2), writeVarint(length)]);
}

function writeVarint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A packed field of numbers of 8 bytes. */
export function packedDoubles(values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, i) => bytes.writeDoubleLE(value, 8 * i));
  return bytes;
}
