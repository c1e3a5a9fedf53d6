/** What every public function holds its arguments to before it does anything: `fn: rule, got x`. */
import { inspect } from "node:util";

/** One rule for one argument. */
export interface Rule {
  /** The end of "… must be": "a whole number above 0". */
  readonly what: string;
  holds(value: unknown): boolean;
  /** Whether a value of the right kind came, out of range: a RangeError then, and a TypeError otherwise. */
  kindFits?(value: unknown): boolean;
  /** Whether it may be left out. */
  readonly optional?: boolean;
  /** Of a value that has most of what is asked for: the field that is wrong, by its own rule. */
  wrongField?(value: unknown): readonly [name: string, rule: Rule] | undefined;
}

export type Rules = Readonly<Record<string, Rule>>;

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
 * Checks an object of options: that it is one, each option that a rule names, and that there is no other.
 *
 * @param others further options, which are checked elsewhere
 * @throws RangeError for an unknown option or a value out of range, TypeError for one of another kind
 */
export function checkOptions(fn: string, options: unknown, rules: Rules, others: readonly string[] = []): void {
  checkValue(fn, "options", options, anObject);
  const known = [...Object.keys(rules), ...others];
  const stranger = Object.keys(options as object).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new RangeError(`${fn}: an option must be one of ${known.join(", ")}, got ${stranger}`);
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

/** @throws RangeError for a value out of range, TypeError for one that is missing or of another kind */
export function checkValue(fn: string, name: string, value: unknown, rule: Rule): void {
  if ((rule.optional && value === undefined) || rule.holds(value)) return;
  const [field, itsRule] = rule.wrongField?.(value) ?? [];
  if (field !== undefined && itsRule !== undefined)
    return checkValue(fn, `${name}.${field}`, (value as Record<string, unknown>)[field], itsRule);
  const Kind = rule.kindFits?.(value) ? RangeError : TypeError;
  throw new Kind(`${fn}: ${name} must be ${rule.what}, got ${name}=${shown(value)}`);
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

/** The same rule, for an argument that may be left out. */
export function optional(rule: Rule): Rule {
  return { ...rule, optional: true };
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
/** "Uint8Array", whichever realm it is of. */
export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const numeric = (what: string, holds: (value: number) => boolean): Rule => ({
  what,
  kindFits: isNumber,
  holds: (value) => isNumber(value) && holds(value),
});

/** A number whose range is checked with what it goes with. */
export const anyNumber: Rule = { what: "a number", holds: isNumber };
export const aCount = numeric("a whole number above 0", (value) => Number.isSafeInteger(value) && value > 0);
export const aNatural = numeric("a whole number of 0 or more", (value) => Number.isSafeInteger(value) && value >= 0);
export const anInteger = numeric("a whole number", Number.isSafeInteger);
export const aNumber = numeric("a finite number", Number.isFinite);
export const aboveZero = numeric("a number above 0", (value) => value > 0 && Number.isFinite(value));
/** Of a running mean. */
export const aDecay = numeric("a number from 0 to below 1", (value) => value >= 0 && value < 1);
export const aShare = numeric("a number from 0 to 1", (value) => value >= 0 && value <= 1);
export const aText: Rule = { what: "a text", holds: (value) => typeof value === "string" };
export const aFlag: Rule = { what: "true or false", holds: (value) => typeof value === "boolean" };
export const aFunction: Rule = { what: "a function", holds: (value) => typeof value === "function" };
export const anObject: Rule = { what: "an object", holds: (value) => isObject(value) && !Array.isArray(value) };
export const aSignal: Rule = { what: "an AbortSignal", holds: (value) => tagOf(value) === "AbortSignal" };
/** An array or a typed array. */
export const aList: Rule = {
  what: "an array",
  holds: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && tagOf(value) !== "DataView"),
};
/** What a file holds. */
export const someBytes: Rule = { what: "bytes (a Uint8Array)", holds: (value) => tagOf(value) === "Uint8Array" };
export const aTensor: Rule = {
  what: "a tensor",
  holds: (value) => isObject(value) && "dataId" in value && Array.isArray(value["shape"]),
};
export const aModel: Rule = {
  what: "a model",
  holds: (value) =>
    isObject(value) &&
    Array.isArray(value["inputs"]) &&
    Array.isArray(value["outputs"]) &&
    typeof value["apply"] === "function",
};
const SET_FIELDS: Rules = {
  labels: { what: "an Int32Array of class indices", holds: (value) => tagOf(value) === "Int32Array" },
  imageShape: {
    what: "[H, W, C], whole numbers above 0",
    holds: (value) => Array.isArray(value) && value.length === 3 && value.every((size) => aCount.holds(size)),
  },
  classNames: { what: "an array of names", holds: Array.isArray },
};
const MEMORY_FIELDS: Rules = {
  images: { what: "a Uint8Array of pixels, 0 to 255", holds: (value) => tagOf(value) === "Uint8Array" },
  ...SET_FIELDS,
};
const FILE_FIELDS: Rules = { files: { what: "an array of paths", holds: Array.isArray }, ...SET_FIELDS };

/** @param marks the fields by which it is known what an object was meant to be */
function withFields(what: string, fields: Rules, ...marks: readonly string[]): Rule {
  const wrong = (value: Record<string, unknown>) =>
    Object.entries(fields).find(([name, rule]) => !rule.holds(value[name]));
  return {
    what,
    holds: (value) => isObject(value) && wrong(value) === undefined,
    wrongField: (value) =>
      isObject(value) && marks.every((name) => value[name] !== undefined) ? wrong(value) : undefined,
  };
}

/** One split of a dataset, in memory. */
export const anImageSet: Rule = withFields("a set of images (cifar.train, say)", MEMORY_FIELDS, "images", "labels");
/** One split of a dataset, in files. */
export const aFileSet: Rule = withFields("a set of files", FILE_FIELDS, "files", "labels");
export const anySet: Rule = {
  what: "a set of images (cifar.train, say), or of files",
  holds: (value) => anImageSet.holds(value) || aFileSet.holds(value),
  wrongField: (value) => anImageSet.wrongField!(value) ?? aFileSet.wrongField!(value),
};

export function oneOf(choices: readonly (string | number)[]): Rule {
  return {
    what: `one of ${choices.join(", ")}`,
    kindFits: (value) => typeof value === typeof choices[0],
    holds: (value) => choices.includes(value as never),
  };
}

/** An array of which each item holds a rule. */
export function listOf(rule: Rule): Rule {
  return {
    what: `an array, each item ${rule.what}`,
    kindFits: aList.holds,
    holds: (value) => aList.holds(value) && Array.from(value as ArrayLike<unknown>).every((item) => rule.holds(item)),
  };
}

/** Either of two. */
export function either(one: Rule, other: Rule): Rule {
  return {
    what: `${one.what} or ${other.what}`,
    kindFits: (value) => [one, other].some((rule) => rule.kindFits?.(value)),
    holds: (value) => one.holds(value) || other.holds(value),
  };
}

/** A value that came, as an error's text says it: short, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === "function") return `a function`;
  const text = inspect(value, { depth: 1, maxArrayLength: 8, maxStringLength: 100, breakLength: Infinity });
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
