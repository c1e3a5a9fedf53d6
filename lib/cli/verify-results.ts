/** `npm run verify-results [-- --write]`: computes the stored results again, and holds texts and outputs to them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readClaims } from "../study/claims.js";
import type { StoredResult } from "../study/stored-result.js";
import { benchesNotStored, storedBenches } from "../bench/stored-bench.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { measuresAlike } from "./studies/result.js";
import { resultsFolder } from "./studies/study-claims.js";
import { benchFigures, figuresNotStored, verifyBench } from "./verify-results/verify-bench.js";
import type { Figures } from "./verify-results/figures.js";
import { cameAbout } from "./verify-results/came-about.js";
import { imagesOf, type Labelled } from "./verify-results/verify-images.js";
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
  const images = new Map<string, Labelled | string>();
  const load = async (name: string): Promise<Labelled | string> => {
    const loaded = images.get(name) ?? (await imagesOf(name, download, print));
    images.set(name, loaded);
    return loaded;
  };
  for (const one of stored) {
    for (const name of datasetsOf(one)) await load(name);
    failed += verifyOne(one, root, images, ofStudy(one, stored), print);
  }
  const benches = storedBenches(root);
  for (const bench of benches) failed += await verifyBench(bench, load, print);
  const figures: Figures[] = [...stored, ...benches.map(benchFigures), ...benchesNotStored(root).map(figuresNotStored)];
  const faults = sourceFaults(join(root, "notebooks"), stored);
  for (const fault of faults) print(fault);
  if (faults.length > 0) return 1;
  const notebooks = join(root, "notebooks");
  figures.push({ name: "results/studies", result: { measures: {} }, table: () => studiesTable(notebooks, stored) });
  for (const file of textsOf(root)) failed += verifyText(root, file, figures, write, print);
  failed += verifyPage(root, RESULTS_PAGE, resultsPage(notebooks, stored), write, print);
  failed += verifyOutputs(root, print, stored);
  return failed === 0 ? 0 : 1;
}

/** The datasets that a result's predictions are for: what is learned first may be another's. */
function datasetsOf({ result: { predictions } }: Stored): string[] {
  return [...new Set(Object.values(predictions).map(({ test }) => test.dataset))];
}

/** All that is stored of a result's study. */
function ofStudy({ result: { study } }: Stored, stored: readonly Stored[]): StoredResult[] {
  return stored.map(({ result }) => result).filter((one) => one.study === study);
}

/** Why a result's runs on a dataset cannot be computed again from its labels; undefined where they can. */
function whyNot({ predictions }: StoredResult, name: string, dataset: Labelled | string): string | undefined {
  if (typeof dataset === "string") return dataset;
  const own = Object.entries(predictions).filter(([, { test }]) => test.dataset === name);
  return whyOtherImages({ predictions: Object.fromEntries(own) }, dataset);
}

function verifyOne(
  stored: Stored,
  root: string,
  images: ReadonlyMap<string, Labelled | string>,
  all: readonly StoredResult[],
  print: (line: string) => void,
): number {
  const { name, result } = stored;
  const notebooks = join(root, "notebooks");
  const claimsFile = join(resultsFolder(notebooks, result.study), "claims.json");
  const whys = new Map(datasetsOf(stored).map((one) => [one, whyNot(result, one, images.get(one)!)]));
  const why = [...new Set(whys.values())].filter((text) => text !== undefined).join("; ") || undefined;
  const claims = existsSync(claimsFile) ? readClaims(claimsFile) : [];
  const labelsOf = (dataset: string): Labelled | string => whys.get(dataset) ?? images.get(dataset)!;
  const problems = [...cameAbout(stored), ...recompute(result, claims, labelsOf, all)];
  const [first = ""] = whys.keys(); // the one whose archives the result names
  const [dataset, reason] = [images.get(first), whys.get(first)];
  if (reason !== undefined && typeof dataset === "object" && sameArchives(result, dataset))
    problems.push(`${reason}, although its archives are the same`);
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
