import { SIZES, type Size } from "./claims.js";

/**
 * Checks the size that a study's parameter names, where it is set: TypeScript takes `"smokey" as Size`.
 * @throws RangeError for another than "smoke", "quick" or "full"
 */
export function checkSize(size: Size): void {
  if (SIZES.includes(size)) return;
  const known = SIZES.map((name) => JSON.stringify(name)).join(", ");
  throw new RangeError(`size: must be one of ${known}, got ${JSON.stringify(size) ?? String(size)}`);
}
