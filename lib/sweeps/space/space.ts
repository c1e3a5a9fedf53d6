import { checkValue, recordOf, shown, type Rule } from "../../checks.js";
import { shownSpace } from "./shown-space.js";

/** One run's settings by name: what JSON can hold. */
export type Config = Readonly<Record<string, unknown>>;

/** The configs of a sweep, and how they were made. Plain data. */
export interface Space<One extends object = Config> {
  /** What it was made by. */
  readonly kind: "grid" | "sample" | "list";
  /** What they were made of: a grid's values, a sample's distributions; nothing of a list. */
  readonly of: Readonly<Record<string, unknown>>;
  /** A sample's; null of others. */
  readonly seed: number | null;
  /** In the order in which they run. */
  readonly configs: readonly One[];
}

/** The config that a grid of these values has. */
export type ConfigOfGrid<Values extends Readonly<Record<string, readonly unknown[]>>> = {
  readonly [Name in keyof Values]: Values[Name][number];
};

/** The most configs that a space may have. */
const MOST = 100_000;

export const someValues: Rule = {
  what: "an array of one or more values",
  kindFits: Array.isArray,
  holds: (value) => Array.isArray(value) && value.length > 0,
};

/**
 * Every combination of these values: the first name's value changes slowest.
 *
 * @param values one or more of each name: numbers, texts, flags, null, or lists and objects of them
 * @throws TypeError for what JSON cannot hold, RangeError for a name without values, or above 100,000 combinations
 * @example sweeps.grid({ learningRate: [0.01, 0.005], batchSize: [64, 256] }) // 4 configs
 */
export function grid<const Values extends Readonly<Record<string, readonly unknown[]>>>(
  values: Values,
): Space<ConfigOfGrid<Values>> {
  checkValue("grid", "values", values, recordOf(someValues));
  const names = Object.keys(values);
  if (names.length === 0) throw new RangeError("grid: values must have a name or more, got none");
  const count = names.reduce((product, name) => product * values[name]!.length, 1);
  if (count > MOST) throw new RangeError(`grid: values must make at most ${MOST} configs, got ${count}`);
  for (const name of names) checkPlain("grid", `values.${name}`, values[name]);
  const configs = names.reduce<Config[]>(
    (before, name) => before.flatMap((config) => Array.from(values[name]!, (value) => ({ ...config, [name]: value }))),
    [{}],
  );
  return shownSpace({ kind: "grid" as const, of: values, seed: null, configs: configs as ConfigOfGrid<Values>[] });
}

/** A list as a space, or the space that it is. @throws TypeError, RangeError for what is neither */
export function asSpace(fn: string, given: unknown): Space {
  if (!Array.isArray(given)) return checkedSpace(fn, given);
  if (given.length === 0 || given.length > MOST)
    throw new RangeError(`${fn}: space must have 1 to ${MOST} configs, got ${given.length}`);
  given.forEach((config, i) => checkConfig(fn, `space[${i}]`, config));
  return { kind: "list", of: {}, seed: null, configs: given as Config[] };
}

function checkedSpace(fn: string, given: unknown): Space {
  const space = given as Space;
  space.configs.forEach((config, i) => checkConfig(fn, `space.configs[${i}]`, config));
  return space;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  (Object.getPrototypeOf(value) === null || Object.prototype.toString.call(value) === "[object Object]") &&
  !(Symbol.iterator in value);

function checkConfig(fn: string, path: string, config: unknown): void {
  if (!isPlainObject(config)) throw new TypeError(`${fn}: ${path} must be an object, got ${shown(config)}`);
  checkPlain(fn, path, config);
}

/** What a space is, as an argument: one of the library's, or a list of configs. */
export const aSpace: Rule = {
  what: "sweeps.grid(…), sweeps.sample(…) or an array of one or more configs",
  kindFits: Array.isArray,
  holds: (value) => (Array.isArray(value) ? value.length > 0 && value.every(isPlainObject) : isSpace(value)),
  hint: (value) => (isPlainObject(value) ? "; sweeps.grid makes a space of values by name" : ""),
};

function isSpace(value: unknown): boolean {
  return isPlainObject(value) && Array.isArray(value["configs"]) && value["configs"].length > 0 && "kind" in value;
}

/** @throws TypeError naming what within a value JSON cannot hold */
export function checkPlain(fn: string, path: string, value: unknown): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  if (Array.isArray(value)) return value.forEach((item, i) => checkPlain(fn, `${path}[${i}]`, item));
  if (isPlainObject(value))
    return Object.entries(value).forEach(([name, one]) => checkPlain(fn, `${path}.${name}`, one));
  throw new TypeError(
    `${fn}: ${path} must be plain data (numbers, texts, true, false, null, and lists and objects of them), as it ` +
      `goes to another process and into a file, got ${shown(value)}`,
  );
}

/** What differs between the space that a sweep began with and another; undefined where they are the same. */
export function differenceOf(before: Space, now: Space): string | undefined {
  if (JSON.stringify(before.configs) === JSON.stringify(now.configs)) return undefined;
  if (before.kind !== now.kind) return `a ${now.kind} in place of a ${before.kind}`;
  const parts = [...new Set([...Object.keys(before.of), ...Object.keys(now.of)])]
    .filter((name) => text(before.of[name]) !== text(now.of[name]))
    .map((name) => `${name} ${text(now.of[name])} in place of ${text(before.of[name])}`);
  if (before.seed !== now.seed) parts.push(`seed ${now.seed} in place of ${before.seed}`);
  if (before.configs.length !== now.configs.length)
    parts.push(`${now.configs.length} configs in place of ${before.configs.length}`);
  if (parts.length > 0) return parts.join(", ");
  const at = before.configs.findIndex((config, i) => text(config) !== text(now.configs[i]));
  return `config ${at} ${text(now.configs[at])} in place of ${text(before.configs[at])}`;
}

function text(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
