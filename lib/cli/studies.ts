/** `npm run studies`: executes notebooks headless and prints a line per study. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { makeIgnored, type Places, type Project } from "../setup/project.js";
import { ensureSetup, notebookSteps } from "../setup/index.js";
import { kernelsFolder } from "../setup/kernelspec.js";
import { execute, type Outcome, type Run } from "./studies/execute.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { parseOptions, STUDIES_USAGE, type Options } from "./studies/studies-options.js";
import { guideIn, hasSize, isStudy, kernelOf, notAParameter, notebooksIn } from "./studies/notebooks-here.js";
import { codeDigest, judge, pictureOf, readResult, withRun, writeResult } from "./studies/result.js";
import { removeCheckpoints } from "./studies/kept-checkpoints.js";
import { claimFaults, claimsOf, resultsFolder } from "./studies/study-claims.js";
import { besideOf } from "./studies/outputs-digests.js";
import { writeOutputs } from "./studies/write-outputs.js";
import { makeSite } from "./studies/site.js";
import { summaryOf, type Judged } from "./studies/study-line.js";
import { commitOf } from "../files/commit.js";
import { writeWholeSync } from "../files/write-whole.js";
import { measuresTables } from "../study/report.js";
import type { StudyResult } from "../study/study-result.js";
import type { Verdict } from "../study/judge-claims.js";
import { table, type Cell } from "../table.js";

const read = (args: readonly string[]): readonly string[] => {
  readCommandLine(STUDIES_USAGE, args); // what it does not take is said before anything is set up
  return args;
};

export const run = commandOf(STUDIES_USAGE, read, async (args, project) => {
  if (!(await ensureSetup(project, notebookSteps(project)))) return 1;
  const folder = join(project.root, "notebooks");
  return await runStudies(args, project, folder, join(folder, ".output"));
});

/**
 * @param folder where the notebooks lie
 * @param outputFolder where the executed ones and their HTML go
 * @returns 0 where all passed, 1 where one did not, 2 for a command line that names what is not there
 */
