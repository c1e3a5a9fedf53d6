/** Any value as plain text of bounded length, made in bounded time. */
import { inspect, types } from "node:util";
import { cut, isArray, isProxy, isView, messageOf } from "./safe.js";

const { keys, getOwnPropertyDescriptor, getPrototypeOf, create, defineProperty } = Object;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;

/** How much of a value is shown. */
export const LIMITS = {
  /** Characters of the whole text. */
  text: 20_000,
  /** Characters of a string that is the whole value. */
  string: 10_000,
  /** Characters of a string inside another value. */
  nestedString: 1_000,
  /** Elements of an array, typed array, Map or Set. */
  items: 100,
  /** Properties of an object. */
  properties: 200,
  /** Entries over all levels; levels below that are shown as [Object]. */
  entries: 1_000,
  /** Levels. */
  depth: 4,
} as const;

/**
 * `value` as text: at most 20,000 characters, deep and wide parts cut; getters are never called, but for a module's.
 */
export function toText(value: unknown): string {
  if (typeof value === "string") return inspect(value, { maxStringLength: LIMITS.string });
  const wide = wideObject(value);
  const shown = wide ? wide.head : value;
  const options = extentOf(shown);
  let text: string;
  try {
    text = inspect(shown, options);
  } catch {
    text = withoutCustom(shown, options);
  }
  if (wide) text = `${text.replace(/\s*\}$/, "")},\n  … ${wide.missing} more properties\n}`;
  return cut(text, LIMITS.text);
}

/** For values whose own `util.inspect.custom` or toStringTag throws. */
function withoutCustom(value: unknown, options: object): string {
  try {
    return inspect(value, { ...options, customInspect: false });
  } catch (error) {
    return `[${typeof value} that cannot be shown: ${cut(messageOf(error), 200)}]`;
  }
}

/** The first properties of a plain object that has too many. */
function wideObject(value: unknown): { readonly head: object; readonly missing: number } | null {
  if (typeof value !== "object" || value === null || isProxy(value) || isCollection(value)) return null;
  const names = keys(value);
  if (names.length <= LIMITS.properties) return null;
  const head = create(getPrototypeOf(value) as object | null) as object;
  for (let i = 0; i < LIMITS.items; i++) {
    const name = names[i] as string;
    const descriptor = isModule(value) ? valueIn(value, name) : getOwnPropertyDescriptor(value, name);
    if (descriptor) defineProperty(head, name, descriptor);
  }
  return { head, missing: names.length - LIMITS.items };
}

/** Whether it is a module's namespace, whose getters read the module's names and do nothing else. */
function isModule(value: object): boolean {
  return getPrototypeOf(value) === null && getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module";
}

function valueIn(module: object, name: string): PropertyDescriptor | undefined {
  try {
    return { value: (module as Readonly<Record<string, unknown>>)[name], enumerable: true };
  } catch {
    return undefined; // not there yet, in a circle of imports
  }
}

/** How deep and how far to look: rather fewer elements of each array than fewer than two levels. */
function extentOf(value: unknown): { depth: number; maxArrayLength: number; maxStringLength: number } {
  let items: number = LIMITS.items;
  let { depth, byWidth } = shownDepth(value, items);
  for (const fewer of [20, 6]) {
    if (depth >= 2 || byWidth) break; // fewer elements do not make an object narrower
    items = fewer;
    ({ depth, byWidth } = shownDepth(value, items));
  }
  return { depth, maxArrayLength: depth < 2 ? LIMITS.items : items, maxStringLength: LIMITS.nestedString };
}

/**
 * The deepest level at which all levels together have at most LIMITS.entries entries, and whether one object's width
 * ended it.
 */
function shownDepth(value: unknown, items: number): { readonly depth: number; readonly byWidth: boolean } {
  let level: unknown[] = [value];
  let total = 0;
  for (let depth = 0; depth <= LIMITS.depth; depth++) {
    const next: unknown[] = [];
    for (let i = 0; i < level.length; i++) {
      const count = addChildren(level[i], next, items);
      total += count;
      const byWidth = count > LIMITS.properties;
      if (depth > 0 && (byWidth || total > LIMITS.entries)) return { depth: depth - 1, byWidth };
    }
    if (next.length === 0) break;
    level = next;
  }
  return { depth: LIMITS.depth, byWidth: false };
}

/** Adds to `into` the objects that one more level would show, and returns how many entries that level has. */
function addChildren(value: unknown, into: unknown[], items: number): number {
  if (typeof value !== "object" || value === null) return 0;
  // A proxy's target cannot be seen from here: allow it no further level.
  if (isProxy(value)) return LIMITS.entries;
  if (isView(value) || types.isAnyArrayBuffer(value)) return 1;
  let count = 0;
  const add = (child: unknown): void => {
    count++;
    if (typeof child === "object" && child !== null) into[into.length] = child;
  };
  if (isArray(value)) {
    for (let i = 0; i < value.length && i < items; i++) addProperty(value, `${i}`, add);
  } else if (types.isMap(value)) {
    const iterator = mapEntries.call(value) as Iterator<[unknown, unknown]>;
    for (let i = 0, step = iterator.next(); !step.done && i < items; i++, step = iterator.next()) {
      add(step.value[0]);
      add(step.value[1]);
    }
  } else if (types.isSet(value)) {
    const iterator = setValues.call(value) as Iterator<unknown>;
    for (let i = 0, step = iterator.next(); !step.done && i < items; i++, step = iterator.next()) add(step.value);
  } else {
    const names = keys(value);
    if (names.length > LIMITS.properties) return names.length;
    for (let i = 0; i < names.length; i++) addProperty(value, names[i] as string, add);
  }
  return count;
}

function addProperty(value: object, name: string, add: (child: unknown) => void): void {
  const descriptor = getOwnPropertyDescriptor(value, name);
  if (descriptor) add(descriptor.value); // a getter is shown as [Getter]
}

function isCollection(value: object): boolean {
  return isArray(value) || isView(value) || types.isMap(value) || types.isSet(value) || types.isAnyArrayBuffer(value);
}
