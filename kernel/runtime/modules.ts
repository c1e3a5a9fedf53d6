/**
 * Modules as a notebook sees them: packages through Node's own loader from the notebook's folder; local TypeScript,
 * JavaScript and JSON through ours, which runs a file again when it or something it imports changed.
 */
import { readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { CellScope, Waiting } from "./cell-scope.js";
import { isLocal, locate } from "../both/locate.js";

type Namespace = Record<string, unknown>;
type ImportOptions = { readonly with?: Readonly<Record<string, string>> } | undefined;

interface Loaded {
  readonly path: string;
  readonly stamp: string;
  readonly namespace: Namespace;
  readonly imports: Set<string>;
  ready: Promise<void>;
}

/** Packages that the kernel brings where the notebook's folder has none. */
const OWN = /^(saccade|tslab)(\/|$)/;
const ownRequire = createRequire(import.meta.url);

export class Modules {
  readonly require: NodeJS.Require;
  readonly meta: CellScope["meta"];
  readonly #folder: string;
  readonly #waiting: Waiting;
  readonly #native: (specifier: string, options?: ImportOptions) => Promise<Namespace>;
  readonly #loaded = new Map<string, Loaded>();
  readonly #sources = new Map<
    string,
    { readonly title: string; readonly source: string; readonly sourceMap: string }
  >();

  constructor(folder: string, waiting: Waiting) {
    this.#folder = folder;
    this.#waiting = waiting;
    const filename = join(folder, "notebook.ts");
    this.meta = metaOf(filename);
    this.#native = nativeImport(filename);
    this.require = requireFrom(filename);
  }

  sourceOf(
    fileName: string,
  ): { readonly title: string; readonly source: string; readonly sourceMap: string } | undefined {
    return this.#sources.get(fileName);
  }

  import(specifier: string, options?: ImportOptions): Promise<Namespace> {
    return this.#import(String(specifier), options, this.#folder, this.#native, new Set());
  }

  async #import(
    specifier: string,
    options: ImportOptions,
    folder: string,
    native: (specifier: string, options?: ImportOptions) => Promise<Namespace>,
    ancestors: ReadonlySet<string>,
  ): Promise<Namespace> {
    if (!isLocal(specifier))
      return isBuiltin(specifier) ? native(specifier) : importPackage(specifier, options, native);
    const path = locate(specifier, folder);
    if (path === undefined)
      throw Object.assign(new Error(`Cannot find module '${specifier}' from ${folder}`), {
        code: "ERR_MODULE_NOT_FOUND",
      });
    if (path.includes(`${sep}node_modules${sep}`) || path.endsWith(".node") || path.endsWith(".wasm"))
      return native(pathToFileURL(path).href, options);
    return this.#load(path, ancestors);
  }

  async #load(path: string, ancestors: ReadonlySet<string>): Promise<Namespace> {
    const before = this.#loaded.get(path);
    if (before !== undefined && ancestors.has(path)) return before.namespace; // a cycle: its names fill in as it runs
    if (before !== undefined && !this.#isStale(path, new Set())) {
      await before.ready;
      return before.namespace;
    }
    const loaded: Loaded = {
      path,
      stamp: stampOf(path),
      namespace: Object.create(null) as Namespace,
      imports: new Set(),
      ready: Promise.resolve(),
    };
    Object.defineProperty(loaded.namespace, Symbol.toStringTag, { value: "Module" });
    this.#loaded.set(path, loaded);
    try {
      await (loaded.ready = this.#run(loaded, new Set([...ancestors, path])));
    } catch (error) {
      if (this.#loaded.get(path) === loaded) this.#loaded.delete(path); // the next import tries again
      throw error;
    }
    return loaded.namespace;
  }

  #isStale(path: string, seen: Set<string>): boolean {
    if (seen.has(path)) return false;
    seen.add(path);
    const loaded = this.#loaded.get(path);
    return (
      loaded === undefined ||
      loaded.stamp !== stampOf(path) ||
      [...loaded.imports].some((one) => this.#isStale(one, seen))
    );
  }

  async #run(loaded: Loaded, ancestors: ReadonlySet<string>): Promise<void> {
    const { path, namespace } = loaded;
    const extension = extname(path);
    if (extension === ".json") return fill(namespace, JSON.parse(readFileSync(path, "utf8")) as object);
    if (extension === ".cjs" || extension === ".cts" || (extension === ".js" && (await isCommonJs(path)))) {
      delete this.require.cache[path];
      return fill(namespace, this.require(path) as object);
    }
    const source = readFileSync(path, "utf8");
    const { eraseModule } = await import("./erase-module.js"); // the parser loads when a local module does
    const { code, map } = await eraseModule(source, path);
    this.#sources.set(path, { title: relative(this.#folder, path) || basename(path), source, sourceMap: map });
    const main = new vm.Script(code, { filename: path }).runInThisContext() as (scope: object) => Promise<void>;
    await main(this.#scopeOf(loaded, ancestors));
  }

  #scopeOf({ path, namespace, imports }: Loaded, ancestors: ReadonlySet<string>): object {
    const native = nativeImport(path);
    const folder = dirname(path);
    return {
      import: (specifier: string, options?: ImportOptions) => {
        const file = isLocal(specifier) ? locate(specifier, folder) : undefined;
        if (file !== undefined) imports.add(file);
        return this.#import(specifier, options, folder, native, ancestors);
      },
      exports: (accessors: PropertyDescriptorMap) => Object.defineProperties(namespace, accessors),
      star: (from: Namespace) => {
        for (const name of Object.keys(from))
          if (name !== "default" && !(name in namespace))
            Object.defineProperty(namespace, name, { get: () => from[name], enumerable: true });
      },
      require: requireFrom(path),
      meta: metaOf(path),
      ...this.#waiting,
    };
  }
}

