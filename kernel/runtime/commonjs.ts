/**
 * CommonJS as cells import it: every property of `module.exports` is a name, also those that Node's lexer does not see
 * in the text; and files of the user's own run again when they, or what they require, changed.
 */
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { inspect, type CustomInspectFunction } from "node:util";
import { isInstalled, stampOf } from "../both/locate-file.js";

/** A module's names and their values, as `import * as` gives them. */
export type Namespace = Record<string, unknown>;

const { cache } = createRequire(import.meta.url);
const namespaces = new WeakMap<object, Namespace>();
const ROOTS: ReadonlySet<unknown> = new Set([Object.prototype, Function.prototype, Array.prototype, null]);

/** The namespace of a module that Node imported from `path`: its own, or for CommonJS one with every name. */
export function withEveryName(namespace: Namespace, path: string): Namespace {
  const module = cache[path];
  return module !== undefined && module.exports === namespace["default"] ? namespaceOf(module.exports) : namespace;
}

/**
 * What a CommonJS module exports by name, each read when it is used, and all of it as the default. Where it says that
 * it was compiled from a module (`__esModule`), the default is that module's, as the checker takes it.
 */
export function namespaceOf(exports: unknown): Namespace {
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return makeNamespace(exports);
  const namespace = namespaces.get(exports) ?? makeNamespace(exports);
  namespaces.set(exports, namespace);
  return namespace;
}

/** A module's namespace without names yet; shown with the values that its names have, as Node's own are. */
export function emptyNamespace(): Namespace {
  const namespace = Object.setPrototypeOf({}, null) as Namespace; // V8 reads it faster than one of Object.create
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  const show: CustomInspectFunction = (depth, options) => {
    if (depth < 0) return "[Module]";
    const values = Object.keys(namespace).map((name) => [name, valueOf(namespace, name)] as const);
    return `[Module: null prototype] ${inspect(Object.fromEntries(values), { ...options, depth })}`;
  };
  Object.defineProperty(namespace, inspect.custom, { value: show });
  return namespace;
}

/** What is not there yet, in a circle of imports, is shown as undefined. */
function valueOf(namespace: Namespace, name: string): unknown {
  try {
    return namespace[name];
  } catch {
    return undefined;
  }
}

function makeNamespace(exports: unknown): Namespace {
  const namespace = emptyNamespace();
  const source = Object(exports) as Namespace;
  const add = (name: string, get: () => unknown, enumerable: boolean): void =>
    void Object.defineProperty(namespace, name, { get, enumerable });
  add("default", source["__esModule"] === true && "default" in source ? () => source["default"] : () => exports, true);
  if (source !== exports || Array.isArray(exports)) return namespace;
  for (let at: unknown = source; !ROOTS.has(at); at = Object.getPrototypeOf(at)) {
    for (const [name, { enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      // with a `then`, `import()` would wait for it
      if (!(name in namespace) && name !== "then" && name !== "__esModule")
        add(name, () => source[name], enumerable === true);
    }
  }
  return namespace;
}

/** CommonJS files that are no package's: looked at before they are required. */
export class OwnRequires {
  /** As the files were when they ran. */
  readonly #stamps = new WeakMap<NodeJS.Module, string>();

  /** What a file exports, run again where it has to be. @param require the importing file's */
  load(
    path: string,
    require: NodeJS.Require,
  ): { readonly exports: unknown; readonly module: NodeJS.Module | undefined } {
    const file = realpathSync(path);
    const before = cache[file];
    const stale = before === undefined ? [] : [...behind(before)].filter((one) => this.isStale(one));
    for (const { filename } of stale) delete cache[filename];
    const exports: unknown = require(file);
    const module = cache[file];
    for (const one of module === undefined ? [] : behind(module))
      if (!this.#stamps.has(one)) this.#stamps.set(one, stampOf(one.filename));
    return { exports, module };
  }

  /** Whether it, or something that it requires, changed or ran again since. */
  isStale(module: NodeJS.Module): boolean {
    return [...behind(module)].some((one) => {
      const now = stampOf(one.filename);
      return cache[one.filename] !== one || (this.#stamps.get(one) ?? now) !== now;
    });
  }
}

/** A module and those that it requires, without packages. */
function behind(module: NodeJS.Module, seen = new Set<NodeJS.Module>()): Set<NodeJS.Module> {
  if (seen.has(module) || isInstalled(module.filename)) return seen;
  seen.add(module);
  for (const child of module.children) behind(child, seen);
  return seen;
}
