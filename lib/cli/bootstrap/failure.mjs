/** An expected failure: its message is the whole report, and needs no stack. */
export class Failure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "Failure";
  }
}

/**
 * Throws a Failure of one paragraph: what failed and what it costs, then what to do.
 * @param {string} what
 * @param {string} mend
 * @returns {never}
 */
export function fail(what, mend) {
  throw new Failure(`${what} ${mend}`);
}
