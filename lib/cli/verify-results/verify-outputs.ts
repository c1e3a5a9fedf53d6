/** The outputs that the studies' notebooks are stored with: whole, in order, and their own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { typed } from "../../files/own-folder.js";
import { besideOf } from "../studies/outputs-digests.js";
import { isStudy, notebooksIn } from "../studies/notebooks-here.js";
import { hasOutputs, megabytes, outputFaults } from "../studies/output-faults.js";
import { storedResults, type Stored } from "./stored-runs.js";

/**
 * Prints too, without counting it as wrong, which results were stored after the outputs were written: a table of what
 * is stored does not show them yet.
 * @returns how much is wrong with the outputs of a checkout's studies
 */
export function verifyOutputs(
  root: string,
  print: (line: string) => void,
  stored: readonly Stored[] = storedResults(join(root, "notebooks")),
): number {
  const folder = join(root, "notebooks");
  const studies = notebooksIn(folder).filter((name) => isStudy(join(folder, `${name}.ipynb`)));
  return studies.reduce((sum, name) => sum + verifyOne(folder, name, newerThanOutputs(name, stored), print), 0);
}

/** Names of a study's results that were stored after the run whose outputs its notebook has. */
function newerThanOutputs(study: string, stored: readonly Stored[]): string[] {
  const own = stored.filter(({ name }) => name.startsWith(`${study}/`));
  const shown = own.find(({ name }) => name === `${study}/quick`);
  return own.filter(({ result }) => shown && result.date > shown.result.date).map(({ name }) => name);
}

function verifyOne(folder: string, name: string, newer: readonly string[], print: (line: string) => void): number {
  const text = readFileSync(join(folder, `${name}.ipynb`), "utf8");
  const beside = besideOf(folder, name);
  const store = beside.claims === undefined ? "" : "--store ";
  const again = `(${typed(`studies ${name} ${store}--write`)} writes them anew)`;
  if (!hasOutputs(text)) {
    if (beside.measures === undefined) return 0; // never run: nothing is hidden from its reader
    print(`${join("notebooks", `${name}.ipynb`)}: outputs are MISSING, although its result is stored ${again}`);
    return 1;
  }
  const faults = outputFaults(text, beside);
  const outcome =
    faults.length === 0 ? `outputs agree, ${megabytes(Buffer.byteLength(text))}` : `outputs DIFFER ${again}`;
  print(`${join("notebooks", `${name}.ipynb`)}: ${outcome}`);
  for (const fault of faults) print(`    ${fault}`);
  if (newer.length > 0) print(`    not shown in them yet, as stored later ${again}: ${newer.join(", ")}`);
  return faults.length;
}
