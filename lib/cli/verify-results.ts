/** `npm run verify-results [-- --write]`: computes the stored results again, and holds texts and outputs to them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Dataset } from "../datasets/types.js";
import { readClaims } from "../study/claims.js";
import type { StoredResult } from "../study/stored-result.js";
import { benchesNotStored, storedBenches } from "../bench/stored-bench.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { measuresAlike } from "./studies/result.js";
import { resultsFolder } from "./studies/study-claims.js";
import { benchFigures, figuresNotStored, verifyBench } from "./verify-results/verify-bench.js";
import type { Figures } from "./verify-results/figures.js";
import { cameAbout } from "./verify-results/came-about.js";
import { imagesOf } from "./verify-results/verify-images.js";
import { newerClaims, recompute, sameArchives, whyOtherImages } from "./verify-results/recompute.js";
import { verifyOutputs } from "./verify-results/verify-outputs.js";
import { storedResults, type Stored } from "./verify-results/stored-runs.js";
import { RESULTS_PAGE, resultsPage, sourceFaults, studiesTable } from "./verify-results/results-page.js";
import { textsOf, verifyPage, verifyText } from "./verify-results/texts.js";

const USAGE = {
  command: "verify-results",
  does: "Computes the stored results again from their predictions, and holds texts and notebooks' outputs to them.",
  options: { write: { does: "writes the texts' numbers and the page of all results anew" } },
} as const;

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  ({ values }, { root }) => verifyResults(root, { write: values.write === true }),
);

/** How stored results are verified. */
export interface VerifyOptions {
  /** Whether the texts' numbers are written anew. Default false. */
  readonly write?: boolean;
  /** Whether the images' archive may be fetched where it is not on this machine. Default true. */
  readonly download?: boolean;
  readonly print?: (line: string) => void;
}

/** @returns 0 where everything agrees, 1 where something does not */
export async function verifyResults(
  root: string,
  { write = false, download = true, print = (line) => console.log(line) }: VerifyOptions = {},
): Promise<number> {
  const stored = storedResults(join(root, "notebooks"));
  if (stored.length === 0) print("No result is stored.");
  let failed = 0;
  for (const name of new Set(stored.map(datasetOf))) {
    const dataset = name === undefined ? "it names no images" : await imagesOf(name, download, print);
    for (const one of stored)
      if (datasetOf(one) === name) failed += verifyOne(one, root, dataset, ofStudy(one, stored), print);
  }
  const benches = storedBenches(root);
  for (const bench of benches) failed += await verifyBench(bench, (name) => imagesOf(name, download, print), print);
  const figures: Figures[] = [...stored, ...benches.map(benchFigures), ...benchesNotStored(root).map(figuresNotStored)];
  const faults = sourceFaults(join(root, "notebooks"), stored);
  for (const fault of faults) print(fault);
  if (faults.length > 0) return 1;
  const notebooks = join(root, "notebooks");
  figures.push({ name: "results/studies", result: { measures: {} }, table: () => studiesTable(notebooks, stored) });
  for (const file of textsOf(root)) failed += verifyText(root, file, figures, write, print);
  failed += verifyPage(root, RESULTS_PAGE, resultsPage(notebooks, stored), write, print);
  failed += verifyOutputs(root, print);
  return failed === 0 ? 0 : 1;
}

/** The images that a result's predictions are for; a study has one dataset. */
function datasetOf({ result }: Stored): string | undefined {
  return Object.values(result.predictions)[0]?.test.dataset;
}

/** All that is stored of a result's study. */
function ofStudy({ result: { study } }: Stored, stored: readonly Stored[]): StoredResult[] {
  return stored.map(({ result }) => result).filter((one) => one.study === study);
}

function verifyOne(
  stored: Stored,
  root: string,
  dataset: Dataset | string,
  all: readonly StoredResult[],
  print: (line: string) => void,
): number {
  const { name, result } = stored;
  const notebooks = join(root, "notebooks");
  const claimsFile = join(resultsFolder(notebooks, result.study), "claims.json");
  const why = typeof dataset === "string" ? dataset : whyOtherImages(result, dataset);
  const claims = existsSync(claimsFile) ? readClaims(claimsFile) : [];
  const problems = [...cameAbout(stored), ...recompute(result, claims, why ?? dataset, all)];
  if (why !== undefined && typeof dataset !== "string" && sameArchives(result, dataset))
    problems.push(`${why}, although its archives are the same`);
  const runs = Object.keys(result.predictions).length;
  const how =
    why === undefined
      ? `accuracy and confusion of ${runs} runs computed again from their predictions and the images' labels`
      : `${runs} runs' figures agree with each other; not computed again from the labels: ${why}`;
  print(`${name}: ${problems.length === 0 ? how : "DIFFERS"}`);
  for (const problem of problems) print(`    ${problem}`);
  const notebook = join(notebooks, `${result.study}.ipynb`);
  if (existsSync(notebook) && !measuresAlike(root, notebook, result))
    print("    note: the notebook's code has changed since this was measured");
  const newer = newerClaims(result, claims).length;
  if (newer > 0) print(`    note: ${newer} claims were made since, about what this did not measure`);
  return problems.length;
}
