/** One value of a TensorBoard event file. */
interface Summary {
  readonly tag: string;
  readonly step: number;
  /** The elements of the value, a number or a tensor of float32. */
  readonly value: number[];
}

type Field = { readonly number: number; readonly value: bigint | Uint8Array };

/** Splits a protobuf message into its fields. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++]!;
      result |= BigInt(byte & 127) << shift;
      if (byte < 128) return result;
    }
  };
  while (at < message.byteLength) {
    const key = Number(varint());
    const number = key >> 3;
    const wire = key & 7;
    if (wire === 0) yield { number, value: varint() };
    else if (wire === 2) {
      const length = Number(varint());
      yield { number, value: message.subarray(at, (at += length)) };
    } else {
      const bytes = wire === 1 ? 8 : 4;
      yield { number, value: BigInt(bytes === 8 ? view.getBigUint64(at, true) : view.getUint32(at, true)) };
      at += bytes;
    }
  }
}

const field = (message: Uint8Array, number: number) =>
  [...fieldsOf(message)].find((found) => found.number === number)?.value;

/** A float32 from its 32 bits. */
const floatOf = (bits: bigint) => new Float32Array(Uint32Array.of(Number(bits)).buffer)[0]!;

/**
 * Reads the summaries of an event file: TFRecords (length, its CRC, bytes, their CRC) of tensorflow.Event
 * (step 2, summary 5) whose values (field 1) hold a tag (1) and a simple value (2), or
 * a tensor (8) with its content (4) or float values (5).
 */
export function readSummaries(file: Uint8Array): Summary[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const summaries: Summary[] = [];
  for (let at = 0; at < file.byteLength;) {
    const length = Number(view.getBigUint64(at, true));
    const event = file.subarray(at + 12, at + 12 + length);
    at += 12 + length + 4;
    const summary = field(event, 5);
    if (!(summary instanceof Uint8Array)) continue;
    for (const { value } of fieldsOf(summary)) {
      const message = value as Uint8Array;
      const tensor = field(message, 8);
      const bytes = tensor instanceof Uint8Array ? (field(tensor, 4) ?? field(tensor, 5)) : field(message, 2);
      summaries.push({
        tag: Buffer.from(field(message, 1) as Uint8Array).toString(),
        step: Number(field(event, 2) ?? 0),
        value: typeof bytes === "bigint" ? [floatOf(bytes)] : [...new Float32Array(Uint8Array.from(bytes!).buffer)],
      });
    }
  }
  return summaries;
}