export async function runStudies(
  args: readonly string[],
  project: Project,
  folder: string,
  outputFolder: string,
  print: (line: string) => void = (line) => console.log(line),
): Promise<number> {
  const kernels = typescriptKernels(project);
  const notebooks = notebooksIn(folder);
  const studies = notebooks.filter((name) => isStudy(join(folder, `${name}.ipynb`)));
  let options: Options;
  try {
    const others = notebooks.filter((name) => !studies.includes(name));
    options = parseOptions(args, { studies, others, guide: guideIn(folder), kernels });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (options.site !== undefined)
    return await makeSite(project, { notebooks: folder, executed: outputFolder, site: options.site }, print);
  for (const name of options.left) print(`${name}  is no study: it has no cell tagged "parameters"`);
  if (options.store && commitOf(project.root).endsWith("-dirty"))
    print("note: tracked files differ from the commit, and the stored result will say so");
  const sized = new Set(options.studies.filter((name) => hasSize(join(folder, `${name}.ipynb`))));
  const unsized = options.studies.filter((name) => !sized.has(name));
  if (options.store && unsized.length > 0) {
    console.error(`studies: --store is for studies with a parameter called size, got ${unsized.join(", ")}`);
    return 2;
  }
  const strangers = options.studies.flatMap((name) => {
    const stranger = notAParameter(join(folder, `${name}.ipynb`), options.setNames);
    return stranger === undefined ? [] : [`studies: --set must name a parameter of ${name}, ${stranger}`];
  });
  for (const stranger of strangers) console.error(stranger);
  if (strangers.length > 0) return 2;
  const unstored =
    options.write && !options.store
      ? options.studies.filter((name) => existsSync(join(resultsFolder(folder, name), "claims.json")))
      : [];
  if (unstored.length > 0) {
    console.error(`studies: --write goes with --store for a study that has claims, got ${unstored.join(", ")}`);
    return 2;
  }
  for (const name of options.sizeAsked ? unsized : [])
    print(`note: ${name} has no parameter called size, and runs as it is`);
  let failures = 0;
  makeIgnored(outputFolder);
  const overview: Cell[][] = [];
  const sound = options.studies.filter((name) => {
    const faults = claimFaults(folder, name);
    for (const fault of faults) print(`${name}  FAILED, not run: ${fault}`);
    if (faults.length > 0) overview.push([name, undefined, undefined, undefined, undefined, undefined, "FAILED"]);
    return faults.length === 0;
  });
  failures += overview.length;
  for (const name of sound) {
    const kernel = options.kernel ?? kernelOf(join(folder, `${name}.ipynb`), kernels);
    const output = join(outputFolder, `${name.replace("/", "-")}.${options.runName}.${kernel}.ipynb`);
    rmSync(output, { force: true }); // what an earlier run handed over is not this one's
    const size = sized.has(name) ? options.size : "–";
    const before = options.write ? readFileSync(join(folder, `${name}.ipynb`), "utf8") : "";
    const { outcome, seconds } = await runOne(project, {
      notebook: join(folder, `${name}.ipynb`),
      output,
      kernel,
      assignments: options.assignments(sized.has(name)),
      timeoutS: options.timeoutS,
      stores: options.store ? options.runName : null,
      lock: size === "full" ? join(project.root, ".saccade", `${name.replace("/", "-")}.full.lock`) : null,
    });
    const result = readResult(output);
    const judged = judgedBy(folder, result, options);
    const { verdicts, faults } = judged;
    const failed = outcome.status !== "passed" || faults.length > 0 || verdicts.some(({ holds }) => holds === false);
    if (failed) failures++;
    overview.push([
      name,
      size,
      kernel,
      `${seconds.toFixed(1)} s`,
      result?.data.label,
      verdicts.length === 0
        ? undefined
        : `${verdicts.filter(({ holds }) => holds === true).length} of ${verdicts.length}`,
      failed ? "FAILED" : "passed",
    ]);
    print(`${name}  ${size}  ${kernel}  ${seconds.toFixed(1)} s  ${summaryOf(outcome, judged, options)}`);
    for (const fault of faults) print(indented(fault));
    if (outcome.status !== "passed" && outcome.text !== "") print(indented(outcome.text));
    if (result !== undefined) {
      const run = {
        command: options.command(name, sized.has(name)),
        kernel,
        notebook: codeDigest(join(folder, `${name}.ipynb`)),
        wallSeconds: seconds,
      };
      const file = options.store
        ? join(resultsFolder(folder, name), `${options.runName}.json`)
        : output.replace(/ipynb$/, "json");
      writeResult(file, withRun(project.root, result, run, verdicts));
      if (options.store) removeCheckpoints(folder, result);
      const picture = options.store && options.runName === options.size ? pictureOf(output) : undefined;
      if (picture !== undefined) writeWholeSync(file.replace(/json$/, "svg"), picture);
      print(indented(details(result, verdicts)));
      print(`    ${options.store ? "The stored result" : "The result"} is ${file}`);
    }
    if (existsSync(output) && (failed || result !== undefined))
      print(`    The executed notebook is ${output}, its page lies beside it`);
    if (options.write && !writeBack(folder, name, output, { failed, before, result }, print) && !failed) failures++;
  }
  if (overview.length > 1)
    print(`\n${String(table(["study", "size", "kernel", "time", "data", "claims that hold", "outcome"], overview))}`);
  return failures === 0 && options.studies.length > 0 ? 0 : 1;
}

/** Verdicts on a result, or what is wrong with its claims, which may have changed in the hours that it took. */
function judgedBy(folder: string, result: StudyResult | undefined, options: Options): Judged {
  const faults = result === undefined ? [] : claimFaults(folder, result.study);
  if (result === undefined || faults.length > 0) return { verdicts: [], elsewhere: 0, faults };
  const verdicts = judge(folder, result, options.judge);
  return { verdicts, elsewhere: claimsOf(folder, result.study).length - verdicts.length, faults };
}

/** Puts a passed run's outputs into its notebook, and says so; or says why not. */
function writeBack(
  folder: string,
  name: string,
  executed: string,
  { failed, before, result }: { readonly failed: boolean; readonly before: string; readonly result?: StudyResult },
  print: (line: string) => void,
): boolean {
  const file = join(folder, `${name}.ipynb`);
  const drawn =
    result?.data.kind === "generated" ? ["its images are generated: it is written from a run on its data"] : [];
  const { faults, says } =
    failed || drawn.length > 0
      ? { faults: failed ? ["the run did not pass"] : drawn, says: "" }
      : writeOutputs(file, executed, before, besideOf(folder, name));
  for (const fault of faults) print(`    not written: ${fault}`);
  if (faults.length === 0) print(`    Its outputs are in ${file} now: ${says}`);
  return faults.length === 0;
}

/** On which data, on what, what took how long, what was measured, and which claims held. */
function details({ data, backend, machine, parts, measures }: StudyResult, verdicts: readonly Verdict[]): string {
  return [
    `data     ${data.label}`,
    `machine  ${backend}, ${machine.cores} cores (${machine.cpu}), ${machine.platform}`,
    `parts    ${parts.map(({ name, seconds }) => `${name} ${seconds.toFixed(1)} s`).join(" · ")}`,
    "",
    measuresTables(measures).join("\n\n"),
    ...(verdicts.length === 0 ? [] : ["", ...verdicts.map(verdictLines)]),
  ].join("\n");
}

/** A claim, and below it what was found. */
function verdictLines({ holds, statement, found }: Verdict): string {
  const [mark, margin] = [holds === undefined ? "not judged" : holds ? "holds" : "DOES NOT HOLD", " ".repeat(7)];
  return `${mark.padEnd(5)}  ${statement}\n${found.replace(/^|; /g, (sign) => (sign === "" ? margin : `\n${margin}`))}`;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "    ");
}

async function runOne(project: Project, run: Run): Promise<{ outcome: Outcome; seconds: number }> {
  const started = performance.now();
  let state = "starting the kernel";
  const progress = project.startProgress(basename(run.notebook, ".ipynb"), () => state);
  const outcome = await execute(project, run, {
    cell: ({ position, total, head }) => void (state = `cell ${position} of ${total}: ${head.slice(0, 60)}`),
    progress: (text) => void (state = text),
  });
  progress.stop(outcome.status);
  return { outcome, seconds: (performance.now() - started) / 1000 };
}

/** Names of the kernels for TypeScript that set-up installed. */
function typescriptKernels(places: Places): string[] {
  const folder = kernelsFolder(places);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(
      (name) =>
        existsSync(join(folder, name, "kernel.json")) &&
        (JSON.parse(readFileSync(join(folder, name, "kernel.json"), "utf8")) as { language?: string }).language ===
          "typescript",
    )
    .sort();
}
