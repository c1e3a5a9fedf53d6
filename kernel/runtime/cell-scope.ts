/** What a running cell's code, and the scope that it runs in, look like from outside. */
import type { PreparedCell } from "../contract.js";

/** Files of the user's own, and the names that are taken from each. */
export type Taken = Readonly<Record<string, readonly string[]>>;

/** What the import statements of cells are bound to: of a file of the user's own one for all cells. */
export interface Link {
  /** As the file ran last. */
  readonly module: Record<string, unknown>;
}

/** How a name that a cell declares is read and assigned. */
export interface Accessor {
  get(): unknown;
  set?(value: unknown): void;
  /** Where an import statement declares it. */
  link?(): Link;
}

/** What a running cell's code talks to: made by runtime/scope for each cell. */
export interface CellScope {
  /** Live values of every carried name: a getter (and for `let`, `var`, functions a setter) each. */
  readonly names: Record<string, unknown>;
  /**
   * Where an earlier cell's variable lives: read and assigned through `value`, by cells that keep this very variable.
   */
  binding(name: string): { value: unknown };
  /** What the import statement of an earlier cell is bound to that declared the name. */
  linkOf(name: string): Link;
  /**
   * Called first by the cell: an accessor for each name it declares; a getter that throws is still in its dead zone.
   */
  declare(accessors: Record<string, Accessor>): void;
  /** The value of the cell's last expression statement. */
  result(value: unknown): void;
  /** Called before everything else: what the cell has through names of earlier cells is of the files as they are. */
  refresh(taken: Taken): Promise<void>;
  /** An import statement: `module` stays that of the file as it ran last. */
  link(...request: Parameters<CellScope["import"]>): Promise<Link>;
  /**
   * Import as seen from the notebook's folder; local TypeScript is erased and reloaded when it changed. `names` are
   * those that must be there.
   */
  import(
    specifier: string,
    options?: { readonly with?: Readonly<Record<string, string>> },
    names?: readonly string[],
  ): Promise<Record<string, unknown>>;
  readonly require: NodeJS.Require;
  /** `import.meta`; `main` is true for cells. */
  readonly meta: Pick<ImportMeta, "url" | "dirname" | "filename" | "main" | "resolve">;
  /**
   * Stands around the operand of every `await` in a cell's code and in reloaded local modules, `await cell.resume(x)`:
   * an async function of an interrupted cell is never resumed, but for its `finally` blocks (`unwinding`).
   */
  readonly resume: <T>(value: T) => T | Promise<Awaited<T>>;
  /** The same for `for await`'s iterable. */
  each<T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterable<T>;
  /** Called after each statement of a cell's top level that awaits: ends a cell that was interrupted meanwhile. */
  proceed(): void;
  readonly unwinding: Unwinding;
}

/**
 * What async functions talk to where a `try` with a `finally` stands around an `await`: an interrupt runs the
 * `finally`.
 */
export interface Unwinding {
  /** `resume` that throws when the cell is interrupted. */
  wait<T>(value: T): T | Promise<Awaited<T>>;
  /** `each` that throws when the cell is interrupted. */
  each<T>(iterable: AsyncIterable<T> | Iterable<T>): AsyncIterable<T>;
  /** First in every `catch`: throws an interrupt again. */
  passOn(thrown: unknown): void;
  /** What was thrown leaves a `try`: from an interrupt on, the function's awaits are those of its `finally` blocks. */
  enter(thrown: unknown): Unwound | undefined;
}

/** One async function that an interrupt unwinds. */
export interface Unwound {
  /** A `finally` block threw: it is reported. @returns what is thrown on */
  fail(thrown: unknown): unknown;
  /** The outermost `finally` block is over; never resolves. */
  end(): Promise<never>;
}

/** runtime/scope.ts exports `createScopes: CreateScopes`; one per kernel, on the main thread. */
export type CreateScopes = (options: { readonly folder: string; readonly waiting: Waiting }) => Scopes;

/** How a cell's code waits for something. */
export type Waiting = Pick<CellScope, "resume" | "each" | "proceed" | "unwinding">;

/** What cells share: carried names, local modules, and the text behind both. */
export interface Scopes {
  open(cell: PreparedCell): OpenScope;
  /** Forgets every carried name. */
  reset(): void;
  /** An accessor for each name that cells have declared, the running one's too; one in its dead zone throws. */
  inSight(): Record<string, unknown>;
  /** The text behind stack frames of a local module whose types were erased. */
  sourceOf(
    fileName: string,
  ): { readonly title: string; readonly source: string; readonly sourceMap: string } | undefined;
}

/** One cell's scope while it runs. */
export interface OpenScope {
  readonly scope: CellScope;
  /** What `scope.result` was last called with, or undefined when the cell's last statement is no expression. */
  readonly result: { readonly value: unknown } | undefined;
  /** Ends the cell: the declared names that came to be are carried on, and returned. Safe to call twice. */
  close(): readonly string[];
}
