/** A text that stack frames can point into: a cell, or a local module whose types were erased. */
export interface SourceText {
  /** How readers know it: "Cell [12]", "./helpers.ts". */
  readonly title: string;
  /** The text as its author wrote it. */
  readonly source: string;
  /** Source map (JSON, version 3) from the running code to `source`; absent where both are the same. */
  readonly sourceMap?: string;
  /** Characters that were put before the running code on its first line. Default 0. */
  readonly prefix?: number;
}

/** Where the texts behind an error's stack are found. */
export interface ErrorContext {
  /** The text that frames of `fileName` (as V8 prints it: "cell-12.ts", "file:///…", a path) stand for. */
  sourceOf(fileName: string): SourceText | undefined;
}
