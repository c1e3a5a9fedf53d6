/**
 * Modules as a notebook sees them: packages through Node's own loader from the notebook's folder; local TypeScript,
 * JavaScript and JSON, and a package's TypeScript, through ours, which runs a file again when it or something that it
 * imports changed.
 */
import { readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import process from "node:process"; // a cell may replace the global one
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { element, Fragment } from "./jsx.js";
import type { CellScope, Waiting } from "./cell-scope.js";
import { emptyNamespace, namespaceOf, OwnRequires, withEveryName, type Namespace } from "./commonjs.js";
import { isInstalled, isLocal, isTypeScript, locate, stampOf } from "../both/locate-file.js";
import { metaOf, notFound, ownPackage, requireFrom } from "./module-meta.js";
import { locatePackage } from "../both/packages.js";
import { MODULE_MAP } from "../both/script-marks.js";

/** Has V8 stop before the script where a debugger asks for that; the map itself is had by `sourceOf`. */
const WITH_MAP = `\n//# sourceMappingURL=${MODULE_MAP}`;

type ImportOptions = { readonly with?: Readonly<Record<string, string>> } | undefined;
type NativeImport = (specifier: string, options?: ImportOptions) => Promise<Namespace>;

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
    const missing = isCircle ? undefined : names.find((name) => !(name in namespace));
    if (missing !== undefined)
      throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${missing}'`);
    return namespace;
  }

  async #loadFor({ ancestors, imports }: Importer, path: string): Promise<Namespace> {
    imports.set(path, undefined);
    const loaded = await this.#load(path, ancestors);
    imports.set(path, loaded);
    return loaded.namespace;
  }

  async #load(path: string, ancestors: ReadonlySet<string>): Promise<Loaded> {
    const before = this.#loaded.get(path);
    if (before !== undefined && ancestors.has(path)) return before;
    if (before !== undefined && !this.#isStale(before)) {
      await before.ready;
      return before;
    }
    const loaded: Loaded = {
      path,
      stamp: stampOf(path),
      namespace: emptyNamespace(),
      imports: new Map(),
      ready: Promise.resolve(),
    };
    this.#loaded.set(path, loaded);
    try {
      await (loaded.ready = this.#run(loaded, new Set([...ancestors, path])));
    } catch (error) {
      if (this.#loaded.get(path) === loaded) this.#loaded.delete(path); // the next import tries again
      throw error;
    }
    return loaded;
  }

  /** Whether it changed, or holds a module that changed or ran again since. */
  #isStale(loaded: Loaded, seen = new Set<Loaded>()): boolean {
    if (seen.has(loaded)) return false;
    seen.add(loaded);
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
    this.#sources.set(path, { title: relative(this.#folder, path) || basename(path), source, sourceMap: map });
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

/** Where a specifier leads. */
interface Lead {
  /** Where that is a file. */
  readonly path?: string;
  /** Whether our loader runs it, and not Node's. */
  readonly ours?: boolean;
  /** What Node's loader is asked for. */
  readonly request: string;
}

function find(specifier: string, folder: string): Lead {
  if (!isLocal(specifier)) {
    const found = locatePackage(specifier, folder);
    if (found === undefined) return { request: specifier };
    const { path, byNode } = found;
    return {
      path,
      ours: isTypeScript(path) || path.endsWith(".json"),
      request: byNode ? specifier : pathToFileURL(path).href,
    };
  }
  const path = locate(specifier, folder);
  if (path === undefined) throw notFound(`Cannot find module '${specifier}' from ${folder}`);
  const ours =
    isTypeScript(path) ||
    path.endsWith(".json") ||
    !(isInstalled(path) || path.endsWith(".node") || path.endsWith(".wasm"));
  return { path, ours, request: pathToFileURL(path).href };
}

/** Node's own `import()`, as if written in `filename`. */
function nativeImport(filename: string): NativeImport {
  const script = new vm.Script("(specifier, options) => import(specifier, options)", {
    filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  const load = script.runInThisContext() as NativeImport;
  const { emitWarning } = process;
  process.emitWarning = () => undefined; // older Nodes call this loader experimental, at its first import
  try {
    void load("node:path");
  } finally {
    process.emitWarning = emitWarning;
  }
  return load;
}

async function importByNode(
  request: string,
  path: string | undefined,
  options: ImportOptions,
  native: NativeImport,
): Promise<Namespace> {
  try {
    const namespace = await native(request, options);
    return path === undefined ? namespace : withEveryName(namespace, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === "ERR_MODULE_NOT_FOUND" && message.includes(`'${request.split("/")[0]}'`);
    const own = absent ? ownPackage(request) : undefined;
    if (own === undefined) throw error;
    return withEveryName((await import(pathToFileURL(own).href)) as Namespace, own);
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
