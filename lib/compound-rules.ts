/** Rules made of rules: of lists, and of objects with options of their own. */
import { didYouMean } from "./nearest.js";
import { aList, anObject, faultOf, oneOf, type Fault, type Rule, type Rules } from "./rules.js";

/** An array of which each item holds a rule; of a certain number of items if `length` says so. */
export function listOf(rule: Rule, length?: number): Rule {
  const holds = (value: unknown): value is ArrayLike<unknown> =>
    aList.holds(value) && (length === undefined || (value as ArrayLike<unknown>).length === length);
  const wrong = (value: ArrayLike<unknown>): number => Array.from(value).findIndex((item) => !rule.holds(item));
  return {
    what: `an array${length === undefined ? "" : ` of ${length}`}, each item ${rule.what}`,
    kindFits: aList.holds,
    holds: (value) => holds(value) && wrong(value) < 0,
    within: (value, path) => {
      const at = holds(value) ? wrong(value) : -1;
      return at < 0 ? undefined : faultOf(rule, (value as ArrayLike<unknown>)[at], `${path}[${at}]`);
    },
    item: rule,
  };
}

/** An array of one item or more, each of which holds a rule. */
export function someOf(rule: Rule): Rule {
  const list = listOf(rule);
  return {
    ...list,
    what: `an array of one or more, each item ${rule.what}`,
    holds: (value) => list.holds(value) && (value as ArrayLike<unknown>).length > 0,
  };
}

/** An object of which each field, whatever its name, holds a rule: numbers by name. An error names the field. */
export function recordOf(rule: Rule): Rule {
  const wrong = (value: unknown): readonly [string, unknown] | undefined =>
    Object.entries(value as object).find(([, one]) => !rule.holds(one));
  return {
    what: `an object, each field ${rule.what}`,
    holds: (value) => anObject.holds(value) && wrong(value) === undefined,
    within: (value, path) => {
      const [name, one] = (anObject.holds(value) ? wrong(value) : undefined) ?? [];
      return name === undefined ? undefined : faultOf(rule, one, `${path}[${JSON.stringify(name)}]`);
    },
  };
}

/** One value, or one for each channel of an image: a mean, a standard deviation. */
export function perChannel(rule: Rule, channels?: number): Rule {
  const each = channels === undefined ? "one for each channel" : `one for each of the ${channels} channels`;
  return { ...either(rule, listOf(rule, channels)), what: `${rule.what}, or ${each}` };
}

/** Either of two. What is wrong within is said by the one whose kind it is. */
export function either(one: Rule, other: Rule): Rule {
  return {
    what: `${one.what} or ${other.what}`,
    kindFits: (value) => [one, other].some((rule) => rule.kindFits?.(value)),
    holds: (value) => one.holds(value) || other.holds(value),
    within: (value, path) => one.within?.(value, path) ?? other.within?.(value, path),
    hint: (value) => one.hint?.(value) || other.hint?.(value) || "",
    ...((one.fields ?? other.fields) && { fields: { ...one.fields, ...other.fields } }),
    ...((one.item ?? other.item) && { item: (one.item ?? other.item)! }),
  };
}

/**
 * An object of options: each field holds its rule, and there is no other. An error names the field: "series[1].x".
 *
 * @param what it is, for an error that no object came: "an object of the schedule's options"
 * @param more `others`: further fields, checked elsewhere; `aliases`: what fields are called elsewhere
 */
export function fields(
  what: string,
  rules: Rules,
  { others = [], aliases }: { readonly others?: readonly string[]; readonly aliases?: Aliases | undefined } = {},
): Rule {
  const known = [...Object.keys(rules), ...others];
  const fault = (value: unknown, path: string): Fault | undefined =>
    anObject.holds(value)
      ? (strangerOf(value as object, known, { path, aliases }) ?? wrongField(value, rules, path))
      : undefined;
  return {
    what,
    holds: (value) => anObject.holds(value) && fault(value, "") === undefined,
    within: fault,
    fields: rules,
  };
}

/**
 * An object of options of which one, `key`, says which others there are: an optimizer by its name.
 *
 * @param more `fallback`: the name where `key` is left out; `aliases`: what fields are called elsewhere
 */
export function variant(
  what: string,
  key: string,
  variants: Readonly<Record<string, Rules>>,
  { fallback, aliases = {} }: { readonly fallback?: string; readonly aliases?: Aliases } = {},
): Rule {
  const names: Rule = { ...oneOf(Object.keys(variants)), optional: fallback !== undefined };
  const rulesOf = (name: unknown): Rules => ({ [key]: names, ...variants[(name ?? fallback) as string] });
  const every: Rules = Object.assign({}, ...Object.keys(variants).map(rulesOf));
  const own = (rules: Rules): Aliases =>
    // none to a field that another variant has
    Object.fromEntries(Object.entries(aliases).filter(([, meant]) => meant in rules || !(meant in every)));
  const fault = (value: unknown, path: string): Fault | undefined => {
    if (!anObject.holds(value)) return undefined;
    const name = (value as Record<string, unknown>)[key];
    const rules = rulesOf(name);
    return faultOf(names, name, `${path}.${key}`) ?? fields(what, rules, { aliases: own(rules) }).within!(value, path);
  };
  return {
    what,
    holds: (value) => anObject.holds(value) && fault(value, "") === undefined,
    within: fault,
    fields: every,
  };
}

/**
 * An object that has these fields, and may have others.
 *
 * @param marks the fields by which it is known what an object was meant to be
 */
export function withFields(what: string, rules: Rules, ...marks: readonly string[]): Rule {
  const marked = (value: unknown): boolean =>
    anObject.holds(value) && marks.every((name) => (value as Record<string, unknown>)[name] !== undefined);
  return {
    what,
    holds: (value) => anObject.holds(value) && wrongField(value, rules, "") === undefined,
    within: (value, path) => (marked(value) ? wrongField(value, rules, path) : undefined),
    fields: rules,
  };
}

function wrongField(value: unknown, rules: Rules, path: string): Fault | undefined {
  for (const [name, rule] of Object.entries(rules)) {
    const fault = faultOf(rule, (value as Record<string, unknown>)[name], `${path}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What options are called in other libraries, and here: `{ numWorkers: "workers" }`. */
export type Aliases = Readonly<Record<string, string>>;

/** Those of the aliases that mean one of these options. */
export function aliasesAmong(aliases: Aliases, options: object): Aliases {
  return Object.fromEntries(Object.entries(aliases).filter(([, meant]) => Object.hasOwn(options, meant)));
}

/** Names that a reader no longer takes in at a glance. */
const MANY = 13;

/** The fault of a field that no rule names. */
export function strangerOf(
  value: object,
  known: readonly string[],
  { path, aliases }: { readonly path?: string; readonly aliases?: Aliases | undefined } = {},
): Fault | undefined {
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger === undefined) return undefined;
  const what = path === undefined ? "an option" : `an option of ${path}`;
  const meant = didYouMean(stranger, known, aliases);
  const names = known.length === 0 ? "none" : `one of ${known.join(", ")}`;
  const text =
    meant !== "" && known.length > MANY
      ? `${what} must be known, got ${stranger}${meant} It is ${names}` // what was meant comes before a long list
      : `${what} must be ${names}, got ${stranger}${meant}`;
  return { kind: RangeError, text };
}
