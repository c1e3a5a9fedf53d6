import type { CApi, Pointer } from "./c-api.js";

/** The size of a `TF_TString` inside a string tensor. */
export const STRING_BYTES = 24;

/** Makes TensorFlow's strings from `values` in the fresh memory at `start`. */
export function writeStrings(c: CApi, start: Pointer, values: readonly Uint8Array[]): void {
  values.forEach((value, i) => {
    const string = at(start, i);
    c.TF_StringInit(string);
    if (value.byteLength > 0) c.TF_StringCopy(string, value, value.byteLength);
  });
}

/** Copies `count` of TensorFlow's strings out, byte for byte. */
export function readStrings(c: CApi, start: Pointer, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const string = at(start, i);
    const bytes = new Uint8Array(Number(c.TF_StringGetSize(string)));
    if (bytes.byteLength > 0) c.memcpy(bytes, c.TF_StringGetDataPointer(string), bytes.byteLength);
    return bytes;
  });
}

/** Frees what the strings hold outside of themselves. */
export function deallocStrings(c: CApi, start: Pointer, count: number): void {
  for (let i = 0; i < count; i++) c.TF_StringDealloc(at(start, i));
}

function at(start: Pointer, index: number): Pointer {
  return BigInt(start) + BigInt(index * STRING_BYTES);
}
