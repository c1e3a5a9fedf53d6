import type { StoredTensor } from "../../safetensors/index.js";

/** Types whose numbers are no weights: complex ones, and parts of a byte, which stay bytes. */
const NO_WEIGHTS = ["C64", "F4", "F6_E2M3", "F6_E3M2"];

/**
 * A stored tensor's numbers as float32.
 *
 * @param name theirs
 * @throws TypeError for a type that no weight has
 */
export function float32(fn: string, name: string, { dtype, values }: StoredTensor): Float32Array {
  if (NO_WEIGHTS.includes(dtype)) {
    throw new TypeError(`${fn}: a weight must be of real numbers, got ${name} of the type ${dtype}`);
  }
  if (values instanceof Float32Array) return values;
  const large = values instanceof BigInt64Array || values instanceof BigUint64Array;
  return large ? Float32Array.from(values as BigInt64Array, Number) : Float32Array.from(values as Float64Array);
}

/** "NaN in head/kernel (3 of 30 numbers)" where not all of these are finite, else undefined. */
export function notFinite(name: string, values: Float32Array | Int32Array): string | undefined {
  let [count, first] = [0, 0];
  for (const value of values) {
    if (Number.isFinite(value)) continue;
    if (count === 0) first = value;
    count++;
  }
  return count === 0 ? undefined : `${first} in ${name} (${count} of ${values.length} numbers)`;
}
