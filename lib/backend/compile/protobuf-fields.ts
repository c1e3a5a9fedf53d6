/** The length-delimited fields of a protobuf message; the others are skipped. */
export function* fieldsOf(message: Uint8Array): Generator<{ number: number; bytes: Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let result = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      result += (byte & 127) * scale;
      if (byte < 128) return result;
    }
  };
  while (at < message.byteLength) {
    const key = varint();
    const wireType = key & 7;
    if (wireType === 2) {
      const length = varint();
      yield { number: key >>> 3, bytes: message.subarray(at, (at += length)) };
    } else if (wireType === 0) varint();
    else at += wireType === 1 ? 8 : 4;
  }
}
