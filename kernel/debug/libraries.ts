/** Which scripts are shown and stepped in. */
import { KERNEL_FOLDER, PROJECT_FOLDER } from "../folder.js";
import type { Inspector } from "./inspector.js";
import { patternOf } from "./script-url.js";

/** own: a cell or a local module; library: a package's, or saccade's; hidden: Node's, the kernel's, or generated. */
export type Kind = "own" | "library" | "hidden";

/** The library that comes with the kernel: a package as any other. */
const LIBRARY = [`${PROJECT_FOLDER}/lib/`, `${PROJECT_FOLDER}/dist/lib/`];

/** Packages by which the kernel itself reads local modules: no cell has imported them. */
const OWN_PACKAGES = "/node_modules/(?:@?oxc-(?:parser|transform|project)|@?esbuild)/";

/** Whose a file is, by its path. */
export function kindOf(path: string): Kind {
  if (new RegExp(OWN_PACKAGES).test(path)) return "hidden";
  if (path === "" || path.startsWith("node:") || path.startsWith(KERNEL_FOLDER) || path.startsWith("evalmachine"))
    return "hidden";
  if (/[\\/]node_modules[\\/]/.test(path) || LIBRARY.some((folder) => path.startsWith(folder))) return "library";
  return "own";
}

/**
 * Libraries are skipped unless a front end asks for them (`attach` with `justMyCode: false`), or stopped at a
 * breakpoint in one: from there the steps go through libraries until they come to the author's own code.
 */
export class Libraries {
  readonly #inspector: () => Inspector;
  #asked = false;
  /** As V8 was told them. */
  #patterns = "";
  #entered = false;
  #watched: readonly string[] = [];

  constructor(inspector: () => Inspector) {
    this.#inspector = inspector;
  }

  /** Whether the step under way began in one. */
  get entered(): boolean {
    return this.#entered;
  }

  isShown(kind: Kind, isEntered = this.#entered): boolean {
    return kind === "own" || (kind === "library" && (this.#asked || isEntered));
  }

  /** Whether a front end asks for them. */
  get asked(): boolean {
    return this.#asked;
  }

  /** A front end asks for them or not. */
  async ask(asked: boolean): Promise<void> {
    this.#asked = asked;
    await this.enter(false);
  }

  /** V8's debugger is on again, and has forgotten what it was told. */
  async renew(): Promise<void> {
    this.#patterns = "";
    await this.enter(false);
  }

  /** Tells V8 whether what comes now is stepped in. */
  async enter(entered: boolean): Promise<void> {
    this.#entered = entered;
    await this.#tell();
  }

  /**
   * Breakpoints are in files of these names, without their extensions: V8 stops before such a script runs, which it
   * does not do for those that it skips.
   */
  async watch(names: readonly string[]): Promise<void> {
    this.#watched = names;
    await this.#tell();
  }

  /** V8's debugger is switched off. */
  forget(): void {
    this.#watched = [];
  }

  async #tell(): Promise<void> {
    if (!this.#inspector().isOn) return;
    const patterns = skipped(!this.#asked && !this.#entered, this.#watched);
    if (patterns.join() === this.#patterns) return;
    this.#patterns = patterns.join();
    await this.#inspector().post("Debugger.setBlackboxPatterns", { patterns });
  }
}

/** V8's patterns for scripts that are never stepped in. */
function skipped(libraries: boolean, watched: readonly string[]): string[] {
  const but = watched.length === 0 ? "" : `^(?!.*/(?:${watched.map(patternOf).join("|")})\\.\\w+$).*`;
  const folders = libraries ? [...LIBRARY.map(patternOf), "/node_modules/"].map((folder) => but + folder) : [];
  return ["^$", "^node:", patternOf(KERNEL_FOLDER), OWN_PACKAGES, ...folders];
}
