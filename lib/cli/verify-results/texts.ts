/** The texts that hold measured numbers, and how a notebook's are filled: cell by cell, so that it stays a notebook. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { typed } from "../../files/own-folder.js";
import { writeWholeSync } from "../../files/write-whole.js";
import { whole } from "../studies/notebook-file.js";
import { fill, type Figures, type Filled } from "./figures.js";

/** Where texts with measured numbers lie, as paths from the checkout. */
const FOLDERS = [".", "notebooks", "notebooks/guide", "notebooks/results/bench"];

/** Every page and notebook of these folders, as paths from the checkout. */
export function textsOf(root: string): string[] {
  return FOLDERS.filter((folder) => existsSync(join(root, folder))).flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(ipynb|md)$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
}

/** @returns how many problems are left */
export function verifyText(
  root: string,
  file: string,
  stored: readonly Figures[],
  write: boolean,
  print: (line: string) => void,
): number {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const fillAll = file.endsWith(".ipynb") ? fillNotebook : fill;
  const { text: filled, count, problems } = fillAll(text, stored);
  if (write && filled !== text) {
    writeWholeSync(path, filled);
    const left = fillAll(filled, stored).problems;
    print(`${file}: ${count} numbers, ${problems.length - left.length} written anew`);
    for (const problem of left) print(`    ${problem}`);
    return left.length;
  }
  const outcome =
    problems.length === 0
      ? "agree with the stored results"
      : `DIFFER from the stored results (${typed("verify-results --write")} mends them)`;
  if (count > 0 || problems.length > 0) print(`${file}: ${count} numbers ${outcome}`);
  for (const problem of problems) print(`    ${problem}`);
  return problems.length;
}

/** A page that is made as a whole, held to where it is there. @returns how many problems are left */
export function verifyPage(
  root: string,
  file: string,
  right: string,
  write: boolean,
  print: (line: string) => void,
): number {
  const path = join(root, file);
  const isThere = existsSync(path);
  if (!existsSync(dirname(path)) || (!isThere && !write)) return 0;
  const isRight = isThere && readFileSync(path, "utf8") === right;
  if (write && !isRight) writeWholeSync(path, right);
  if (isRight) print(`${file}: made from the stored results as they are`);
  else if (write) print(`${file}: made anew from the stored results`);
  else print(`${file}: IS NOT what the stored results make it (${typed("verify-results --write")} mends it)`);
  return isRight || write ? 0 : 1;
}

interface Cell {
  readonly cell_type: string;
  source: string | string[];
}

/** A notebook's prose with every number written anew; its code and outputs are left alone. */
export function fillNotebook(text: string, stored: readonly Figures[]): Filled {
  const notebook = JSON.parse(text) as { readonly cells: readonly Cell[] };
  const filled = notebook.cells
    .filter(({ cell_type }) => cell_type === "markdown")
    .map((cell) => {
      const prose = whole(cell.source);
      const one = fill(prose, stored);
      if (one.text !== prose) cell.source = typeof cell.source === "string" ? one.text : one.text.split(/(?<=\n)/);
      return { ...one, changed: one.text !== prose };
    });
  return {
    text: filled.some(({ changed }) => changed) ? `${JSON.stringify(notebook, null, 1)}\n` : text,
    count: filled.reduce((sum, { count }) => sum + count, 0),
    problems: filled.flatMap(({ problems }) => problems),
  };
}
