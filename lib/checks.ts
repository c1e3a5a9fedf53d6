/** What every public function holds its arguments to before it does anything: `fn: rule, got x`. */
import { strangerOf, type Aliases } from "./compound-rules.js";
import { anObject, faultOf, type Rule, type Rules } from "./rules.js";

export * from "./compound-rules.js";
export * from "./rules.js";
export * from "./set-rules.js";
export { shown, tagOf } from "./value-text.js";

/**
 * Checks arguments by their names.
 *
 * @param fn the public name of the function that was called
 * @throws RangeError for a value out of range, TypeError for one that is missing or of another kind
 */
export function checkArguments(fn: string, values: object, rules: Rules): void {
  for (const [name, rule] of Object.entries(rules))
    checkValue(fn, name, (values as Record<string, unknown>)[name], rule);
}

/**
 * Checks an object of options: that it is one, each option that a rule names, and that there is no other. Options
 * within an option have a rule of their own: {@link fields}.
 *
 * @param others further options, which are checked elsewhere
 * @param aliases what options are called in other libraries
 * @throws RangeError for an unknown option (it lists the known, and the nearest) or a value out of range, TypeError for
 *   one of another kind
 */
export function checkOptions(
  fn: string,
  options: unknown,
  rules: Rules,
  others: readonly string[] = [],
  aliases?: Aliases,
): void {
  checkValue(fn, "options", options, anObject);
  const stranger = strangerOf(options as object, [...Object.keys(rules), ...others], { aliases });
  if (stranger !== undefined) throw new stranger.kind(`${fn}: ${stranger.text}`);
  checkArguments(fn, options as object, rules);
}

/**
 * Checks the fields of an object that may have others too.
 *
 * @throws RangeError for a value out of range, TypeError for one that is missing or of another kind
 */
export function checkFields(fn: string, name: string, value: unknown, rules: Rules): void {
  checkValue(fn, name, value, anObject);
  checkArguments(fn, value as object, rules);
}

/** What is told of each check: the audit of the public functions takes from it what they hold their arguments to. */
export type ChecksObserver = (fn: string, name: string, value: unknown, rule: Rule) => void;

let observer: ChecksObserver | undefined;

/** @param next undefined: no one listens any more */
export function observeChecks(next: ChecksObserver | undefined): void {
  observer = next;
}

/** @throws RangeError for a value out of range, TypeError for one that is missing or of another kind */
export function checkValue(fn: string, name: string, value: unknown, rule: Rule): void {
  observer?.(fn, name, value, rule);
  const fault = faultOf(rule, value, name);
  if (fault !== undefined) throw new fault.kind(`${fn}: ${fault.text}`);
}

/**
 * What a public function does by another one, whose errors then begin with the name of the one that was called. A class
 * stays named: "createModel: Linear: units must be …".
 *
 * @param fn the public name of the function that was called
 */
export function calledAs<Result>(fn: string, work: () => Result): Result {
  const rename = (error: unknown): never => {
    throw renamed(fn, error);
  };
  try {
    const result = work();
    return result instanceof Promise ? (result.catch(rename) as Result) : result;
  } catch (error) {
    return rename(error);
  }
}

function renamed(fn: string, error: unknown): unknown {
  if (!(error instanceof Error) || "code" in error) return error; // a code is the system's: "ENOENT: …"
  const [before, name] = /^(\w+): /.exec(error.message) ?? [];
  if (before === undefined || name === fn) return error;
  const message = `${fn}: ${/^[A-Z]/.test(name!) ? error.message : error.message.slice(before.length)}`;
  if (error.stack !== undefined) error.stack = error.stack.replace(error.message, () => message);
  error.message = message;
  return error;
}
