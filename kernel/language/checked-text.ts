/** The text that the checker sees for a cell: a header with earlier names, the cell, and what it hands on. */
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import { isLocal } from "../both/locate-file.js";
import { EditedText, type Edit } from "../source/edits.js";
import type { ParsedCell } from "../source/parse.js";
import type { Registry } from "./carried-names.js";
import { earlierAlias } from "../source/rewrite.js";
import { fromAnywhere, ownFile } from "./specifiers.js";
import type { Project } from "./workspace.js";

/** What the language server is shown of a cell, and how its positions lead back to the author's text. */
export class CheckedText {
  readonly text: string;
  readonly header: string;
  /** Local files that the cell itself imports. */
  readonly localFiles: readonly string[];
  /** Those that it has names from by way of earlier cells. */
  readonly takenFiles: readonly string[];
  readonly usesPackages: boolean;
  readonly project: Project;
  readonly #cell: ParsedCell;
  readonly #edited: EditedText;

  constructor(cell: ParsedCell, registry: Registry, folder: string) {
    this.#cell = cell;
    const localFiles: string[] = [];
    const edits: Edit[] = registry
      .earlierOf(cell)
      .map(({ name, start, end, shorthand }) =>
        shorthand ? { start: end, end, text: `: ${earlierAlias(name)}` } : { start, end, text: earlierAlias(name) },
      );
    for (const { value, start, end } of cell.specifiers) {
      const file = ownFile(value, folder) ?? (isLocal(value) ? resolve(folder, value) : undefined);
      if (file !== undefined) localFiles.push(file);
      const checked = fromAnywhere(value, folder);
      if (checked !== value) edits.push({ start, end, text: JSON.stringify(checked) });
    }
    this.localFiles = localFiles;
    const own = new Set(cell.declared.filter(({ value }) => value).map(({ name }) => name));
    const earlier = registry.earlierOf(cell).map(({ name }) => name);
    this.takenFiles = [...registry.taken([...[...cell.used].filter((name) => !own.has(name)), ...earlier]).keys()];
    this.usesPackages =
      registry.usesPackages(cell.used) || cell.specifiers.some(({ value }) => !isLocal(value) && !isBuiltin(value));
    this.#edited = new EditedText(cell.text, edits);
    const names = cell.declared
      .filter((one) => !one.repeat && !one.untyped && !cell.exported.has(one.name))
      .map((one) => one.name);
    // A statement before it, so that the comment stands at no file's head: what it hides is to be a warning.
    this.header = registry.header(cell) || (cell.noCheck ? ";\n" : "");
    this.project = this.usesPackages
      ? "packages"
      : this.header.trim() === "" && cell.specifiers.length === 0
        ? "alone"
        : "cells";
    this.text = `${this.header}${this.#edited.text}\n;export { ${names.join(", ")} };\n`;
  }

  /** Position in the cell's own source, or undefined for the lines around it. */
  toSource(offset: number): number | undefined {
    const inCell = offset - this.header.length;
    if (inCell < 0 || inCell > this.#edited.text.length) return undefined;
    return this.#cell.edited.toOriginal(this.#edited.toOriginal(inCell));
  }

  fromSource(offset: number): number {
    return this.header.length + this.#edited.toEdited(this.#cell.edited.toEdited(offset));
  }
}
