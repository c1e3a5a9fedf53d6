/**
 * Modules as a notebook sees them: packages through Node's own loader from the notebook's folder; local TypeScript,
 * JavaScript and JSON, and a package's TypeScript, through ours, which runs a file again when it or something that it
 * imports changed: at its next import, and before a cell runs that uses what an earlier one imported.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import vm from "node:vm";
import { element, Fragment } from "./jsx.js";
import type { CellScope, Link, Taken, Waiting } from "./cell-scope.js";
import { emptyNamespace, namespaceOf, OwnRequires, type Namespace } from "./commonjs.js";
import { stampOf } from "../both/locate-file.js";
import { find, isCommonJs } from "./find-module.js";
import { metaOf, notFound, requireFrom } from "./module-meta.js";
import { ownTask, type Task } from "./task.js";
import { importByNode, nativeImport, type ImportOptions, type NativeImport } from "./node-imports.js";
import { MODULE_MAP } from "../both/script-marks.js";

/** Has V8 stop before the script where a debugger asks for that; the map itself is had by `sourceOf`. */
const WITH_MAP = `\n//# sourceMappingURL=${MODULE_MAP}`;

/** Who imports. */
interface Importer {
  readonly filename: string;
  readonly native: NativeImport;
  /** The modules that wait for it. */
  readonly ancestors: ReadonlySet<string>;
  /** What it imported so far; undefined for what failed. */
  readonly imports: Map<string, Loaded | undefined>;
}

interface Loaded {
  readonly path: string;
  readonly stamp: string;
  readonly imports: Map<string, Loaded | undefined>;
  namespace: Namespace;
  /** Where it is CommonJS. */
  module?: NodeJS.Module | undefined;
  ready: Promise<void>;
  isReady: boolean;
  /** The cell that had it run: its `await`s never come back once that was interrupted. */
  readonly task: Task | undefined;
}

/** Loads what cells import, and local files again when they changed. */
export class Modules {
  readonly require: NodeJS.Require;
  readonly meta: CellScope["meta"];
  readonly #folder: string;
  readonly #waiting: Waiting;
  readonly #cells: Importer;
  readonly #requires = new OwnRequires();
  readonly #loaded = new Map<string, Loaded>();
  /** Of files that cells import. */
  readonly #links = new Map<string, { module: Namespace }>();
  readonly #sources = new Map<
    string,
    { readonly title: string; readonly source: string; readonly sourceMap: string }
  >();

