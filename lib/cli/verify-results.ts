/** `npm run verify-results [-- --write]`: computes the stored results again, and holds the texts' numbers to them. */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cifar10, CIFAR10 } from "../datasets/cifar10.js";
import { UnavailableError } from "../datasets/download.js";
import { isHere } from "../datasets/locate.js";
import type { Dataset } from "../datasets/types.js";
import { readClaims } from "../notebook/claims.js";
import { storedBenches } from "./bench/stored.js";
import type { Command } from "./project.js";
import { codeDigest, resultsFolder } from "./studies/result.js";
import { benchFigures, verifyBench } from "./verify-results/bench.js";
import { fill, type Figures } from "./verify-results/figures.js";
import { recompute, whyOtherImages } from "./verify-results/recompute.js";
import { storedResults, type Stored } from "./verify-results/stored.js";

export const run: Command = async (args, { root }) => {
  const unknown = args.find((arg) => arg !== "--write");
  if (unknown !== undefined) {
    console.error(`verify-results: the option is --write, got ${unknown}`);
    return 2;
  }
  return await verifyResults(root, { write: args.includes("--write") });
};

export interface VerifyOptions {
  /** Whether the texts' numbers are written anew. Default false. */
  readonly write?: boolean;
  /** Whether the images' archive may be fetched where it is not on this machine. Default true. */
  readonly download?: boolean;
  readonly print?: (line: string) => void;
}

/** @returns 0 where everything agrees, 1 where something does not */
export async function verifyResults(root: string, { write = false, download = true, print = (line) => console.log(line) }: VerifyOptions = {}): Promise<number> {
  const notebooks = join(root, "notebooks");
  const stored = storedResults(notebooks);
  if (stored.length === 0) print("No result is stored.");
  const dataset = stored.length === 0 ? "" : await loadImages(download, print);
  let failed = 0;
  for (const one of stored) failed += verifyOne(one, notebooks, dataset, print);
  const benches = storedBenches(root);
  for (const bench of benches) failed += verifyBench(bench, print);
  const figures = [...stored, ...benches.map(benchFigures)];
  for (const file of texts(root)) failed += verifyText(join(root, file), file, figures, write, print);
  return failed === 0 ? 0 : 1;
}

function verifyOne({ name, result }: Stored, notebooks: string, dataset: Dataset | string, print: (line: string) => void): number {
  const claimsFile = join(resultsFolder(notebooks, result.study), "claims.json");
  const why = typeof dataset === "string" ? dataset : whyOtherImages(result, dataset);
  const problems = recompute(result, existsSync(claimsFile) ? readClaims(claimsFile) : [], why ?? dataset);
  const runs = Object.keys(result.predictions).length;
  const how = why === undefined ? `accuracy and confusion of ${runs} runs computed again from their predictions and the images' labels` : `${runs} runs' figures agree with each other; not computed again from the labels: ${why}`;
  print(`${name}: ${problems.length === 0 ? how : "DIFFERS"}`);
  for (const problem of problems) print(`    ${problem}`);
  const notebook = join(notebooks, `${result.study}.ipynb`);
  if (existsSync(notebook) && codeDigest(notebook) !== result.notebook) print("    note: the notebook's code has changed since this was measured");
  return problems.length;
}

function verifyText(path: string, file: string, stored: readonly Figures[], write: boolean, print: (line: string) => void): number {
  const text = readFileSync(path, "utf8");
  const { text: filled, count, problems } = fill(text, stored);
  if (write && filled !== text) {
    writeFileSync(`${path}.partial`, filled);
    renameSync(`${path}.partial`, path);
    const left = fill(filled, stored).problems;
    print(`${file}: ${count} numbers, ${problems.length - left.length} written anew`);
    for (const problem of left) print(`    ${problem}`);
    return left.length;
  }
  if (count > 0 || problems.length > 0) print(`${file}: ${count} numbers ${problems.length === 0 ? "agree with the stored results" : "DIFFER from the stored results (npm run verify-results -- --write mends them)"}`);
  for (const problem of problems) print(`    ${problem}`);
  return problems.length;
}

/** The texts that hold measured numbers. */
function texts(root: string): string[] {
  const notebooks = readdirSync(join(root, "notebooks")).filter((name) => name.endsWith(".ipynb")).sort();
  return ["README.md", ...notebooks.map((name) => `notebooks/${name}`)].filter((file) => existsSync(join(root, file)));
}

/** CIFAR-10, the one dataset that studies use so far; or why it cannot be had. */
async function loadImages(download: boolean, print: (line: string) => void): Promise<Dataset | string> {
  const { file, sizeBytes } = CIFAR10.archives.binary;
  if (!download && !isHere(CIFAR10.archives.binary)) {
    print(`${file} is not on this machine, and its ${(sizeBytes / 1e6).toFixed(0)} MB are not fetched now: npm run verify-results does, or SACCADE_MIRROR names a folder that holds it`);
    return "the archive is not on this machine";
  }
  try {
    return await cifar10({ source: "archive" });
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    print(`CIFAR-10 cannot be had here: ${error.message}`);
    return "the archive cannot be had here";
  }
}
