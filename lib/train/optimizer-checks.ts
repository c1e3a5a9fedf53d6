import type { tf } from "../backend/index.js";
import { aTensor, checkValue, listOf } from "../checks.js";

const RULES = {
  "0 or more": (value: number) => value >= 0 && Number.isFinite(value),
  "above 0": (value: number) => value > 0 && Number.isFinite(value),
  "0 to below 1": (value: number) => value >= 0 && value < 1,
};

/** @throws RangeError naming the first setting that breaks its rule */
export function checkRanges(fn: string, settings: object, rules: Readonly<Record<string, keyof typeof RULES>>): void {
  for (const [name, rule] of Object.entries(rules)) {
    const value = (settings as Record<string, unknown>)[name];
    if (typeof value !== "number" || !RULES[rule](value))
      throw new RangeError(`${fn}: ${name} must be ${rule}, got ${name}=${value}`);
  }
}

/** @throws TypeError where they are no variables, RangeError where there is nothing to change */
export function checkVariables(fn: string, variables: readonly tf.Variable[]): void {
  checkValue(fn, "variables", variables, listOf(aTensor));
  if (variables.length === 0) throw new RangeError(`${fn}: there must be at least one variable, got none`);
}