/** Node's own `import()`, as if written in `filename`. */
function nativeImport(filename: string): (specifier: string, options?: ImportOptions) => Promise<Namespace> {
  const script = new vm.Script("(specifier, options) => import(specifier, options)", {
    filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const load = script.runInThisContext() as (specifier: string, options?: ImportOptions) => Promise<Namespace>;
  const { emitWarning } = process;
  process.emitWarning = () => undefined; // older Nodes call this loader experimental, at its first import
  try {
    void load("node:path");
  } finally {
    process.emitWarning = emitWarning;
  }
  return load;
}

async function importPackage(
  specifier: string,
  options: ImportOptions,
  native: (specifier: string, options?: ImportOptions) => Promise<Namespace>,
): Promise<Namespace> {
  try {
    return await native(specifier, options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${specifier.split("/")[0]}'`);
    if (!absent || !OWN.test(specifier)) throw error;
    return (await import(pathToFileURL(ownRequire.resolve(specifier)).href)) as Namespace;
  }
}

function requireFrom(filename: string): NodeJS.Require {
  const require = createRequire(filename);
  const withOwn = (specifier: string): unknown => {
    const path = isLocal(specifier) ? locate(specifier, dirname(filename)) : undefined;
    if (path !== undefined && /\.[mc]?tsx?$/.test(path))
      throw new TypeError(
        `require: TypeScript is loaded by import only, got ${specifier}; write import … from "${specifier}" ` +
          `or await import("${specifier}")`,
      );
    try {
      return require(specifier);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND" || !OWN.test(specifier)) throw error;
      return ownRequire(specifier);
    }
  };
  return Object.assign(withOwn, {
    resolve: require.resolve,
    cache: require.cache,
    extensions: require.extensions,
    main: require.main,
  }) as NodeJS.Require;
}

function metaOf(filename: string): CellScope["meta"] {
  const url = pathToFileURL(filename).href;
  return { url, dirname: dirname(filename), filename };
}

function fill(namespace: Namespace, value: object): void {
  Object.defineProperty(namespace, "default", { value, enumerable: true });
  if ((typeof value !== "object" && typeof value !== "function") || value === null || Array.isArray(value)) return;
  for (const name of Object.keys(value))
    if (name !== "default")
      Object.defineProperty(namespace, name, { get: () => (value as Namespace)[name], enumerable: true });
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return "gone";
  }
}

/** A `.js` file without any module syntax, where no package.json says otherwise. */
async function isCommonJs(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      const type = (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { type?: string }).type;
      if (type === "module") return false;
      if (type === "commonjs") return true;
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) break;
    }
  }
  const { isModule } = await import("../source/ast.js");
  return !isModule(readFileSync(path, "utf8"));
}
