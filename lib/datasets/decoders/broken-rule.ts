/** A whole picture of a form that is not read, whose rule is said in the place of the general one. */
export class BrokenRule extends Error {
  /** @param rule "values must be of 8 bits" @param got "floating-point numbers" */
  constructor(rule: string, got: string) {
    super(`${rule}, got ${got}`);
  }
}