  constructor(folder: string, waiting: Waiting) {
    this.#folder = folder;
    this.#waiting = waiting;
    const filename = join(folder, "notebook.ts");
    this.meta = metaOf(filename, true);
    this.require = requireFrom(filename, this.#requires);
    this.#cells = { filename, native: nativeImport(filename), ancestors: new Set(), imports: new Map() };
  }

  sourceOf(
    fileName: string,
  ): { readonly title: string; readonly source: string; readonly sourceMap: string } | undefined {
    return this.#sources.get(fileName);
  }

  /** @param names those that the importing code uses: they must be there */
  import(specifier: string, options?: ImportOptions, names: readonly string[] = []): Promise<Namespace> {
    return this.#import(String(specifier), options, names, { ...this.#cells, imports: new Map() });
  }

  /** An import statement of a cell. @param names those that the cell uses: they must be there */
  async link(specifier: string, options?: ImportOptions, names: readonly string[] = []): Promise<Link> {
    const imports: Importer["imports"] = new Map();
    const module = await this.#import(specifier, options, names, { ...this.#cells, imports });
    const [path] = imports.keys();
    if (path === undefined) return { module };
    const link = this.#links.get(path) ?? { module };
    this.#links.set(path, link);
    return link;
  }

  /**
   * Runs files again that changed since cells imported them, so that all cells have them as they are checked.
   *
   * @param taken for each file the names that the next cell has from it: they must be there
   */
  async refresh(taken: Taken): Promise<void> {
    const fresh = new Set<Loaded>();
    for (const [path, names] of Object.entries(taken)) {
      if (!this.#links.has(path)) continue;
      const { namespace } = await this.#load(path, new Set(), fresh);
      demand(names, namespace, this.#titleOf(path));
    }
  }

  async #import(
    specifier: string,
    options: ImportOptions,
    names: readonly string[],
    importer: Importer,
  ): Promise<Namespace> {
    const { path, ours, request } = find(specifier, dirname(importer.filename));
    const namespace =
      path !== undefined && ours
        ? await this.#loadFor(importer, path)
        : await importByNode(request, path, options, importer.native);
    const isCircle = path !== undefined && importer.ancestors.has(path); // its names fill in as it runs
    if (!isCircle) demand(names, namespace, specifier);
    return namespace;
  }

  async #loadFor({ ancestors, imports }: Importer, path: string): Promise<Namespace> {
    imports.set(path, undefined);
    const loaded = await this.#load(path, ancestors);
    imports.set(path, loaded);
    return loaded.namespace;
  }

  /** @param fresh those known to be: looked at once where many are asked for */
  async #load(path: string, ancestors: ReadonlySet<string>, fresh = new Set<Loaded>()): Promise<Loaded> {
    const before = this.#loaded.get(path);
    if (before !== undefined && ancestors.has(path)) return before;
    if (before !== undefined && !this.#isStale(before, fresh)) {
      await before.ready;
      return before;
    }
    fresh.clear(); // what is looked at on the way to what is stale is not known to be fresh
    const stamp = stampOf(path);
    if (stamp === "") throw notFound(`Cannot find module '${this.#titleOf(path)}' any more`);
    const loaded: Loaded = {
      path,
      stamp,
      namespace: emptyNamespace(),
      imports: new Map(),
      ready: Promise.resolve(),
      isReady: false,
      task: ownTask(),
    };
    this.#loaded.set(path, loaded);
    try {
      await (loaded.ready = this.#run(loaded, new Set([...ancestors, path])));
      loaded.isReady = true;
    } catch (error) {
      if (this.#loaded.get(path) === loaded) this.#loaded.delete(path); // the next import tries again
      throw error;
    }
    const link = this.#links.get(path);
    if (link !== undefined && this.#loaded.get(path) === loaded) link.module = loaded.namespace;
    return loaded;
  }

  #titleOf(path: string): string {
    return relative(this.#folder, path) || basename(path);
  }

  /** Whether it never ran to its end, changed, or holds a module that changed or ran again since. */
  #isStale(loaded: Loaded, seen: Set<Loaded>): boolean {
    if (seen.has(loaded)) return false;
    seen.add(loaded);
    if (!loaded.isReady && loaded.task?.interrupted === true) return true;
    if (loaded.module !== undefined) return this.#requires.isStale(loaded.module);
    if (loaded.stamp !== stampOf(loaded.path)) return true;
    return [...loaded.imports].some(
      ([path, one]) => one === undefined || this.#loaded.get(path) !== one || this.#isStale(one, seen),
    );
  }

  async #run(loaded: Loaded, ancestors: ReadonlySet<string>): Promise<void> {
    const { path } = loaded;
    const extension = extname(path);
    if (extension === ".json") {
      loaded.namespace = namespaceOf(JSON.parse(readFileSync(path, "utf8")));
      return;
    }
    if (extension === ".cjs" || extension === ".cts" || (extension === ".js" && (await isCommonJs(path)))) {
      const { exports, module } = this.#requires.load(path, this.require);
      loaded.namespace = namespaceOf(exports);
      loaded.module = module;
      return;
    }
    const source = readFileSync(path, "utf8");
    const { eraseModule } = await import("./erase-module.js"); // the parser loads when a local module does
    const { code, map } = await eraseModule(source, path);
    this.#sources.set(path, { title: this.#titleOf(path), source, sourceMap: map });
    const main = new vm.Script(code + WITH_MAP, { filename: path }).runInThisContext() as (
      scope: object,
    ) => Promise<void>;
    await main(this.#scopeOf(loaded, ancestors));
  }

  #scopeOf({ path, namespace, imports }: Loaded, ancestors: ReadonlySet<string>): object {
    const importer: Importer = { filename: path, native: nativeImport(path), ancestors, imports };
    return {
      import: (specifier: string, options?: ImportOptions, names: readonly string[] = []) =>
        this.#import(String(specifier), options, names, importer),
      exports: (accessors: PropertyDescriptorMap) => Object.defineProperties(namespace, accessors),
      star: (from: Namespace) => {
        for (const name of Object.keys(from))
          if (name !== "default" && !(name in namespace))
            Object.defineProperty(namespace, name, { get: () => from[name], enumerable: true });
      },
      names: { h: element, Fragment },
      require: requireFrom(path, this.#requires),
      meta: metaOf(path, false),
      ...this.#waiting,
    };
  }
}

/** @throws SyntaxError as Node's own where one of the names is not there */
function demand(names: readonly string[], namespace: Namespace, module: string): void {
  const missing = names.find((name) => !(name in namespace));
  if (missing !== undefined)
    throw new SyntaxError(`The requested module '${module}' does not provide an export named '${missing}'`);
}
