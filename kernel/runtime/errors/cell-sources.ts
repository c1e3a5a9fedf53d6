/** The texts of all cells that ran, by the file name that their stack frames carry. */
import type { PreparedCell } from "../../contract.js";
import type { ErrorContext, SourceText } from "./error-context.js";

/** The texts that stack frames point into: those of cells and of local modules. */
export class CellSources implements ErrorContext {
  readonly #texts = new Map<string, SourceText>();
  readonly #titled = new Map<string, SourceText>();
  readonly #elsewhere: ((fileName: string) => SourceText | undefined) | undefined;

  /** @param elsewhere knows the texts that are no cells: local modules whose types were erased */
  constructor(elsewhere?: (fileName: string) => SourceText | undefined) {
    this.#elsewhere = elsewhere;
  }

  /**
   * Remembers a cell before it runs.
   * @param title how readers know it: "Cell [12]"
   * @param prefix characters that the runner puts before the cell's code on its first line
   */
  add(cell: PreparedCell, title: string, prefix: number): void {
    const { fileName, source, sourceMap } = cell;
    this.#texts.set(fileName, sourceMap === "" ? { title, source } : { title, source, sourceMap, prefix });
  }

  sourceOf(fileName: string): SourceText | undefined {
    return this.#texts.get(fileName) ?? this.#elsewhere?.(fileName) ?? this.#titled.get(fileName);
  }

  /** The title of a text, by which its author's own lines are found from now on. */
  titleOf({ title, source }: SourceText): string {
    this.#titled.set(title, { title, source });
    return title;
  }
}
