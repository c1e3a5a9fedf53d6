/** The vocabulary of rules that public functions hold their arguments to; `checks.ts` applies them. */
import { didYouMean } from "./nearest.js";
import { isModelLike, isTensorLike, shown, tagOf } from "./value-text.js";

/** One rule for one argument. */
export interface Rule {
  /** The end of "… must be": "a whole number above 0". */
  readonly what: string;
  holds(value: unknown): boolean;
  /** Whether a value of the right kind came, out of range: a RangeError then, and a TypeError otherwise. */
  kindFits?(value: unknown): boolean;
  /** Whether it may be left out. */
  readonly optional?: boolean;
  /** Of a value that does not hold: what within it is wrong, where that can be said. */
  within?(value: unknown, path: string): Fault | undefined;
  /** What an error adds after the value that came: "; did you mean adam?". */
  hint?(value: unknown): string;
  /** The rules of its fields, where it has some. */
  readonly fields?: Rules;
  /** The rule of each of its items. */
  readonly item?: Rule;
}

export type Rules = Readonly<Record<string, Rule>>;

/** What is wrong with a value: "schedule.warmupSteps must be a whole number above 0, got schedule.warmupSteps=-1". */
export interface Fault {
  readonly kind: typeof RangeError | typeof TypeError;
  readonly text: string;
}

/** @returns undefined where the value may pass */
export function faultOf(rule: Rule, value: unknown, path: string): Fault | undefined {
  if ((rule.optional && value === undefined) || rule.holds(value)) return undefined;
  const within = rule.within?.(value, path);
  if (within !== undefined) return within;
  return {
    kind: rule.kindFits?.(value) ? RangeError : TypeError,
    text: `${path} must be ${rule.what}, got ${path}=${shown(value)}${rule.hint?.(value) ?? ""}`,
  };
}

/** The same rule, for an argument that may be left out. */
export function optional(rule: Rule): Rule {
  return { ...rule, optional: true };
}

/** The same rule, for an option of which null says that there is to be none. */
export function orNull(rule: Rule): Rule {
  return { ...rule, what: `${rule.what}, or null for none`, holds: (value) => value === null || rule.holds(value) };
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const numeric = (what: string, holds: (value: number) => boolean): Rule => ({
  what,
  kindFits: isNumber,
  holds: (value) => isNumber(value) && holds(value),
});

/** The ends of a range: `from` and `to` belong to it, `above` and `below` do not. */
export interface Range {
  readonly from?: number;
  readonly above?: number;
  readonly to?: number;
  readonly below?: number;
  /** Whether only whole numbers belong to it. Default false. */
  readonly whole?: boolean;
}

/** A finite number of a range: `inRange({ from: 0, below: 1 })` is "a number from 0 to below 1". */
export function inRange(range: Range): Rule {
  const { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity, whole = false } = range;
  const kind = whole ? Number.isSafeInteger : Number.isFinite;
  return numeric(
    `a ${whole ? "whole " : ""}number ${rangeText(range)}`.trimEnd(),
    (value) => kind(value) && value >= from && value > above && value <= to && value < below,
  );
}

function rangeText({ from, above, to, below }: Range): string {
  const most = below === undefined ? to?.toString() : `below ${below}`;
  if (from !== undefined) return most === undefined ? `of ${from} or more` : `from ${from} to ${most}`;
  if (above !== undefined && most === undefined) return `above ${above}`;
  if (most === undefined) return "";
  const upper = below === undefined ? `at most ${to}` : most;
  return above === undefined ? upper : `above ${above} and ${upper}`;
}

/** A number whose range is checked with what it goes with. */
export const anyNumber: Rule = { what: "a number", holds: isNumber };
export const aCount = inRange({ above: 0, whole: true });
export const aNatural = inRange({ from: 0, whole: true });
export const anInteger = inRange({ whole: true });
export const aNumber = numeric("a finite number", Number.isFinite);
export const aboveZero = inRange({ above: 0 });
export const notNegative = inRange({ from: 0 });
/** A probability of leaving out, a decay of a running mean: what 1 minus it divides by stays above 0. */
export const aRate = inRange({ from: 0, below: 1 });
/** A part of a whole. */
export const aShare = inRange({ from: 0, to: 1 });
/** The size of a window with a middle. */
export const anOddCount = numeric("an odd whole number above 0", (value) => aCount.holds(value) && value % 2 === 1);
export const aText: Rule = { what: "a text", holds: (value) => typeof value === "string" };
/** A text that a reader is to see. */
export const aTitle: Rule = {
  what: "a text, not empty",
  kindFits: aText.holds,
  holds: (value) => typeof value === "string" && value.trim() !== "",
};
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
export const aTensor: Rule = { what: "a tensor", holds: isTensorLike };
export const aModel: Rule = { what: "a model", holds: isModelLike };
/** An image's size. */
export const anImageShape: Rule = {
  what: "[H, W, C], whole numbers above 0",
  kindFits: (value) => Array.isArray(value) && value.length === 3 && value.every(isNumber),
  holds: (value) => Array.isArray(value) && value.length === 3 && value.every((size) => aCount.holds(size)),
};

/** Whether [H, W, C] is a likely [C, H, W]: few rows, and more channels than an image has. */
export function looksChannelsFirst([height, width, channels]: readonly [number, number, number]): boolean {
  return [1, 3, 4].includes(height) && width >= 8 && channels >= 8;
}

/** One of some names or numbers; an error adds the name that was probably meant. */
export function oneOf(choices: readonly (string | number)[]): Rule {
  const names = choices.filter((choice) => typeof choice === "string");
  return {
    what: `one of ${choices.join(", ")}`,
    kindFits: (value) => typeof value === typeof choices[0],
    holds: (value) => choices.includes(value as never),
    hint: (value) => didYouMean(value, names),
  };
}
