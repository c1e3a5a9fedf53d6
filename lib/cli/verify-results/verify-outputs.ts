/** The outputs that the studies' notebooks are stored with: whole, in order, and their own. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { typed } from "../../files/own-folder.js";
import { besideOf } from "../studies/outputs-digests.js";
import { isStudy, notebooksIn } from "../studies/notebooks-here.js";
import { hasOutputs, megabytes, outputFaults } from "../studies/output-faults.js";

/** @returns how much is wrong with the outputs of a checkout's studies */
export function verifyOutputs(root: string, print: (line: string) => void): number {
  const folder = join(root, "notebooks");
  const studies = notebooksIn(folder).filter((name) => isStudy(join(folder, `${name}.ipynb`)));
  return studies.reduce((sum, name) => sum + verifyOne(folder, name, print), 0);
}

function verifyOne(folder: string, name: string, print: (line: string) => void): number {
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
  return faults.length;
}
