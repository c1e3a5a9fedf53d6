import type { tf } from "../backend/index.js";
import { aTensor, checkValue, listOf } from "../checks.js";

/** @throws TypeError where they are no variables, RangeError where there is nothing to change */
export function someVariables(fn: string, variables: readonly tf.Variable[]): void {
  checkValue(fn, "variables", variables, listOf(aTensor));
  if (variables.length === 0) throw new RangeError(`${fn}: there must be at least one variable, got none`);
}
