/** The scope that each cell's code talks to, and the names that cells carry on to later ones. */
import type { Accessor, CellScope, CreateScopes } from "./cell-scope.js";
import { element, Fragment } from "./jsx.js";
import { Modules } from "./modules.js";

/** Kept from before any cell could replace them. */
const { create, entries, keys, defineProperty } = Object;

export const createScopes: CreateScopes = ({ folder, waiting }) => {
  let carried: Record<string, unknown> = makeNames();
  let accessors = new Map<string, Accessor>();
  let ofRunning: () => Readonly<Record<string, Accessor>> = () => ({});
  const modules = new Modules(folder, waiting);
  return {
    sourceOf: (fileName) => modules.sourceOf(fileName),
    inSight: () => {
      const all = create(null) as Record<string, unknown>;
      for (const [name, accessor] of [...accessors, ...entries(ofRunning())]) defineName(all, name, accessor);
      return all;
    },
    reset: () => {
      carried = makeNames();
      accessors = new Map();
    },
    open: () => {
      let declared: Readonly<Record<string, Accessor>> = {};
      let result: { readonly value: unknown } | undefined;
      let live: readonly string[] | undefined;
      const own = (): Readonly<Record<string, Accessor>> => declared;
      ofRunning = own;
      const scope: CellScope = {
        names: carried,
        binding: (name) => {
          const accessor = accessors.get(name);
          if (accessor === undefined) throw new ReferenceError(`${name} is not defined`);
          return {
            get value() {
              return accessor.get();
            },
            set value(value) {
              if (!accessor.set) throw new TypeError(`Assignment to constant variable '${name}'.`);
              accessor.set(value);
            },
          };
        },
        linkOf: (name) => {
          const link = accessors.get(name)?.link?.();
          if (link === undefined) throw new ReferenceError(`${name} is not defined`);
          return link;
        },
        declare: (all) => void (declared = all),
        result: (value) => void (result = { value }),
        refresh: (taken) => modules.refresh(taken),
        link: (specifier, options, names) => modules.link(specifier, options, names),
        import: (specifier, options, names) => modules.import(specifier, options, names),
        require: modules.require,
        meta: modules.meta,
        ...waiting,
      };
      return {
        scope,
        get result() {
          return result;
        },
        close: () => {
          if (live !== undefined) return live;
          if (ofRunning === own) ofRunning = () => ({});
          const came = keys(declared).filter((name) => cameToBe(declared[name]!));
          for (const name of came) {
            const accessor = declared[name]!;
            accessors.set(name, accessor);
            defineName(carried, name, accessor);
          }
          return (live = came); // last: a termination may strike before, and it is closed again
        },
      };
    },
  };
};

function defineName(names: Record<string, unknown>, name: string, { get, set }: Accessor): void {
  defineProperty(names, name, { get, ...(set ? { set } : {}), configurable: true, enumerable: true });
}

/** A getter that throws is still in its dead zone. */
function cameToBe(accessor: Accessor): boolean {
  try {
    accessor.get();
    return true;
  } catch {
    return false;
  }
}

function makeNames(): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, { h: element, Fragment });
}
