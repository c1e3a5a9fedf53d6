/** What a debugger sees of the main thread; the debug room, on the worker thread, calls it through V8's inspector. */
import { types } from "node:util";
import type { Bundle } from "../contract.js";
import type { AwaitingCall, Look, Looks } from "../both/looks.js";
import type { Scopes } from "./cell-scope.js";
import { isSequence, oneLine } from "./values/one-line.js";
import { isArray, isProxy, read } from "./values/safe.js";
import { isTensorLike, tensorText } from "./values/tensor-text.js";
import { toText } from "./values/text.js";
import { toBundle } from "./values/to-bundle.js";
import type { ErrorContext } from "./errors/error-context.js";

const { create, defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames, getPrototypeOf, is, keys } = Object;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;

/** Members of one value that are listed at once. */
const MAX_MEMBERS = 1000;

/** Puts {@link Looks} where the debugger finds them. */
export function installLooks(scopes: Scopes, errors: ErrorContext): void {
  const kept = new Map<string, unknown>();
  let isLooking = false;
  /** A library that refuses to have its values read just now may let a debugger see them, or say why not. */
  const looking = <Seen>(look: () => Seen): Seen => {
    isLooking = true;
    try {
      return look();
    } finally {
      isLooking = false;
    }
  };
  const looks: Looks = {
    names: () => scopes.inSight(),
    list: () => keys(scopes.inSight()),
    values: () => valuesOf(scopes.inSight()),
    members: (value, kind, start, count) => looking(() => members(value, kind, start, count)),
    lines: (object) => looking(() => lines(object)),
    line: (value) => looking(() => oneLine(value)),
    same: is,
    bundle: (value, stopped) => looking(() => bundle(value, stopped, errors)),
    awaiting,
    sourceOf: (file) => scopes.sourceOf(file) ?? null,
    keep: (name, value) => void kept.set(name, value),
    kept: (name) => {
      const value = kept.get(name);
      kept.delete(name);
      return value;
    },
  };
  defineProperty(globalThis, Symbol.for("Jupyter.looks"), { value: looks });
  defineProperty(globalThis, Symbol.for("Jupyter.looking"), { get: () => isLooking });
}

function bundle(value: unknown, stopped: boolean, errors: ErrorContext): Bundle | Promise<Bundle> {
  const shown = toBundle(value, errors);
  if (!stopped || !types.isPromise(shown)) return shown;
  void shown.catch(() => undefined);
  return { data: { "text/plain": toText(value) }, metadata: {} }; // nothing asynchronous comes at a stop
}

function valuesOf(names: object): object {
  const values = create(null) as object;
  for (const name of keys(names)) {
    try {
      set(values, name, (names as Record<string, unknown>)[name]);
    } catch {
      // it is still in its dead zone
    }
  }
  return values;
}

function members(value: unknown, kind: "indexed" | "named" | undefined, start: number, count: number): object {
  const found = create(null) as object;
  if (typeof value !== "object" || value === null || isProxy(value)) return found;
  const end = start + Math.min(count, MAX_MEMBERS);
  const isList = isArray(value) || isSequence(value);
  if (isList && kind !== "named")
    for (let i = start; i < value.length && i < end; i++) set(found, `${i}`, read(value, i));
  if (kind === "indexed") return found;
  const names = isList ? keys(value).filter((name) => !/^\d+$/.test(name)) : getOwnPropertyNames(value);
  for (const name of isList && kind === undefined ? names : names.slice(start, end)) {
    const descriptor = getOwnPropertyDescriptor(value, name);
    if (descriptor !== undefined) defineProperty(found, name, { ...descriptor, configurable: true, enumerable: true });
  }
  addInner(value, found);
  return found;
}

/** What a value holds that is no property: a Map's entries, a tensor's numbers, its prototype. */
function addInner(value: object, found: object): void {
  if (types.isMap(value)) set(found, "[[Entries]]", [...(mapEntries.call(value) as Iterable<unknown>)]);
  if (types.isSet(value)) set(found, "[[Entries]]", [...(setValues.call(value) as Iterable<unknown>)]);
  if (isTensorLike(value)) set(found, "[[Values]]", tensorText(value));
  const prototype = getPrototypeOf(value) as object | null;
  if (prototype !== null && prototype !== Object.prototype && !isArray(value)) set(found, "[[Prototype]]", prototype);
}

function lines(object: object): Readonly<Record<string, Look>> {
  const found = create(null) as Record<string, Look>;
  for (const name of getOwnPropertyNames(object)) {
    const descriptor = descriptorOf(object, name);
    if (descriptor === undefined) continue;
    found[name] =
      "value" in descriptor
        ? oneLine(descriptor.value)
        : { text: "a getter: not called", type: "getter", named: 0, indexed: 0 };
  }
  return found;
}

/** V8 finds who awaits when a stack is asked for: nothing that runs pays for it. */
function awaiting(): readonly AwaitingCall[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = Infinity;
    Error.prepareStackTrace = (_, sites) => sites;
    const sites = new Error().stack as unknown as readonly (NodeJS.CallSite & { isAsync(): boolean })[];
    return sites
      .filter((site) => site.isAsync() && site.getFileName() != null) // Promise.all has no file
      .map((site) => ({
        file: site.getFileName()!,
        lineNumber: (site.getLineNumber() ?? 1) - 1,
        columnNumber: (site.getColumnNumber() ?? 1) - 1,
        name: site.getFunctionName() ?? "",
      }));
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

/** Undefined also for a scope's name that is still in its dead zone, which V8 refuses to tell since Node 22. */
function descriptorOf(object: object, name: string): PropertyDescriptor | undefined {
  try {
    return getOwnPropertyDescriptor(object, name);
  } catch {
    return undefined;
  }
}

function set(object: object, name: string, value: unknown): void {
  defineProperty(object, name, { value, writable: true, configurable: true, enumerable: true });
}
