import { checkValue, oneOf } from "../checks.js";
import { SIZES, type Size } from "./claims.js";

/**
 * Checks the size that a study's parameter names, where it is set: TypeScript takes `"smokey" as Size`.
 * @throws RangeError for another text than "smoke", "quick" or "full", with the one that was probably meant; TypeError
 *   for what is no text
 */
export function checkSize(size: Size): void {
  checkValue("size", "size", size, oneOf(SIZES));
}
