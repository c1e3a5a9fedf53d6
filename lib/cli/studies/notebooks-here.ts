/** The notebooks that are here, and what each says of itself: whether it is a study, its size, its kernel. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { didYouMean } from "../../nearest.js";
import { parametersOf, type NotebookCells } from "./parameters.js";

/** Preferred first, where a notebook names a kernel that is not here. */
const PREFERRED = ["saccade", "tslab"];
/** The folder beside the studies, and the word that means all its notebooks. */
const GUIDE = "guide";

/** Names of the notebooks in a folder. */
export function notebooksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => name.slice(0, -".ipynb".length))
    .sort();
}

/** Names of the guide's notebooks, "guide/your-own-data". */
export function guideIn(folder: string): string[] {
  return notebooksIn(join(folder, GUIDE)).map((name) => `${GUIDE}/${name}`);
}

interface Notebook extends NotebookCells {
  readonly metadata?: { readonly kernelspec?: { readonly name?: string } };
}

/** @returns undefined for a file that is no notebook: whoever executes it says why */
function readNotebook(file: string): Notebook | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Notebook;
  } catch {
    return undefined;
  }
}

/**
 * Whether it takes a size: what a person tries out beside the studies does not. A damaged one counts, and then fails.
 */
export function isStudy(file: string): boolean {
  const notebook = readNotebook(file);
  return (
    notebook === undefined || (notebook.cells ?? []).some(({ metadata }) => metadata?.tags?.includes("parameters"))
  );
}

/** Whether it has a parameter called size; one that cannot be read is taken to have it, and then says what is wrong. */
export function hasSize(file: string): boolean {
  const notebook = readNotebook(file);
  return (notebook && parametersOf(notebook))?.includes("size") ?? true;
}

/**
 * Which of these names is no parameter of a notebook, behind those that are: "size, epochs, got epoch; did you mean
 * epochs?". Undefined where all are, or where it cannot be read, as whoever executes it then says.
 * @param names that are to be set
 */
export function notAParameter(file: string, names: readonly string[]): string | undefined {
  const notebook = names.length === 0 ? undefined : readNotebook(file);
  const known = notebook && parametersOf(notebook);
  const name = known && names.find((one) => !known.includes(one));
  return name && `${known.join(", ")}, got ${name}${didYouMean(name, known)}`;
}

/** The kernel that it names where that is here, else another that reads TypeScript. */
export function kernelOf(notebook: string, installed: readonly string[]): string {
  const named = readNotebook(notebook)?.metadata?.kernelspec?.name;
  return named !== undefined && installed.includes(named)
    ? named
    : (PREFERRED.find((name) => installed.includes(name)) ?? "tslab");
}
