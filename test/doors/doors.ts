/**
 * The audit of public functions. What each holds its arguments to is observed in a valid call; then one argument after
 * another, and each option within one, gets values that its rule does not hold, and must be refused by the name of the
 * function. An argument that the type checker sees, and no rule does, is a fault too.
 */
import { observeChecks, type Rule } from "../../lib/checks.js";
import type { Signature } from "./signatures.js";

/** Of every kind one or two: those that a rule does not hold must be refused where it stands. */
const POOL: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 1.5, 1n, Number.NaN, Number.POSITIVE_INFINITY],
  ...["", "nonsense", {}, [], [{}], () => 1, new Uint8Array(1)],
];

/** One public function. */
export interface Door {
  /** As errors call it. */
  readonly name: string;
  readonly call: (...args: never[]) => unknown;
  /** Arguments that it takes. */
  readonly valid: () => readonly unknown[];
  /** What its errors say of an argument where that is not its name. */
  readonly signature?: Signature;
}

/** A door for the table; a class is called by `new`. */
export function door(name: string, call: unknown, valid: () => readonly unknown[], signature?: Signature): Door {
  return { name, call: call as Door["call"], valid, ...(signature && { signature }) };
}

/** By place, "1.batchSize": the rules that a valid call was seen to hold it to. */
type Held = ReadonlyMap<string, readonly Rule[]>;

/** The rules that a valid call holds its arguments to, those of the functions that it calls with them too. */
async function rulesHeld(door: Door, signature: Signature): Promise<Held> {
  const args = door.valid();
  const held = new Map<string, Rule[]>();
  observeChecks((fn, name, value, rule) => {
    const place = placeOf(name, value, args, signature);
    if (place === undefined) return;
    const given = at(args, place);
    // An argument that was left out is seen in the function's own checks alone, as it is or with its default.
    if (given === undefined ? isOf(fn, door) : Object.is(given, value)) add(held, place, rule);
  });
  try {
    await outcome(door.call, args);
  } finally {
    observeChecks(undefined);
  }
  return held;
}

const isOf = (fn: string, { name }: Door): boolean => fn === name || fn.startsWith(`${name}:`);

/** A rule, and those of the fields and items of what it holds. */
function add(held: Map<string, Rule[]>, place: string, rule: Rule): void {
  held.set(place, [...(held.get(place) ?? []), rule]);
  for (const [name, field] of Object.entries(rule.fields ?? {})) add(held, `${place}.${name}`, field);
  if (rule.item !== undefined) add(held, `${place}[]`, rule.item);
}

/** Where the argument stands that a check calls by a name: "batchSize" is "1.batchSize". */
function placeOf(name: string, value: unknown, args: readonly unknown[], { names, places }: Signature) {
  const path = name.replaceAll(/\[\d+\]/g, "[]");
  const [first = ""] = /^[^.[]+/.exec(path) ?? [];
  if (names.includes(first)) return `${names.indexOf(first)}${path.slice(first.length)}`;
  const within = names.findIndex((_, i) => places.includes(`${i}.${first}`));
  if (within >= 0) return `${within}.${path}`;
  // Whatever a parameter of options is called, its check calls it so.
  const taker = names.findLastIndex((_, i) => places.some((place) => place.startsWith(`${i}.`)));
  if (path === "options" && taker >= 0) return `${taker}`;
  const itself = typeof value === "object" ? args.indexOf(value) : -1;
  return itself < 0 ? undefined : `${itself}`;
}

/**
 * What a door does not check, lets through, or refuses in another form than `name: rule, got x`.
 *
 * @param free places whose values need no rule
 */
export async function faults(door: Door, signature: Signature, free: readonly string[] = []): Promise<string[]> {
  const held = await rulesHeld(door, signature);
  const unchecked = signature.places.filter((place) => !held.has(place) && !free.includes(place));
  const found = unchecked.map((place) => `${door.name}: no rule is seen for ${wordsOf(place, signature)}`);
  const args = door.valid();
  for (const [place, rules] of held) {
    const holds = (value: unknown): boolean =>
      (value === undefined && signature.optional.includes(place)) || rules.every((rule) => passes(rule, value));
    for (const bad of POOL.filter((value) => !holds(value))) {
      const said = await outcome(door.call, replaced(args, segments(place), bad) as unknown[]);
      if (!isRefusal(said, door.name, place))
        found.push(`${door.name} with ${wordsOf(place, signature)} = ${textOf(bad)}: ${saidText(said)}`);
    }
  }
  return found;
}

const passes = (rule: Rule, value: unknown): boolean => (rule.optional && value === undefined) || rule.holds(value);

function isRefusal(said: unknown, name: string, place: string): boolean {
  if (!(said instanceof Error) || (said.stack ?? "").includes("is not iterable")) return false;
  const field = /\.(\w+)(\[\])*$/.exec(place)?.[1] ?? "";
  return said.message.startsWith(`${name}: `) && said.message.includes(", got ") && said.message.includes(field);
}

/** "options.schedule.gamma" */
function wordsOf(place: string, { names }: Signature): string {
  return place.replace(/^\d+/, (i) => names[Number(i)]!);
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : `${String(value)}${Array.isArray(value) ? " (an array)" : ""}`;
const saidText = (said: unknown): string =>
  said instanceof Error ? `${said.name}: ${said.message.slice(0, 200)}` : "let through";

/** "0.series[].x" → ["0", "series", "[]", "x"] */
const segments = (place: string): string[] => place.match(/\[\]|[^.[\]]+/g) ?? [];

function at(args: readonly unknown[], place: string): unknown {
  const step = (value: unknown, key: string): unknown =>
    (value as Record<string, unknown> | undefined | null)?.[key === "[]" ? "0" : key];
  return segments(place).reduce(step, args as unknown);
}

/** The same with another value at a place; what it lies in is made where it is not there. */
function replaced(value: unknown, [key, ...rest]: readonly string[], bad: unknown): unknown {
  if (key === undefined) return bad;
  if (key === "[]" || Array.isArray(value)) {
    const list = Array.isArray(value) ? [...(value as unknown[])] : [];
    const i = key === "[]" ? 0 : Number(key);
    list[i] = replaced(list[i], rest, bad);
    return list;
  }
  const copy: Record<string, unknown> = typeof value === "object" ? { ...value } : {};
  return { ...copy, [key]: replaced(copy[key], rest, bad) };
}

async function outcome(call: Door["call"], args: readonly unknown[]): Promise<unknown> {
  try {
    const result: unknown = call(...(args as never[]));
    if (typeof (result as PromiseLike<unknown> | null)?.then === "function") await result;
    return undefined;
  } catch (error) {
    return error;
  }
}
